"""A whole document in memory, for tests."""

from dataclasses import dataclass
from pathlib import Path

from laurels.products.study.extraction import LIMITS, FileType, Limits, Page, extract_pages


@dataclass(frozen=True, slots=True)
class Extracted:
    """A whole document."""

    pages: tuple[Page, ...]
    title: str | None


def extract(path: Path, file_type: FileType, limits: Limits = LIMITS) -> Extracted:
    """Read a whole document; raises as `extract_pages` and its pages do."""
    with extract_pages(path, file_type, limits) as pages:
        return Extracted(tuple(pages), pages.title)
