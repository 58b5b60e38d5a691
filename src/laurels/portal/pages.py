"""The portal's routers, and its place in the navigation."""

from pathlib import Path

from fastapi import APIRouter

from laurels.portal import console, home
from laurels.web.caller import Role
from laurels.web.language import N_
from laurels.web.pages import Pages, Section, console_section

router = APIRouter(include_in_schema=False)
router.include_router(home.router)
router.include_router(console.router)


def add_to(pages: Pages) -> None:
    """Register the portal's templates and sections."""
    pages.add_templates("portal", Path(__file__).parent / "templates")
    pages.add_sections(
        Section(label=N_("Home"), short=N_("Home"), icon="home", path="/", order=10),
        Section(label=N_("Console"), short=N_("Console"), icon="shield", path="/console", role=Role.STAFF, order=90),
        console_section(N_("Overview"), "/console", order=0),
        console_section(N_("Ledger"), "/console/ledger", order=80),
        console_section(N_("Audit"), "/console/audit", order=90),
    )
