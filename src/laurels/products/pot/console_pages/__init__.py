"""The staff's pages of the pot: what it does, the rules that it goes by, ending a round by hand, and members' coins.

Begin reading at `desk`, then `rules`.
"""

from fastapi import APIRouter

from laurels.products.pot.console_pages import coins, monitor, reset, rules
from laurels.products.pot.console_pages.desk import COINS, PATH
from laurels.web.language import N_
from laurels.web.pages import MemberPage, Pages, console_section

router = APIRouter(include_in_schema=False)
for part in (monitor, rules, reset, coins):
    router.include_router(part.router)


def add_to(pages: Pages) -> None:
    """Register the place in the console's navigation, and the way from a member's page to their coins."""
    pages.add_sections(console_section(N_("The pot"), PATH, order=47))
    pages.add_member_pages(MemberPage(N_("Coins"), f"{COINS}/{{member_id}}"))
