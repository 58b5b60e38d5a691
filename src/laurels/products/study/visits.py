"""Somebody who looks at a class: whom its pages are for, and what they all show around their own part."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.identity import desks
from laurels.products.study.decisions.guards import Standing
from laurels.products.study.in_words import WORDS, permissions_words
from laurels.products.study.queries.access import read_standing
from laurels.products.study.rules.codes import spell_code
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.tables import StudyClass
from laurels.web.caller import Signed
from laurels.web.context import Ctx, site_address
from laurels.web.formats import Formats
from laurels.web.language import N_

STUDY = "/study"
CLASSES = f"{STUDY}/classes"

_PAGES = (
    ("", N_("Class"), None),
    ("/documents", N_("Documents"), Permission.READ),
    ("/members", N_("Members"), Permission.MANAGE),
    ("/limits", N_("Limits"), Permission.MANAGE),
    ("/usage", N_("Usage"), Permission.MANAGE),
    ("/keys", N_("Keys"), Permission.CHAT),
    ("/settings", N_("Settings"), Permission.MANAGE),
)


def path_of(class_id: UUID) -> str:
    """Where a class's pages begin."""
    return f"{CLASSES}/{class_id}"


@dataclass(frozen=True, slots=True)
class Visit(desks.Desk):
    """A request for a page of a class, by somebody who is in it."""

    standing: Standing

    @property
    def room(self) -> StudyClass:
        """The class."""
        return self.standing.room

    @property
    def path(self) -> str:
        """Where the class's pages begin."""
        return path_of(self.room.id)

    @property
    def zone(self) -> ZoneInfo:
        """The class's zone: days, weeks and months are its."""
        return ZoneInfo(self.room.time_zone)

    @property
    def formats(self) -> Formats:
        """How numbers and times are written for whoever looks."""
        return self.context.pages.formats(self.request, self.caller)

    def draw(self, template: str, *, status: int = 200, is_part: bool = False, **values: Any) -> Response:
        """A page of the class; or a part of one, for a script to put in place. It reads for the header: call it on a thread."""
        pages = self.context.pages
        render = pages.render_partial if is_part else pages.render
        return render(
            self.request,
            f"study/{template}.html",
            caller=self.caller,
            status_code=status,
            **{**WORDS, **self._frame(), **values},
        )

    def lead(self, path: str, said: str, **fields: Any) -> Response:
        """After a form was handled: lead to a page of the class, where a marked sentence is shown."""
        return self.context.pages.lead(self.request, f"{self.path}{path}", said, **fields)

    def lead_refused(self, path: str, refusal: DomainError) -> Response:
        """After a button was refused: lead to a page of the class, where that is said."""
        return self.lead(path, "{reason}", reason=self.context.pages.explain(self.request, refusal))

    def _frame(self) -> dict[str, Any]:
        here = self.request.url.path
        code = self.room.class_code if self.standing.may(Permission.SHARE) else None
        return {
            "room": self.room,
            "base": self.path,
            "standing": self.standing,
            "role": permissions_words(self.say, self.standing.permissions, is_owner=self.standing.is_owner),
            "may": {permission.value: self.standing.may(permission) for permission in Permission},
            "shown_code": spell_code(code) if code else "",
            "join_link": f"{site_address(self.context, self.request)}{STUDY}/join?code={code}" if code else "",
            "class_pages": [
                (f"{self.path}{part}", self.say(label), _is_within(here, self.path, part))
                for part, label, needed in _PAGES
                if needed is None or self.standing.may(needed)
            ],
        }


def visit_of(class_id: UUID, request: Request, context: Ctx, caller: Signed) -> Visit:
    """A class, for whoever is in it.

    Raises:
        Missing: there is none, or they aren't in it.
    """
    with context.database.read.connect() as connection:
        return Visit(request, context, caller, read_standing(connection, class_id, caller.member_id))


def manager_visit_of(class_id: UUID, request: Request, context: Ctx, caller: Signed) -> Visit:
    """A class, for whoever manages it.

    Raises:
        Missing: there is none, or they aren't in it.
        Denied: they are, and don't manage it.
    """
    with context.database.read.connect() as connection:
        return Visit(request, context, caller, read_standing(connection, class_id, caller.member_id, Permission.MANAGE))


AtClass: TypeAlias = Annotated[Visit, Depends(visit_of)]
"""An endpoint's parameter: a class, and somebody who is in it."""

AtManagedClass: TypeAlias = Annotated[Visit, Depends(manager_visit_of)]
"""An endpoint's parameter: a class, and somebody who manages it."""


def _is_within(path: str, base: str, part: str) -> bool:
    here = f"{base}{part}"
    return path == here or (part != "" and path.startswith(f"{here}/"))
