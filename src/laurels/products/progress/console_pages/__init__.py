"""The staff's pages of progress: what the economy of points does, everything that it goes by, and a member's points.

Begin reading at `desk`; then `papers`, which says what there is to set, and
`lists`, which shows and changes it.
"""

from fastapi import APIRouter

from laurels.products.progress.console_pages import lists, members, monitor, rules
from laurels.products.progress.console_pages.desk import PATH
from laurels.web.language import N_
from laurels.web.pages import MemberPage, Pages, console_section

router = APIRouter(include_in_schema=False)
for part in (monitor, rules, members, lists):
    router.include_router(part.router)


def add_to(pages: Pages) -> None:
    """Register the place in the console's navigation, and the way from a member's page to their progress."""
    pages.add_sections(console_section(N_("Progress"), PATH, order=46))
    pages.add_member_pages(MemberPage(N_("Progress"), f"{PATH}/members/{{member_id}}"))
