"""Ranked boards as they are read: who is on them, best first, and how many are ahead of whom."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal_column, select, true

from laurels.ledger import tables
from laurels.ledger.ranks import bucket_of, lowest_of

Place: TypeAlias = tuple[int, UUID]
"""A place on a board: points, and the owner's id for those who are tied."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An owner's place on a board.

    Attributes:
        rank: 1 + how many have more points: those tied share it, and the next is as far behind as they are many (1, 2, 2, 4).
    """

    owner_id: UUID
    points: int
    rank: int


def number_above(connection: Connection, book: str, purpose: str, window: str, points: int, *, leaving_out: Sequence[int] = ()) -> int:
    """How many accounts of a ranked board hold more than some points.

    The buckets above are summed; counted are only the accounts in the same bucket, 0.2 % of the points wide.

    Args:
        leaving_out: what the accounts of the board hold that don't count, ascending.
    """
    points = max(0, points)
    bucket, counts, held = bucket_of(points), tables.board_bucket.c, tables.account.c.board_balance
    higher = select(func.coalesce(func.sum(counts.accounts), 0)).where(_is_of(counts, book, purpose, window), counts.bucket > bucket)
    above = int(connection.execute(higher).scalar_one())
    next_lowest = lowest_of(bucket + 1)
    if next_lowest > points + 1:
        same = select(func.count()).where(_is_ranked(book, purpose, window), held > points, held < next_lowest)
        above += connection.execute(same).scalar_one()
    return above - (len(leaving_out) - bisect_right(leaving_out, points))


def ranked_total(connection: Connection, book: str, purpose: str, window: str) -> int:
    """How many accounts a ranked board has: those with a balance above zero."""
    return number_above(connection, book, purpose, window, 0)


def list_ranked(
    connection: Connection,
    book: str,
    purpose: str,
    window: str,
    *,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
    only: ColumnElement[bool] | None = None,
    leaving_out: Sequence[int] = (),
) -> list[Ranked]:
    """A part of a ranked board, most points first, those tied by their ids.

    Args:
        after: begin behind this place, else with the best.
        before: instead give the nearest that are ahead of this place, in the board's order too.
        only: which owners are shown: a condition on `board.c.owner_id`, best an EXISTS, which reads no further than the page.
        leaving_out: what the accounts hold that don't count in ranks, ascending: those of owners who aren't shown.
    """
    listed: list[Place] = []
    for piece in _pieces(after, before):
        if len(listed) < limit:
            wanted = piece.where(_is_ranked(book, purpose, window), true() if only is None else only).limit(limit - len(listed))
            listed += [(row.board_balance, row.owner_id) for row in connection.execute(wanted)]
    if before is not None:
        listed.reverse()
    ranks = _ranks(connection, book, purpose, window, [points for points, _ in listed], leaving_out)
    return [Ranked(owner, points, rank) for (points, owner), rank in zip(listed, ranks, strict=True)]


def _pieces(after: Place | None, before: Place | None) -> list[Select[Any]]:
    """What to read, one after the other: first those tied with a place, then the others; each is one range of the index.

    One condition for both would read all who are tied: on a young board they are most.
    """
    held, owner = tables.account.c.board_balance, tables.account.c.owner_id
    wanted = select(owner, held)
    best_first, worst_first = wanted.order_by(held.desc(), owner), wanted.order_by(held, owner.desc())
    if before is not None:
        tied = [worst_first.where(held == before[0], owner < before[1])] if before[0] > 0 else []
        return [*tied, worst_first.where(held > max(0, before[0]))]
    if after is None:
        return [best_first.where(held > 0)]
    if after[0] <= 0:
        return []
    return [best_first.where(held == after[0], owner > after[1]), best_first.where(held < after[0], held > 0)]


def _ranks(connection: Connection, book: str, purpose: str, window: str, listed: list[int], absent: Sequence[int]) -> list[int]:
    """The ranks of neighbours on a board, by their points: the first two kinds are asked for, from there on their places tell."""
    ranks: list[int] = []
    for place, points in enumerate(listed):
        if place and points == listed[place - 1]:
            ranks.append(ranks[-1])
        elif place and ranks[-1] > ranks[0]:
            ranks.append(ranks[-1] + place - listed.index(listed[place - 1]))
        else:
            ranks.append(1 + number_above(connection, book, purpose, window, points, leaving_out=absent))
    return ranks


def _is_ranked(book: str, purpose: str, window: str) -> ColumnElement[bool]:
    """The accounts of a ranked board, those at zero too: of one board all are ranked, or none."""
    # The bare column, not `board = 1`: only so SQLite sees that the partial index applies. Nor is it told more of the
    # balance than a statement needs: given both `= 5` and `> 0` it takes the latter for the index, and sorts.
    return and_(literal_column("account.board"), _is_of(tables.account.c, book, purpose, window))


def _is_of(columns: Any, book: str, purpose: str, window: str) -> ColumnElement[bool]:
    number = select(tables.book.c.id).where(tables.book.c.name == book).scalar_subquery()
    return and_(columns.book == number, columns.purpose == purpose, columns.window == window)
