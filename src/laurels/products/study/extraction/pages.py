"""What comes out of a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One page, slide or part; numbers begin at 1 and leave none out. A picture without a text layer has an empty text."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Outline:
    """What a file says of itself before its first page."""

    title: str | None
    """The title its author gave it, where there is one that says something."""
    page_count: int
