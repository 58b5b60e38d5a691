"""Purchases from files: what a shop's till or an export knows.

Purpose: read a file of purchases and returns into plain rows.

Invariants: amounts are exact, and rounded once, half up, where a format calls
for it; a purchase of which a line can't be read is left out whole, since a
wrong sum would stand for ever; what is left out is told with its line and why,
and stops nothing else.

Begin reading at `rows` (what comes out), then `formats`.
"""

from laurels.core.text_files import FileUnusable
from laurels.products.loyalty.imports.formats import COLUMNS, FORMATS, read_purchases
from laurels.products.loyalty.imports.mapping import FileShape
from laurels.products.loyalty.imports.rows import Counts, FileRow, PurchaseRow, ReturnRow, Skipped, Why, counted

__all__ = [
    "COLUMNS",
    "FORMATS",
    "Counts",
    "FileRow",
    "FileShape",
    "FileUnusable",
    "PurchaseRow",
    "ReturnRow",
    "Skipped",
    "Why",
    "counted",
    "read_purchases",
]
