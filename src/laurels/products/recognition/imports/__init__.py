"""Recognitions from files: what other systems, or the past, know of thanks.

Purpose: read a file line by line and post each as a gift at its own time, in
the memory of a few batches, however long the file is.

Invariants: a row has a key made of what it says, so that the same file may be
imported again, or after a break, and nothing happens twice; rows come in the
order of their time, because months open in that order; what can't be read or
is refused is counted and told, and stops nothing else.

Begin reading at `formats` (a line becomes a row), then `posting`.
"""

from laurels.core.delimited import Unreadable
from laurels.core.imports import ImportStopped, Refused
from laurels.core.text_files import FileUnusable
from laurels.products.recognition.imports.formats import COLUMNS, FORMATS, GiftRow, read_gifts
from laurels.products.recognition.imports.posting import Source, Summary, import_gifts

__all__ = [
    "COLUMNS",
    "FORMATS",
    "FileUnusable",
    "GiftRow",
    "ImportStopped",
    "Refused",
    "Source",
    "Summary",
    "Unreadable",
    "import_gifts",
    "read_gifts",
]
