"""An admin at a program: whom its pages are for, and what they share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.identity.editing import Editor
from laurels.identity.parts import origin_of
from laurels.products.loyalty.console_pages.typed import FORM, Typed
from laurels.products.loyalty.in_words import Wording
from laurels.products.loyalty.queries import require_program_admin
from laurels.products.loyalty.tables import Program
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.etags import PreconditionFailed
from laurels.web.language import N_
from laurels.web.problems import status_of

PATH = "/console/programs"
ROWS = 25
"""Rows of a page of a list."""

STATUS_WORDS = {"draft": N_("Draft"), "active": N_("Active"), "paused": N_("Paused"), "archived": N_("Archived")}
STATUS_TONES = {"draft": "gold", "active": "ok", "paused": "gold", "archived": ""}
_TABS = (
    ("", N_("Overview")),
    ("/rules", N_("Rules")),
    ("/campaigns", N_("Campaigns")),
    ("/rewards", N_("Rewards")),
    ("/members", N_("Members")),
    ("/numbers", N_("Numbers")),
    ("/keys", N_("Keys")),
    ("/webhooks", N_("Webhooks")),
    ("/settings", N_("Settings")),
)
_STALE = N_(
    "Somebody else changed this while you were at it, so nothing was saved. What you typed is here still: "
    "look at {theirs}, then save again."
)


@dataclass(frozen=True, slots=True)
class Desk:
    """A program, and an admin of it who asks for a page."""

    request: Request
    context: Context
    caller: Caller
    program: Program

    @property
    def path(self) -> str:
        """Where the program's pages begin."""
        return f"{PATH}/{self.program.id}"

    @property
    def now(self) -> datetime:
        """The instant of the request."""
        return self.context.clock.now()

    @property
    def zone(self) -> ZoneInfo:
        """The program's zone: its admins' times are typed in it."""
        return ZoneInfo(self.program.zone)

    @property
    def money(self) -> Callable[[int], str]:
        """Writes amounts of the program's minor units as the admin reads them."""
        formats, currency = self.context.pages.formats(self.request, self.caller), self.program.currency
        return lambda minor: formats.minor(minor, currency)

    @property
    def wording(self) -> Wording:
        """Words for the program's terms."""
        return Wording(say=self.say, money=self.money, unit=self.program.unit_name)

    @property
    def editor(self) -> Editor:
        """Who changes settings, and where from."""
        return Editor(self.caller, origin_of(self.request).address_hash)

    def say(self, sentence: str) -> str:
        """A marked sentence in the admin's language."""
        return self.context.pages.translate(self.request, sentence)

    def words(self, known: Mapping[str, str]) -> dict[str, str]:
        """Marked words by what they stand for, in the admin's language."""
        return {key: self.say(word) for key, word in known.items()}

    def choices(self, known: Mapping[str, str]) -> list[tuple[str, str]]:
        """The same as the options of a choice."""
        return list(self.words(known).items())

    def typed(self, values: Mapping[str, str]) -> Typed:
        """A form that was sent."""
        return Typed(values, say=self.say)

    def draw(self, template: str, *, status: int = 200, is_part: bool = False, **values: Any) -> Response:
        """A page of the program; or a part of one, for a script to put in place. It reads for the header: call it on a thread."""
        pages = self.context.pages
        render = pages.render_partial if is_part else pages.render
        return render(
            self.request,
            f"loyalty/console/{template}.html",
            caller=self.caller,
            status_code=status,
            **frame_of(self),
            **values,
        )

    def at(self, program: Program) -> "Desk":
        """The same with the program as it is now, where somebody else may have changed it meanwhile."""
        return replace(self, program=program)

    def lead(self, path: str, said: str) -> Response:
        """After a form was handled: lead to a page of the program, where a marked sentence is shown."""
        return self.context.pages.lead(self.request, f"{self.path}{path}", said)

    def refuse(self, typed: Typed, refusal: DomainError, *, theirs: str = "") -> int:
        """Put a refusal beside its field, in words for people; gives the status.

        Args:
            theirs: words for what somebody else may have changed meanwhile.
        """
        if isinstance(refusal, PreconditionFailed):
            typed.refuse(FORM, _STALE, theirs=theirs)
        else:
            typed.explain(refusal, self.context.pages.explain(self.request, refusal))
        return status_of(type(refusal))


def frame_of(desk: Desk) -> dict[str, Any]:
    """What every page of a program shows around its own part."""
    return {
        "program": desk.program,
        "base": desk.path,
        "status_words": desk.words(STATUS_WORDS),
        "status_tones": STATUS_TONES,
        "tabs": [(f"{desk.path}{part}", desk.say(label), _is_current(desk, part)) for part, label in _TABS],
        "money": desk.money,
    }


def desk_of(program_id: UUID, request: Request, context: Ctx, caller: Signed) -> Desk:
    """The program, for whoever runs it.

    Raises:
        Missing: there is none that they may know of.
        Denied: they may see it, and not change it.
    """
    with context.database.read.connect() as connection:
        return Desk(request, context, caller, require_program_admin(connection, caller, program_id))


AtDesk: TypeAlias = Annotated[Desk, Depends(desk_of)]
"""An endpoint's parameter: a program and an admin of it."""


def _is_current(desk: Desk, part: str) -> bool:
    path, here = desk.request.url.path, f"{desk.path}{part}"
    return path == here or (part != "" and path.startswith(f"{here}/"))
