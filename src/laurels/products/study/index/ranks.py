"""Where a question is asked, and which passages there hold most of it: in whole numbers, added up by the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from laurels.products.study.index.statements import statements_of
from laurels.products.study.rules.words import UNKNOWN


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
    """Where the classes and sessions keep their passages."""
    statements = statements_of(connection.dialect.name)
    kept: dict[int, int] = {}
    found: dict[str, int] = {}
    for scope, passages, language, of_language in connection.execute(statements.place, {"owners": statements.listed(owners)}):
        kept[scope] = passages
        if of_language:
            found[language or UNKNOWN] = found.get(language or UNKNOWN, 0) + of_language
    passages = sum(found.values())
    return Place(list(kept), passages, sorted(found, key=lambda language: (-found[language], language)), passages == sum(kept.values()))


def count_holding(connection: Connection, place: Place, terms: Iterable[str]) -> dict[str, int]:
    """How many passages hold each of the terms, of those that any does."""
    statements = statements_of(connection.dialect.name)
    statement = statements.holding if place.is_whole else statements.holding_found
    sent = {"scopes": statements.listed(place.scopes), "terms": statements.listed(terms)}
    return {row.term: row.passages for row in connection.execute(statement, sent)}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage by its words.

    Attributes:
        score: the sum of idf times weight.
        held: the same with no weight above WHOLE.
    """

    score: int
    held: int


def rank_by_words(connection: Connection, place: Place, idfs: Mapping[str, int], *, limit: int) -> dict[int, Ranked]:
    """The passages that hold most, by their numbers, the best first; of equal ones that of the lower number first."""
    statements = statements_of(connection.dialect.name)
    statement = statements.ranked if place.is_whole else statements.ranked_found
    sent = {"scopes": statements.listed(place.scopes), "most": limit, **statements.weighed(idfs)}
    return {passage: Ranked(score, held) for passage, score, held in connection.execute(statement, sent)}
