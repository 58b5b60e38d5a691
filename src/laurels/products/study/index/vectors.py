"""Vectors beside their passages: which are missing, and keeping them."""

from collections.abc import Sequence
from importlib import import_module
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from laurels.products.study.index.statements import ON_PAGE, TEXT
from laurels.products.study.tables import study_page, study_passage

_COSINES = "laurels.products.study.index.cosines"
"""Loaded by name: see `searching`."""


def list_unplaced(connection: Connection, document_id: UUID, tag: str, *, limit: int) -> Sequence[tuple[int, str]]:
    """Passages of a document without a vector of the tag's embedder, in their order: number and words.

    Args:
        tag: see `tag_of`.
    """
    place = study_passage.c
    wanted = select(place.id, TEXT).join(study_page, ON_PAGE)
    wanted = wanted.where(place.document == document_id, place.vector_model.is_distinct_from(tag))
    return [(row[0], row[1]) for row in connection.execute(wanted.order_by(place.position).limit(limit))]


def keep_vectors(connection: Connection, vectors: Sequence[tuple[int, bytes]], tag: str) -> None:
    """Keep the vectors of passages, in place of what they had; a passage that is gone stays gone.

    Args:
        vectors: the passages' numbers with float32, little-endian; kept as float16.
    """
    if not vectors:
        return
    halved = import_module(_COSINES).halved
    statement = update(study_passage).where(study_passage.c.id == bindparam("number")).values(vector=bindparam("halves"), vector_model=tag)
    connection.execute(statement, [{"number": number, "halves": halved(values)} for number, values in vectors])
