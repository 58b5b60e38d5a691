"""Places on boards: of boards that go on, from the ledger; of seasons that are archived, as they were kept.

Suspended and deleted members are on no board. From a board that goes on they
are counted out, so that the ranks of the others close up; an archive keeps its
ranks, and only doesn't show them.
"""

from functools import cached_property
from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, exists, select, tuple_

from laurels.identity.tables import member
from laurels.ledger import reader
from laurels.ledger.reader import Ranked, list_ranked, number_above
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.queries.absent import absent_balances
from laurels.products.progress.queries.board_windows import Board, BoardKind
from laurels.products.progress.tables import season_standing

Place = tuple[int, UUID]
"""Where a page of a board ended: points (of an archive: the rank), and the member's id."""


class Standings(Protocol):
    """A board's places."""

    def after(self, place: Place | None, limit: int) -> list[Ranked]:
        """Places behind one, best first; without one from the top."""

    def before(self, place: Place, limit: int) -> list[Ranked]:
        """The nearest places ahead of one, best first."""

    def find(self, who: UUID) -> Ranked | None:
        """A member's place; None where they aren't on the board."""

    def place_of(self, ranked: Ranked) -> Place:
        """Where to go on from somebody's place."""


def standings_of(connection: Connection, board: Board) -> Standings:
    """The places of a board."""
    if board.archived is not None:
        return Archived(connection, board.archived)
    return Current(connection, board)


class Current:
    """A board as it is now: its histogram tells ranks, whatever stands between."""

    def __init__(self, connection: Connection, board: Board) -> None:
        self._connection = connection
        self._board = board
        self._purpose = "points" if board.kind is BoardKind.ALL_TIME else "standing"
        self._window = board.window

    def after(self, place: Place | None, limit: int) -> list[Ranked]:
        return self._listed(limit, after=place)

    def before(self, place: Place, limit: int) -> list[Ranked]:
        return self._listed(limit, before=place)

    def find(self, who: UUID) -> Ranked | None:
        mine = self._board.account(who)
        held = reader.balances(self._connection, [mine])[mine]
        if held <= 0:
            return None
        above = number_above(self._connection, BOOK, self._purpose, self._window, held, leaving_out=self._absent)
        return Ranked(who, held, 1 + above)

    def place_of(self, ranked: Ranked) -> Place:
        return ranked.points, ranked.owner_id

    @cached_property
    def _absent(self) -> list[int]:
        return absent_balances(self._connection, self._board.account)

    def _listed(self, limit: int, *, after: Place | None = None, before: Place | None = None) -> list[Ranked]:
        active = _is_active(reader.board.c.owner_id)
        return list_ranked(
            self._connection,
            BOOK,
            self._purpose,
            self._window,
            limit=limit,
            after=after,
            before=before,
            only=active,
            leaving_out=self._absent,
        )


class Archived:
    """A season's board as it was kept; it never changes."""

    def __init__(self, connection: Connection, season: UUID) -> None:
        self._connection = connection
        self._season = season

    def after(self, place: Place | None, limit: int) -> list[Ranked]:
        kept = season_standing.c
        wanted = self._shown().order_by(kept.rank, kept.member)
        return self._read(wanted.where(_key() > _bound(place)) if place else wanted, limit)

    def before(self, place: Place, limit: int) -> list[Ranked]:
        kept = season_standing.c
        return self._read(self._shown().where(_key() < _bound(place)).order_by(kept.rank.desc(), kept.member.desc()), limit)[::-1]

    def find(self, who: UUID) -> Ranked | None:
        found = self._read(self._shown().where(season_standing.c.member == who), 1)
        return found[0] if found else None

    def place_of(self, ranked: Ranked) -> Place:
        return ranked.rank, ranked.owner_id

    def _shown(self) -> Select[UUID, int, int]:
        kept = season_standing.c
        return select(kept.member, kept.points, kept.rank).where(kept.season == self._season, _is_active(kept.member))

    def _read(self, wanted: Select[UUID, int, int], limit: int) -> list[Ranked]:
        return [Ranked(*row) for row in self._connection.execute(wanted.limit(limit))]


def _key() -> ColumnElement[tuple[int, UUID]]:
    return tuple_(season_standing.c.rank, season_standing.c.member)


def _bound(place: Place) -> ColumnElement[tuple[int, UUID]]:
    return tuple_(*place, types=[season_standing.c.rank.type, season_standing.c.member.type])


def _is_active(who: ColumnElement[UUID]) -> ColumnElement[bool]:
    return exists().where(member.c.id == who, member.c.status == "active")
