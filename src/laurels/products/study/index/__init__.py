"""The index of what documents say: one for both databases, of passages by their terms, with vectors beside where there are any.

Purpose: find the passages that answer a question among those that the asker may read.

Invariants: a search demands the scopes that it may look in, and reads study_term by its key, within them; all that is ranked is
whole numbers, so that SQLite and PostgreSQL give the same passages in the same order; passages of a document that is deleted or
being read aren't found; a search takes the same number of statements whatever it finds.

Begin reading at `searching`, then `ranks`, then `writing`.
"""

from laurels.products.study.index.hits import Hit, Vector, is_answered, quotes, tag_of
from laurels.products.study.index.searching import MAX_SCOPES, search
from laurels.products.study.index.vectors import keep_vectors, list_unplaced
from laurels.products.study.index.writing import MAX_REMOVED, add_passages, remove_document

__all__ = [
    "MAX_REMOVED",
    "MAX_SCOPES",
    "Hit",
    "Vector",
    "add_passages",
    "is_answered",
    "keep_vectors",
    "list_unplaced",
    "quotes",
    "remove_document",
    "search",
    "tag_of",
]
