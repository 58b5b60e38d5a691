"""The kinds of files that are read."""

from enum import StrEnum


class FileType(StrEnum):
    """What a document's file is, by its content."""

    PDF = "pdf"  # pages as they are printed
    DOCX = "docx"  # Word: pages by its page breaks
    PPTX = "pptx"  # PowerPoint: a page is a slide
    TXT = "txt"  # plain text: pages by its form feeds
    MD = "md"  # Markdown: a page is a part below a heading
    HTML = "html"  # a web page


ENDINGS = {
    ".pdf": FileType.PDF,
    ".docx": FileType.DOCX,
    ".pptx": FileType.PPTX,
    ".txt": FileType.TXT,
    ".text": FileType.TXT,
    ".md": FileType.MD,
    ".markdown": FileType.MD,
    ".html": FileType.HTML,
    ".htm": FileType.HTML,
    ".xhtml": FileType.HTML,
}
"""What a name's ending says, in small letters."""

TEXT_TYPES = frozenset({FileType.TXT, FileType.MD, FileType.HTML})
"""Those whose bytes are text."""

NAMES = {
    FileType.PDF: "a PDF file",
    FileType.DOCX: "a Word file (.docx)",
    FileType.PPTX: "a PowerPoint file (.pptx)",
    FileType.TXT: "a text file",
    FileType.MD: "a Markdown file",
    FileType.HTML: "a web page (HTML)",
}
"""How a kind is called in a sentence."""


def ending_of(name: str) -> str:
    """The last ending of a file's name with its dot, in small letters; empty where it has none."""
    stem, dot, ending = name.strip().rpartition(".")
    return f".{ending.lower()}" if dot and stem and "/" not in ending and "\\" not in ending else ""
