"""Activities from files: what members did before, or do elsewhere.

Purpose: read a file line by line and award each activity's points at its own
time, in the memory of a few batches, however long the file is.

Invariants: each row has an event id, so that the same file may be imported
again, or after a break, and nothing is paid twice; rows may come in any order,
because streaks, totals and boards come out the same; a record of the past
completes no goal or quest and pays no bonus; what can't be read or is refused
is counted and told with its line, and stops nothing else.

Begin reading at `rows` (what comes out of a file), then `formats`, then `posting`.
"""

from laurels.core.delimited import Unreadable
from laurels.core.imports import ImportStopped, Refused
from laurels.core.text_files import FileUnusable
from laurels.products.progress.imports.formats import COLUMNS, FORMATS, read_activities
from laurels.products.progress.imports.posting import Summary, import_activities
from laurels.products.progress.imports.rows import ActivityRow, FileShape

__all__ = [
    "COLUMNS",
    "FORMATS",
    "ActivityRow",
    "FileShape",
    "FileUnusable",
    "ImportStopped",
    "Refused",
    "Summary",
    "Unreadable",
    "import_activities",
    "read_activities",
]
