"""What comes out of a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One page, slide or part; numbers begin at 1 and leave none out."""

    number: int
    text: str

    @property
    def has_no_text(self) -> bool:
        """Whether there is nothing to read on it: an empty page, or a picture without a text layer."""
        return not self.text


@dataclass(frozen=True, slots=True)
class Outline:
    """What a file says of itself before its first page."""

    title: str | None
    """The title its author gave it, where there is one that says something."""
    page_count: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """A whole document."""

    pages: tuple[Page, ...]
    title: str | None
