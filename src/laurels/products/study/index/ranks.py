"""The statements of a search: which terms how many passages hold, and which passages hold most. Every one reads study_term by its key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
import json
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    column,
    func,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from laurels.core.database import among
from laurels.products.study.rules.words import UNKNOWN
from laurels.products.study.tables import study_document, study_passage, study_scope, study_term


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is asked.

    Attributes:
        scopes: the numbers of the classes and sessions that have passages.
        passages: of documents that may be found.
        languages: theirs, the one of most passages first.
        is_whole: whether that is all the passages that are there; if not, some are of documents that are deleted or being read.
    """

    scopes: Sequence[int]
    passages: int
    languages: Sequence[str]
    is_whole: bool


def read_place(connection: Connection, owners: Sequence[UUID]) -> Place:
    """Where the classes and sessions keep their passages, with one statement."""
    shared, own = study_document.alias("shared"), study_document.alias("own")
    of_class = and_(shared.c.class_id == study_scope.c.owner, shared.c.session_id.is_(None))
    reads = [_documents(connection, owners, shared, of_class), _documents(connection, owners, own, own.c.session_id == study_scope.c.owner)]
    kept: dict[int, int] = {}
    found: dict[str, int] = {}
    for row in connection.execute(union_all(*reads)):
        kept[row.id] = row.kept
        if row.found:
            found[row.language or UNKNOWN] = found.get(row.language or UNKNOWN, 0) + row.found
    passages = sum(found.values())
    return Place(list(kept), passages, sorted(found, key=lambda language: (-found[language], language)), passages == sum(kept.values()))


def _documents(connection: Connection, owners: Sequence[UUID], documents: FromClause, theirs: ColumnElement[bool]) -> Select[tuple[int]]:
    """Scopes and, by language, how many passages their documents have that may be found."""
    joined = study_scope.outerjoin(documents, and_(theirs, is_found(documents)))
    found = func.sum(documents.c.passages).cast(BigInteger).label("found")
    told = select(study_scope.c.id, study_scope.c.passages.label("kept"), documents.c.language, found).select_from(joined)
    within = among(connection.dialect, study_scope.c.owner, owners)
    return told.where(within).group_by(study_scope.c.id, study_scope.c.passages, documents.c.language)


def is_found(documents: FromClause) -> ColumnElement[bool]:
    """Of documents: whether their passages may be found. Those that are being read, or gone and not yet swept away, are not."""
    return and_(documents.c.deleted_at.is_(None), documents.c.processing_status == "READY")


def count_holding(connection: Connection, place: Place, terms: Iterable[str]) -> dict[str, int]:
    """How many passages hold each of the terms, of those that any does."""
    held = select(study_term.c.term, func.count().label("passages")).where(
        among(connection.dialect, study_term.c.scope, place.scopes),
        among(connection.dialect, study_term.c.term, terms),
        *_only_found(connection, place),
    )
    return {row.term: row.passages for row in connection.execute(held.group_by(study_term.c.term))}


def rank_by_words(connection: Connection, place: Place, idfs: Mapping[str, int], *, limit: int) -> list[tuple[int, int]]:
    """The passages that hold most, with what they hold; of equal ones that of the lower number first."""
    asked = _asked(connection, idfs)
    score = func.sum(asked.c.idf * study_term.c.weight).cast(BigInteger).label("score")
    held = study_term.join(asked, study_term.c.term == asked.c.term)
    ranked = select(study_term.c.passage, score).select_from(held)
    ranked = ranked.where(among(connection.dialect, study_term.c.scope, place.scopes), *_only_found(connection, place))
    ranked = ranked.group_by(study_term.c.passage).order_by(score.desc(), study_term.c.passage).limit(limit)
    return [(row.passage, row.score) for row in connection.execute(ranked)]


def _asked(connection: Connection, idfs: Mapping[str, int]) -> FromClause:
    """The terms and how rare they are, as a table of two columns that is a single parameter or two, whatever their number."""
    if connection.dialect.name == "sqlite":
        listed = func.json_each(bindparam(None, json.dumps(idfs), type_=Text, unique=True)).table_valued(
            column("key", Text), column("value", Integer), name="listed"
        )
        return select(listed.c.key.label("term"), listed.c.value.label("idf")).subquery("asked")
    terms = bindparam(None, list(idfs), type_=ARRAY(Text), unique=True)
    rare = bindparam(None, list(idfs.values()), type_=ARRAY(Integer), unique=True)
    return func.unnest(terms, rare).table_valued(column("term", Text), column("idf", Integer), name="asked").render_derived()


def _only_found(connection: Connection, place: Place) -> list[ColumnElement[bool]]:
    """What leaves passages out that may not be found; nothing where there are none, which is nearly ever."""
    if place.is_whole:
        return []
    lost = (
        select(study_passage.c.id)
        .join(study_document, study_document.c.id == study_passage.c.document)
        .where(among(connection.dialect, study_passage.c.scope, place.scopes), ~is_found(study_document))
    )
    return [study_term.c.passage.not_in(lost)]
