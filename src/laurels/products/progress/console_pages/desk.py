"""A member of the staff at progress: what its pages share."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.responses import Response

from laurels.identity import desks
from laurels.products.progress.in_words import WORDS
from laurels.web.caller import StaffOnly
from laurels.web.context import Ctx
from laurels.web.language import N_

PATH = "/console/progress"

_PAGES = (
    ("", N_("Monitoring")),
    ("/rules", N_("Rules")),
    ("/topics", N_("Topics")),
    ("/goals", N_("Weekly goals")),
    ("/quests", N_("Quests")),
    ("/badges", N_("Badges")),
    ("/seasons", N_("Seasons")),
    ("/reactions", N_("Reactions")),
    ("/members", N_("Members")),
)


@dataclass(frozen=True, slots=True)
class Desk(desks.Desk):
    """Somebody of the staff who asks for a page."""

    @property
    def zone(self) -> ZoneInfo:
        """The community's zone: times are typed in it."""
        return self.context.settings.zone

    def draw(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page. It reads for the header: call it on a thread."""
        path = self.request.url.path
        shown = [(f"{PATH}{part}", self.say(label), _is_within(path, part)) for part, label in _PAGES]
        frame = {"base": PATH, "progress_pages": shown, "zone": self.zone.key, **WORDS}
        return self.context.pages.render(
            self.request, f"progress/console/{template}.html", caller=self.caller, status_code=status, **frame, **values
        )

    def lead(self, path: str, said: str, **fields: Any) -> Response:
        """After a form was handled: lead to a page, where a marked sentence is shown."""
        return self.context.pages.lead(self.request, f"{PATH}{path}", said, **fields)


async def desk_of(request: Request, context: Ctx, caller: StaffOnly) -> Desk:
    """The desk of whoever of the staff asks."""
    return Desk(request, context, caller)


AtDesk: TypeAlias = Annotated[Desk, Depends(desk_of)]
"""An endpoint's parameter: a member of the staff, or an admin; else 403, or the way to sign-in."""


def _is_within(path: str, part: str) -> bool:
    here = f"{PATH}{part}"
    return path == here or (part != "" and path.startswith(f"{here}/"))
