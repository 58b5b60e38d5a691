"""Passages and their terms written to the database, and taken out of it: in pieces, so that nobody waits long for the lock."""

from collections.abc import Iterable, Sequence
from itertools import islice
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from laurels.core.database import among
from laurels.products.study.rules.words import Passage, terms_of, weights_of
from laurels.products.study.tables import StudyDocument, study_passage, study_scope, study_term

SET = 100
"""Passages that are written with one statement for each table."""

MAX_REMOVED = 500
"""Passages that one call takes out."""

Posting = tuple[int, str, int, int]
"""A row of study_term: scope, term, passage, weight."""


def add_passages(
    connection: Connection, document: StudyDocument, passages: Iterable[Passage], *, title: str, language: str, first: int = 0
) -> int:
    """Write passages of a document with their terms; gives the position that the next one has.

    They are found once the document is READY. Call it for a piece of a document in each transaction: on SQLite everybody who writes
    waits meanwhile. Where a document is read anew, take the old passages out first.

    Args:
        title: what the document is called: each of its passages is found by these words, too.
        language: of the document's words, as `rules.words.language_of` tells it.
        first: the first passage's position in the document.

    Raises:
        sqlalchemy.exc.IntegrityError: passages with these positions are there already.
    """
    pending, scope = iter(passages), None
    while some := list(islice(pending, SET)):
        if scope is None:
            scope = _scope_of(connection, document)
        numbers = _insert_passages(connection, scope, document.id, some, first)
        _insert_terms(connection, _postings(scope, numbers, some, title, language))
        first += len(some)
        counted = update(study_scope).where(study_scope.c.id == scope)
        connection.execute(counted.values(passages=study_scope.c.passages + len(some)))
    return first


def remove_document(connection: Connection, document_id: UUID, *, most: int = MAX_REMOVED) -> int:
    """Take passages of a document out with their terms, `most` at a time; gives how many they were: 0 when none is left.

    Call it until then, each time in a transaction of its own. Its pages stay.
    """
    wanted = select(study_passage.c.id, study_passage.c.scope).where(study_passage.c.document == document_id).limit(most)
    rows = connection.execute(wanted).all()
    if not rows:
        return 0
    numbers = [row.id for row in rows]
    connection.execute(delete(study_term).where(among(connection.dialect, study_term.c.passage, numbers)))
    connection.execute(delete(study_passage).where(among(connection.dialect, study_passage.c.id, numbers)))
    fewer = update(study_scope).where(study_scope.c.id == rows[0].scope)
    connection.execute(fewer.values(passages=study_scope.c.passages - len(rows)))
    return len(rows)


def _scope_of(connection: Connection, document: StudyDocument) -> int:
    """The number that stands for the class, or the session, in every row of study_term."""
    owner = document.session_id or document.class_id
    wanted = select(study_scope.c.id).where(study_scope.c.owner == owner)
    found: int | None = connection.execute(wanted).scalar()
    if found is None:
        begun = sqlite.insert(study_scope) if connection.dialect.name == "sqlite" else postgresql.insert(study_scope)
        connection.execute(begun.values(owner=owner, class_id=document.class_id, passages=0).on_conflict_do_nothing())
        found = connection.execute(wanted).scalar_one()
    return found


def _insert_passages(connection: Connection, scope: int, document: UUID, passages: Sequence[Passage], first: int) -> Sequence[int]:
    """The numbers that the passages got, in their order."""
    rows = [
        {"scope": scope, "document": document, "position": position, "page": passage.page, "start": passage.start, "end": passage.end}
        for position, passage in enumerate(passages, first)
    ]
    return connection.scalars(insert(study_passage).returning(study_passage.c.id, sort_by_parameter_order=True), rows).all()


def _postings(scope: int, numbers: Sequence[int], passages: Sequence[Passage], title: str, language: str) -> list[Posting]:
    named = terms_of(title, language)
    return [
        (scope, term, number, weight)
        for number, passage in zip(numbers, passages, strict=True)
        for term, weight in weights_of([*named, *terms_of(passage.text, language)]).items()
    ]


def _insert_terms(connection: Connection, postings: list[Posting]) -> None:
    """In the index's order, which both databases write quickest."""
    if not postings:
        return
    postings.sort()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO study_term (scope, term, passage, weight) VALUES (?, ?, ?, ?)", postings)
        return
    columns = [list(column) for column in zip(*postings, strict=True)]
    arrays = "unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[])"
    connection.exec_driver_sql(f"INSERT INTO study_term (scope, term, passage, weight) SELECT * FROM {arrays}", tuple(columns))  # noqa: S608  # constant
