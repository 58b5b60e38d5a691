"""A program's webhooks: the pages that the community's admins have, for the endpoints of this program alone."""

from fastapi import APIRouter, Depends

from laurels.products.loyalty.console_pages.desk import PATH, AtDesk, frame_of
from laurels.products.loyalty.hooks import LOYALTY_EVENTS
from laurels.products.loyalty.queries import subject_of
from laurels.webhooks.console_pages import pages
from laurels.webhooks.offices import Office, open_office

TYPES = frozenset(kind.name for kind in LOYALTY_EVENTS.types)
"""The events that a program has."""


async def open_programs_office(desk: AtDesk) -> None:
    """Who runs a program manages its endpoints."""
    office = Office(
        desk.caller,
        scope=subject_of(desk.program.id),
        path=f"{desk.path}/webhooks",
        layout="loyalty/console/layout.html",
        level=2,
        frame=frame_of(desk),
        types=TYPES,
    )
    open_office(desk.request, office)


router = APIRouter()
router.include_router(pages, prefix=f"{PATH}/{{program_id}}/webhooks", dependencies=[Depends(open_programs_office)])
