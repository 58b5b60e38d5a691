"""Loyalty's pages for members: the programs, joining one, what one has there, and leaving.

Every form works as a plain POST that leads on to a page. Rewards and history
have modules of their own: `reward_pages` and `history_pages`.
"""

from pathlib import Path

from fastapi import APIRouter

from laurels.web.language import N_
from laurels.web.pages import Pages, Section

router = APIRouter(include_in_schema=False)


def add_to(pages: Pages) -> None:
    """Register loyalty's templates and its place in the navigation."""
    pages.add_templates("loyalty", Path(__file__).parent / "templates")
    pages.add_sections(Section(label=N_("Programs"), short=N_("Programs"), icon="tag", path="/programs", order=35))
