"""Reading documents: from a file to passages that are found.

Purpose: take each document that was added through its steps: pages out of the
file (in a process of its own, see `extraction`), passages with their terms into
the index, vectors beside them where a model places texts.

Invariants: who reads a document holds it by a lease that is written with every
piece, so that two never read the same, and one that was deleted meanwhile gets
nothing more; what is written is there after a crash, and reading goes on behind
it; only what is READY is found, and it becomes so in one transaction; a file
that can't be read fails at once with a sentence that says what to do, while what
may pass is tried again, `MAX_TRIES` times in all; without tokens or a server for
vectors a document is READY all the same, with a note.

Begin reading at `reading`, then `leases`, `paging`, `indexing`, `placing`,
`outcomes`; `sweeping` removes what is left of deleted documents.
"""

from laurels.products.study.ingest.reading import read_due
from laurels.products.study.ingest.sweeping import delete_orphans, sweep_deleted, sweep_strays

__all__ = ["delete_orphans", "read_due", "sweep_deleted", "sweep_strays"]
