"""The leaderboard: credits received, descending; then student ids, ascending.

It is read from the ledger's own counts (an index over the `standing` meters),
so that redeeming lowers nobody and a reversal does. Members who aren't active,
and those who received nothing, aren't on it. Each page costs the same number
of statements; recognitions and endorsements are counted for its members only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, Subquery, and_, func, literal, literal_column, or_, select

from laurels.core.database import among
from laurels.core.windows import Month
from laurels.identity.tables import member
from laurels.ledger.reader import balances, board, number_of
from laurels.products.recognition.accounts import BOOK, standing
from laurels.products.recognition.queries.listed import Listed, in_month
from laurels.products.recognition.tables import recognition

BoardPlace: TypeAlias = tuple[int, str, int]
"""Where a page of the board ended: credits, sort key of the student id, rank."""


@dataclass(frozen=True, slots=True)
class Period:
    """What a board counts.

    Attributes:
        name: `2026-11`, `2026-H2`; empty for all time.
        months: its calendar months; none for all time.
    """

    name: str = ""
    months: tuple[Month, ...] = ()


ALL_TIME = Period()


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A member's place on a board.

    Attributes:
        student_order: the sort key of the student id.
        recognition_count: recognitions received in the period and not reversed.
        endorsement_total: endorsements of these.
    """

    rank: int
    member_id: UUID
    student_id: str
    student_order: str
    display_name: str
    total_credits_received: int
    recognition_count: int
    endorsement_total: int


def month_period(month: Month) -> Period:
    """The board of a calendar month."""
    return Period(month, (month,))


def semester_period(semester: str) -> Period:
    """The board of half a calendar year: `2026-H1` is January to June, `2026-H2` July to December."""
    first = 1 if semester.endswith("H1") else 7
    return Period(semester, tuple(Month(f"{semester[:4]}-{number:02d}") for number in range(first, first + 6)))


def list_board(connection: Connection, period: Period, *, limit: int, after: BoardPlace | None = None) -> Listed[BoardRow]:
    """A page of the board. Ranks go on from the page before, whatever happened since."""
    ranked = _ranked(period)
    wanted = select(ranked)
    if after is not None:
        wanted = wanted.where(_behind(ranked, after[0], after[1]))
    rows = connection.execute(_best_first(wanted, ranked).limit(limit + 1)).all()
    items = _rows(connection, period, rows[:limit], first_rank=after[2] + 1 if after else 1)
    last = items[-1] if len(rows) > limit else None
    return Listed(items, (last.total_credits_received, last.student_order, last.rank) if last else None)


def list_board_around(connection: Connection, period: Period, member_id: UUID, *, limit: int) -> list[BoardRow]:
    """At most `limit` rows with a member in the middle, or nearest to it; none where they aren't on the board."""
    mine = _find_mine(connection, period, member_id)
    if mine is None:
        return []
    ranked = _ranked(period)
    ahead = _ahead(ranked, mine.credits, mine.student_order)
    rank = 1 + connection.execute(select(func.count()).select_from(ranked).where(ahead)).scalar_one()
    above = connection.execute(_worst_first(select(ranked).where(ahead), ranked).limit((limit - 1) // 2)).all()
    behind = select(ranked).where(_behind(ranked, mine.credits, mine.student_order))
    below = connection.execute(_best_first(behind, ranked).limit(limit - 1 - len(above))).all()
    return _rows(connection, period, [*reversed(above), mine, *below], first_rank=rank - len(above))


def _find_mine(connection: Connection, period: Period, member_id: UUID) -> Row[*tuple[Any, ...]] | None:
    """A member's row of the board, by the names of their accounts: cheaper than looking for it."""
    accounts = [standing(member_id, month) for month in period.months] or [standing(member_id)]
    credits = sum(balances(connection, accounts).values())
    if credits == 0:
        return None
    row = select(*_person(), literal(credits).label("credits")).where(member.c.id == member_id, member.c.status == "active")
    return connection.execute(row).one_or_none()


def _person() -> tuple[ColumnElement[Any], ...]:
    return member.c.id.label("member_id"), member.c.student_id, member.c.student_order, member.c.display_name


def _ranked(period: Period) -> Subquery:
    """Active members with what they received: member_id, student_id, student_order, display_name, credits."""
    received = _received(period)
    return (
        select(*_person(), received.c.credits)
        .join(received, received.c.owner_id == member.c.id)
        .where(member.c.status == "active")
        .subquery()
    )


def _received(period: Period) -> Subquery:
    # The bare column, not `board = 1`: only so SQLite sees that the partial index applies.
    is_ranked = and_(literal_column("account.board"), board.c.book == number_of(BOOK), board.c.purpose == "standing")
    if len(period.months) > 1:
        summed = select(board.c.owner_id, func.sum(board.c.board_balance).label("credits"))
        counted = summed.where(is_ranked, board.c.window.in_(period.months), board.c.board_balance > 0)
        return counted.group_by(board.c.owner_id).subquery()
    window = period.months[0] if period.months else ""
    one = select(board.c.owner_id, board.c.board_balance.label("credits"))
    return one.where(is_ranked, board.c.window == window, board.c.board_balance > 0).subquery()


def _ahead(ranked: Subquery, credits: int, student_order: str) -> ColumnElement[bool]:
    ties = and_(ranked.c.credits == credits, ranked.c.student_order < student_order)
    return and_(ranked.c.credits >= credits, or_(ranked.c.credits > credits, ties))


def _behind(ranked: Subquery, credits: int, student_order: str) -> ColumnElement[bool]:
    ties = and_(ranked.c.credits == credits, ranked.c.student_order > student_order)
    return and_(ranked.c.credits <= credits, or_(ranked.c.credits < credits, ties))


def _best_first(wanted: Select[*tuple[Any, ...]], ranked: Subquery) -> Select[*tuple[Any, ...]]:
    return wanted.order_by(ranked.c.credits.desc(), ranked.c.student_order)


def _worst_first(wanted: Select[*tuple[Any, ...]], ranked: Subquery) -> Select[*tuple[Any, ...]]:
    return wanted.order_by(ranked.c.credits, ranked.c.student_order.desc())


def _rows(connection: Connection, period: Period, rows: Sequence[Any], *, first_rank: int) -> list[BoardRow]:
    counts = _counts(connection, period, [row.member_id for row in rows])
    made: list[BoardRow] = []
    for rank, row in enumerate(rows, first_rank):
        recognitions, endorsements = counts.get(row.member_id, (0, 0))
        person = (row.member_id, row.student_id, row.student_order, row.display_name)
        made.append(BoardRow(rank, *person, int(row.credits), recognitions, endorsements))
    return made


def _counts(connection: Connection, period: Period, members: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """Recognitions and endorsements of a page's members: apart from the credits, which a join would multiply."""
    received = recognition.c
    wanted = select(received.receiver, func.count(), func.sum(received.endorsement_count))
    wanted = wanted.where(among(connection.dialect, received.receiver, members), received.reversed_at.is_(None))
    if period.months:
        wanted = wanted.where(or_(*(in_month(recognition, month) for month in period.months)))
    return {who: (count, int(endorsements)) for who, count, endorsements in connection.execute(wanted.group_by(received.receiver))}
