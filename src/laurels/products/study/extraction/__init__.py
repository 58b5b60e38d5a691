"""Text out of files that strangers send: PDF, Word, PowerPoint, text, Markdown, HTML.

Purpose: tell what a file is and whether it can be read, and give its text page
by page, so that an answer can cite the page.

Invariants: a file is opened by its libraries in a process of its own only, which
has limits on memory, time and files, no environment, and can be ended at any
moment; kinds are told by content; what is wrong with a file is a `FileRefused`
with a sentence that says what to do, and the same file is always refused alike;
page numbers begin at 1 and leave none out, pages without text among them.

Begin reading at `sniffing.check_upload` (at upload), then `extracting.probe`
and `extracting.extract_pages`, then `child` (the other side), then `readers`.
"""

from laurels.products.study.extraction.errors import FileRefused, ReaderStopped
from laurels.products.study.extraction.extracting import PageStream, extract_pages, probe
from laurels.products.study.extraction.file_types import FileType
from laurels.products.study.extraction.limits import LIMITS, Limits
from laurels.products.study.extraction.pages import Outline, Page
from laurels.products.study.extraction.sniffing import HEAD_BYTES, check_upload, sniff

__all__ = [
    "HEAD_BYTES",
    "LIMITS",
    "FileRefused",
    "FileType",
    "Limits",
    "Outline",
    "Page",
    "PageStream",
    "ReaderStopped",
    "check_upload",
    "extract_pages",
    "probe",
    "sniff",
]
