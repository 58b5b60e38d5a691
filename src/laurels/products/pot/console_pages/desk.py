"""A member of the staff at the pot: what its pages share."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from sqlalchemy import Connection
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.identity import desks
from laurels.products.pot.actions.opening import OpenHouse
from laurels.products.pot.house import House
from laurels.products.pot.in_words import odds_words, terms_words
from laurels.products.pot.queries import PotNow, read_pot
from laurels.products.pot.rules import Params
from laurels.web.caller import AdminOnly, StaffOnly
from laurels.web.context import Ctx
from laurels.web.formats import Formats
from laurels.web.language import N_

PATH = "/console/pot"
COINS = f"{PATH}/coins"

_PAGES = (("", N_("Monitoring")), ("/rules", N_("Rules")), ("/coins", N_("Coins")))


@dataclass(frozen=True, slots=True)
class Desk(desks.Desk):
    """Somebody of the staff who asks for a page; the first round has begun."""

    house: House

    @property
    def zone(self) -> ZoneInfo:
        """The community's zone: days are its."""
        return self.context.settings.zone

    @property
    def formats(self) -> Formats:
        """How numbers and times are written for whoever asks."""
        return self.context.pages.formats(self.request, self.caller)

    def odds(self, ppm: int) -> str:
        """A chance in words."""
        return odds_words(self.say, self.formats.number, ppm)

    def terms(self, params: Params) -> list[str]:
        """What a round is drawn by, a sentence for each rule."""
        return terms_words(self.say, self.formats.number, params)

    def pot_now(self, connection: Connection) -> PotNow:
        """The pot as it stands."""
        return read_pot(connection)

    def draw(self, template: str, *, status: int = 200, is_part: bool = False, **values: Any) -> Response:
        """A page; or a part of one, for a script to put in place. It reads for the header: call it on a thread."""
        pages = self.context.pages
        render = pages.render_partial if is_part else pages.render
        path = self.request.url.path
        shown = [(f"{PATH}{part}", self.say(label), _is_within(path, part)) for part, label in _PAGES]
        frame: dict[str, Any] = {"base": PATH, "pot_pages": shown, "odds": self.odds}
        return render(self.request, f"pot/console/{template}.html", caller=self.caller, status_code=status, **frame, **values)

    def lead(self, path: str, said: str, **fields: Any) -> Response:
        """After a form was handled: lead to a page, where a marked sentence is shown."""
        return self.context.pages.lead(self.request, f"{PATH}{path}", said, **fields)

    def lead_refused(self, path: str, refusal: DomainError) -> Response:
        """After a button was refused: lead to a page, where that is said."""
        return self.lead(path, "{reason}", reason=self.context.pages.explain(self.request, refusal))


async def desk_of(request: Request, context: Ctx, caller: StaffOnly, house: OpenHouse) -> Desk:
    """The desk of whoever of the staff asks."""
    return Desk(request, context, caller, house)


AtDesk: TypeAlias = Annotated[Desk, Depends(desk_of)]
"""An endpoint's parameter: a member of the staff, or an admin; else 403, or the way to sign-in."""


async def admin_desk_of(request: Request, context: Ctx, caller: AdminOnly, house: OpenHouse) -> Desk:
    """The desk of whichever admin asks."""
    return Desk(request, context, caller, house)


AtAdminDesk: TypeAlias = Annotated[Desk, Depends(admin_desk_of)]
"""An endpoint's parameter: an admin; else 403, or the way to sign-in."""


def _is_within(path: str, part: str) -> bool:
    here = f"{PATH}{part}"
    return path == here or (part != "" and path.startswith(f"{here}/"))
