"""The staff's page of study: numbers and names of classes, never what documents or chats say."""

from laurels.products.study.console_pages.monitor import PATH, router
from laurels.web.language import N_
from laurels.web.pages import Pages, console_section

__all__ = ["PATH", "add_to", "router"]


def add_to(pages: Pages) -> None:
    """Register the place in the console's navigation."""
    pages.add_sections(console_section(N_("Study"), PATH, order=48))
