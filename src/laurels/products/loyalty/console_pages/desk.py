"""An admin at a program: whom its pages are for, and what they share."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.responses import Response

from laurels.identity import desks
from laurels.products.loyalty.in_words import Wording
from laurels.products.loyalty.queries import require_program_admin
from laurels.products.loyalty.tables import Program
from laurels.web.caller import Signed
from laurels.web.context import Ctx
from laurels.web.language import N_

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


@dataclass(frozen=True, slots=True)
class Desk(desks.Desk):
    """A program, and an admin of it who asks for a page."""

    program: Program

    @property
    def path(self) -> str:
        """Where the program's pages begin."""
        return f"{PATH}/{self.program.id}"

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


def frame_of(desk: Desk) -> dict[str, Any]:
    """What every page of a program shows around its own part."""
    return {
        "program": desk.program,
        "base": desk.path,
        "status_words": desk.words(STATUS_WORDS),
        "status_tones": STATUS_TONES,
        "program_pages": [(f"{desk.path}{part}", desk.say(label), _is_current(desk, part)) for part, label in _TABS],
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
