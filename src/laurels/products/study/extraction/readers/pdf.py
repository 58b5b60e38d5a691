"""PDF, by pdfium: pages as they are printed, text in the order in which it is read."""

from collections.abc import Iterator
from typing import BinaryIO

import pypdfium2
from pypdfium2 import raw

from laurels.products.study.extraction.cleaning import clean_text, join_hyphenated
from laurels.products.study.extraction.errors import FileBroken, FileEncrypted
from laurels.products.study.extraction.limits import Limits
from laurels.products.study.extraction.reading import Reading, sensible_title

_HYPHEN_AND_BREAK = "\x02"
"""What pdfium writes for a hyphen at a line's end and the line's end, whether the word has it or only the line."""
_LOCKED = frozenset({raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY})


def read(file: BinaryIO, limits: Limits) -> Reading:
    """Open a PDF. A page without a text layer has the empty text.

    Raises:
        FileEncrypted: it opens with a password only; one that merely forbids printing opens.
        FileBroken: it can't be opened, or has no page.
    """
    try:
        document = pypdfium2.PdfDocument(file.read())
    except pypdfium2.PdfiumError as error:
        raise (FileEncrypted if error.err_code in _LOCKED else FileBroken)() from None
    if not len(document):
        raise FileBroken
    return Reading(_title_of(document), len(document), _pages(document))


def _title_of(document: pypdfium2.PdfDocument) -> str | None:
    try:
        return sensible_title(document.get_metadata_value("Title"))
    except UnicodeDecodeError:  # some programs write halves of letters there; the document is none the worse
        return None


def _pages(document: pypdfium2.PdfDocument) -> Iterator[str]:
    for index in range(len(document)):
        page = document[index]
        text_page = page.get_textpage()
        text = join_hyphenated(clean_text(text_page.get_text_bounded().replace(_HYPHEN_AND_BREAK, "-\n")))
        text_page.close()  # kept open, 2,000 of them fill the memory
        page.close()
        yield text
