"""Word: paragraphs and tables in their order. Pages by the breaks that the author or Word itself left in the file.

A .docx has no pages, only breaks: those that the author set, and marks of where
Word broke a page when it last showed the document. Programs other than Word
leave no marks; then parts are about 500 words long (`parting`).
"""

from collections.abc import Iterator
from typing import BinaryIO

from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from laurels.products.study.extraction.cleaning import clean_text
from laurels.products.study.extraction.limits import Limits
from laurels.products.study.extraction.parting import part_sections
from laurels.products.study.extraction.readers.office import open_package
from laurels.products.study.extraction.reading import Reading, sensible_title

_PAGE_BREAK = "\f"
_PARAGRAPH, _TABLE, _ROW, _CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_TEXT, _TAB, _BREAK, _RETURN, _HYPHEN = qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:noBreakHyphen")
_RENDERED_BREAK = qn("w:lastRenderedPageBreak")
_PROPERTIES, _LIST_ITEM = qn("w:pPr"), qn("w:numPr")
_BREAK_BEFORE, _SECTION, _SECTION_TYPE = qn("w:pageBreakBefore"), qn("w:sectPr"), qn("w:type")
_KIND, _VALUE = qn("w:type"), qn("w:val")
_OFF = frozenset({"0", "false", "off"})
_SKIPPED = frozenset({qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"})
"""What was deleted while changes were tracked; and second versions of drawings for old programs."""


def read(file: BinaryIO, limits: Limits) -> Reading:
    """Open a Word file.

    Raises:
        FileTooLargeInside, FileBroken: as `open_package`.
    """
    document = open_package(Document, file, limits)
    sections = "".join(_blocks(document.element.body)).split(_PAGE_BREAK)
    pages = list(part_sections(map(clean_text, sections)))
    return Reading(sensible_title(document.core_properties.title), len(pages), pages)


def _blocks(parent: etree._Element) -> Iterator[str]:
    """Paragraphs and tables, an empty line after each; whatever wraps them is looked into."""
    for element in parent:
        if element.tag == _PARAGRAPH:
            yield from _paragraph(element)
            yield "\n\n"
        elif element.tag == _TABLE:
            yield from _table(element)
        elif isinstance(element.tag, str) and element.tag not in _SKIPPED:
            yield from _blocks(element)


def _paragraph(paragraph: etree._Element) -> Iterator[str]:
    properties = paragraph.find(_PROPERTIES)
    if properties is not None and _is_on(properties.find(_BREAK_BEFORE)):
        yield _PAGE_BREAK
    if properties is not None and properties.find(_LIST_ITEM) is not None:
        yield "- "
    yield from _inline(paragraph)
    if properties is not None and _begins_page(properties.find(_SECTION)):
        yield _PAGE_BREAK


def _inline(parent: etree._Element) -> Iterator[str]:
    for element in parent:
        tag = element.tag
        if tag == _TEXT:
            yield element.text or ""
        elif tag == _BREAK:
            yield _PAGE_BREAK if element.get(_KIND) == "page" else "\n"
        elif tag == _RENDERED_BREAK:
            yield _PAGE_BREAK
        elif tag == _PARAGRAPH:  # in a text box
            yield "\n"
            yield from _inline(element)
        elif tag in (_TAB, _RETURN, _HYPHEN):
            yield {_TAB: "\t", _RETURN: "\n"}.get(tag, "-")
        elif isinstance(tag, str) and tag not in _SKIPPED and tag != _PROPERTIES:
            yield from _inline(element)


def _table(table: etree._Element) -> Iterator[str]:
    """A row a line, cells between bars. A break within a row counts before it, so that no row is torn."""
    for row in _inside(table, _ROW):
        cells = ["".join(_blocks(cell)) for cell in _inside(row, _CELL)]
        yield _PAGE_BREAK if any(_PAGE_BREAK in cell for cell in cells) else ""
        yield " | ".join(" ".join(cell.split()) for cell in cells) + "\n"
    yield "\n"


def _inside(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, though they be wrapped; not those of tables within."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif isinstance(element.tag, str) and element.tag not in _SKIPPED:
            yield from _inside(element, tag)


def _is_on(switch: etree._Element | None) -> bool:
    return switch is not None and switch.get(_VALUE) not in _OFF


def _begins_page(section: etree._Element | None) -> bool:
    if section is None:
        return False
    kind = section.find(_SECTION_TYPE)
    return kind is None or kind.get(_VALUE) not in ("continuous", "nextColumn")
