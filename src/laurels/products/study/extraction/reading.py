"""What a reader of one kind of file gives back, before it is numbered and sent."""

from collections.abc import Iterable
from dataclasses import dataclass
import re

from laurels.products.study.extraction.cleaning import clean_text

_JUNK = re.compile(
    r"(?:untitled|title|(?:powerpoint )?presentation\s*\d*|document\s*\d*|word document|microsoft (?:word|powerpoint)\b.*|.*\.\w{2,5})$",
    re.IGNORECASE,
)
"""Titles that programs fill in by themselves, and names of files."""
_MAX_TITLE = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was opened."""

    title: str | None
    page_count: int
    pages: Iterable[str]
    """Clean text, page by page; read once."""


def sensible_title(title: str | None) -> str | None:
    """A title in one line, or None where it says nothing."""
    line = " ".join(clean_text(title or "").split())[:_MAX_TITLE]
    return None if len(line) < 2 or _JUNK.match(line) else line
