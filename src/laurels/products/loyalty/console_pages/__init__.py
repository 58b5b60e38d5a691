"""The pages of those who run programs: the community's admins, and members who were named a program's.

Begin reading at `desk`, which says whom a page is for; then `programs` and
`editor`.
"""

from fastapi import APIRouter

from laurels.products.loyalty.console_pages import campaigns, editor, keys, numbers, people, programs, rewards, webhooks
from laurels.products.loyalty.console_pages.desk import PATH
from laurels.web.language import N_
from laurels.web.pages import Pages, Section

router = APIRouter(include_in_schema=False)
for part in (programs, editor, campaigns, rewards, people, numbers, keys, webhooks):
    router.include_router(part.router)


def add_to(pages: Pages) -> None:
    """Register the place in the console's navigation: for members too, for some of them run programs."""
    label = N_("Programs")
    pages.add_sections(Section(label=label, short=label, icon="tag", path=PATH, in_tabs=False, is_console=True, order=45))
