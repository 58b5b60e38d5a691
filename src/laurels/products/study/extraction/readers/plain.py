"""Plain text: pages by its form feeds, where it has any."""

from typing import BinaryIO

from laurels.products.study.extraction.cleaning import clean_text
from laurels.products.study.extraction.decoding import decode_text
from laurels.products.study.extraction.limits import Limits
from laurels.products.study.extraction.parting import part_sections
from laurels.products.study.extraction.reading import Reading


def read(file: BinaryIO, limits: Limits) -> Reading:
    """Read a text; raises as `decode_text`."""
    sections = decode_text(file.read()).split("\f")
    pages = list(part_sections(clean_text(section, keeps_indents=True) for section in sections))
    return Reading(None, len(pages), pages)
