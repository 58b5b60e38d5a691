"""Search: by words, and by vectors where there are any, within the scopes that the asker may read and nowhere else."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from laurels.products.study.index.hits import Hit, Vector
from laurels.products.study.index.ranks import Place, Ranked, count_holding, rank_by_words, read_place
from laurels.products.study.index.statements import statements_of
from laurels.products.study.rules.words import UNKNOWN, Asked, asked_of, fused, weigh

MAX_SCOPES = 100
MAX_HITS = 100

CANDIDATES = 1_000
"""The best by words that vectors may move."""

MAX_VECTORS = 5_000
"""Passages up to which every vector is looked at; of more, those of the best by words."""

_COSINES = "laurels.products.study.index.cosines"
"""Loaded by name, so that a process without vectors doesn't pay for numpy."""


def search(connection: Connection, scopes: Sequence[UUID], question: str, *, limit: int = 8, vector: Vector | None = None) -> list[Hit]:
    """The passages that answer a question best, the best first: with four statements, and one more for vectors.

    Only passages of documents that are READY and not deleted are found. Of equally good ones the one with the lower number is first.
    None is found where no passage holds a word of the question, and there is no vector.

    Args:
        scopes: classes and sessions whose documents the asker may read: see `queries.access`. Never what a request names.
        vector: the question's; passages with vectors of the same tag are then ranked by both.

    Raises:
        ValueError: there is no scope, or there are more than MAX_SCOPES; limit isn't 1 to MAX_HITS.
    """
    if not 1 <= len(scopes) <= MAX_SCOPES:
        raise ValueError(f"a search within {len(scopes)} scopes: 1 to {MAX_SCOPES} are possible")
    if not 1 <= limit <= MAX_HITS:
        raise ValueError(f"{limit} hits: 1 to {MAX_HITS} are possible")
    place = read_place(connection, scopes)
    asked_for = asked_of(question, place.languages)
    if not place.passages or not (asked_for.words or vector):
        return []
    holding = count_holding(connection, place, asked_for.terms) if asked_for.words else {}
    asked = weigh(asked_for, place.passages, holding)
    idfs = {term: idf for term, idf in asked.idfs.items() if holding.get(term)}
    by_words = rank_by_words(connection, place, idfs, limit=CANDIDATES if vector else limit) if idfs else {}
    scores = {passage: ranked.score for passage, ranked in by_words.items()}
    ranked = _with_vectors(connection, place, scores, vector) if vector else scores
    best = sorted(ranked, key=lambda passage: (-ranked[passage], passage))[:limit]
    return _read_hits(connection, {passage: ranked[passage] for passage in best}, by_words, asked)


def _with_vectors(connection: Connection, place: Place, by_words: Mapping[int, int], vector: Vector) -> dict[int, int]:
    """Scores of words and vectors together."""
    statements = statements_of(connection.dialect.name)
    sent = {"scopes": statements.listed(place.scopes), "model": vector.model}
    if place.passages <= MAX_VECTORS:
        rows = connection.execute(statements.vectors, sent).all()
    else:
        rows = connection.execute(statements.vectors_among, {**sent, "numbers": statements.listed(by_words)}).all()
    found = import_module(_COSINES).cosines_of([row.vector for row in rows], vector.values)
    cosines: dict[int, int] = dict(zip((row.id for row in rows), found, strict=True))
    most, nearest = max(by_words.values(), default=0), max(cosines.values(), default=0)
    share = vector.share if cosines else 0
    return {
        passage: fused(by_words.get(passage, 0), most, cosines.get(passage, 0), nearest, share=share)
        for passage in by_words.keys() | cosines.keys()
    }


def _read_hits(connection: Connection, ranked: Mapping[int, int], by_words: Mapping[int, Ranked], asked: Asked) -> list[Hit]:
    """The passages with their words, in the order given; one that is gone meanwhile is left out."""
    if not ranked:
        return []
    statements = statements_of(connection.dialect.name)
    rows = {row.id: row for row in connection.execute(statements.hits, {"numbers": statements.listed(ranked)})}
    return [_hit(rows[number], score, by_words.get(number), asked) for number, score in ranked.items() if number in rows]


def _hit(row: Row[Any], score: int, by_words: Ranked | None, asked: Asked) -> Hit:
    return Hit(
        passage=row.id,
        document=row.document,
        filename=row.filename,
        page=row.page,
        start=row.start,
        end=row.end,
        text=row.text,
        score=score,
        coverage=asked.coverage(by_words.held if by_words else 0),
        language=row.language or UNKNOWN,
        asked=asked,
    )
