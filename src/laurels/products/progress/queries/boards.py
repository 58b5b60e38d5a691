"""Boards as members see them: ranks, names where they aren't hidden, tiers and levels; the viewer's own row always.

Members go by points, the most first; those tied share a rank (1, 2, 2, 4) and
are listed by their ids, who joined earlier first. Each page takes the same
number of statements, however long the board is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.core.database import among
from laurels.identity.tables import member
from laurels.ledger.reader import Ranked, balances
from laurels.products.progress.accounts import points
from laurels.products.progress.queries.board_windows import Board, BoardKind
from laurels.products.progress.queries.standings import Place, standings_of
from laurels.products.progress.tables import member_progress


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A member's place on a board, as the viewer sees it.

    Attributes:
        points: on this board.
        total: all points: what tier and level follow from.
        member_id: None, with no names, where the member hides who they are from this viewer.
        is_anonymous: whether the member hides their name; their own row has it all the same.
    """

    rank: int
    points: int
    total: int
    member_id: UUID | None
    username: str | None
    display_name: str
    is_anonymous: bool
    is_me: bool


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A part of a board.

    Attributes:
        own: the viewer's row, wherever it is; None where they aren't on the board.
        following: where the next part begins; None at the end, and around a member.
    """

    rows: list[BoardRow]
    own: BoardRow | None
    following: Place | None = None


def read_board(connection: Connection, board: Board, viewer: UUID, *, limit: int, after: Place | None = None) -> BoardPage:
    """A page of a board, from the top or behind a place."""
    standings = standings_of(connection, board)
    listed = standings.after(after, limit + 1)
    mine = standings.find(viewer)
    shown = listed[:limit]
    *rows, own = _rows(connection, board, viewer, [*shown, mine])
    following = standings.place_of(shown[-1]) if len(listed) > limit else None
    return BoardPage([row for row in rows if row], own, following)


def read_board_around(connection: Connection, board: Board, viewer: UUID, *, limit: int) -> BoardPage:
    """At most `limit` rows with the viewer's own in the middle, or as near to it as the board's ends let; none where they aren't on it."""
    standings = standings_of(connection, board)
    mine = standings.find(viewer)
    if mine is None:
        return BoardPage([], None)
    place = standings.place_of(mine)
    above, below = standings.before(place, limit - 1), standings.after(place, limit - 1)
    ahead = min(len(above), max((limit - 1) // 2, limit - 1 - len(below)))
    shown = [*above[len(above) - ahead :], mine, *below[: limit - 1 - ahead]]
    rows = [row for row in _rows(connection, board, viewer, shown) if row]
    return BoardPage(rows, next(row for row in rows if row.is_me))


def _rows(connection: Connection, board: Board, viewer: UUID, listed: Sequence[Ranked | None]) -> list[BoardRow | None]:
    """Places with what may be known of who has them: two statements, one for the board of all time."""
    who = {ranked.owner_id for ranked in listed if ranked}
    columns = (member.c.id, member.c.username, member.c.display_name, member_progress.c.is_anonymous)
    wanted = select(*columns).outerjoin(member_progress, member_progress.c.member == member.c.id)
    people = {row.id: row for row in connection.execute(wanted.where(among(connection.dialect, member.c.id, who)))}
    held = {} if board.kind is BoardKind.ALL_TIME else balances(connection, [points(one) for one in who])

    def row(ranked: Ranked) -> BoardRow:
        found, is_me = people[ranked.owner_id], ranked.owner_id == viewer
        is_shown = is_me or not found.is_anonymous
        return BoardRow(
            rank=ranked.rank,
            points=ranked.points,
            total=held.get(points(ranked.owner_id), ranked.points),
            member_id=ranked.owner_id if is_shown else None,
            username=found.username if is_shown else None,
            display_name=found.display_name if is_shown else "",
            is_anonymous=bool(found.is_anonymous),
            is_me=is_me,
        )

    return [row(ranked) if ranked else None for ranked in listed]
