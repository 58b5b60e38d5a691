"""Boards as they are answered, and the cursors of their pages."""

from typing import Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from laurels.core.seal import Seal, SealBroken
from laurels.core.secrets import derived_key
from laurels.products.progress.queries.board_windows import Board, BoardKind
from laurels.products.progress.queries.boards import BoardRow
from laurels.products.progress.queries.standings import Place
from laurels.products.progress.queries.status import reached
from laurels.products.progress.rules import Rules
from laurels.products.progress.schemas.fields import EXAMPLE_MEMBER
from laurels.web.context import Context
from laurels.web.pagination import CursorInvalid, read_cursor, write_cursor
from laurels.web.schemas import Answer, example

_ROW: dict[str, Any] = {
    "rank": 1,
    "points": 120,
    "id": EXAMPLE_MEMBER,
    "username": "ana",
    "display_name": "Ana Díaz",
    "total_points": 650,
    "tier": "blaze",
    "tier_display": "Blaze",
    "level": 6,
    "points_to_next_tier": 350,
    "points_to_next_level": 100,
    "is_anonymous": False,
    "is_me": False,
}
_OWN: dict[str, Any] = _ROW | {"rank": 8, "points": 15, "username": "bo", "display_name": "Bo Lindt", "is_me": True}
_BOARD: dict[str, Any] = {"board": "week", "of": "2026-W47", "title": None, "is_archived": False}
Around: TypeAlias = Literal["me"]
"""Around whom a part of a board is asked for."""

_SEALED_FOR = UUID(int=0)
"""What a cursor is sealed for: nobody in particular."""


class PointsBoardRowAnswer(Answer):
    """A member's place."""

    model_config = example(_ROW)

    rank: int = Field(description="1 + how many have more points: those tied share it, the next one is as far behind as they are many.")
    points: int = Field(description="On this board.")
    id: UUID | None = Field(description="Null where the member hides their name.")
    username: str | None = Field(description="Null where the member hides their name, or has none.")
    display_name: str | None = Field(description="Null where the member hides their name.")
    total_points: int = Field(description="All points: what tier and level follow from.")
    tier: str
    tier_display: str
    level: int
    points_to_next_tier: int | None = Field(description="Null at the top.")
    points_to_next_level: int
    is_anonymous: bool = Field(description="Whether the member hides their name. To oneself it is shown all the same.")
    is_me: bool

    @staticmethod
    def of(row: BoardRow, rules: Rules) -> "PointsBoardRowAnswer":
        """A row, with what its total means by the rules."""
        reaches = reached(rules, row.total)
        return PointsBoardRowAnswer(
            rank=row.rank,
            points=row.points,
            id=row.member_id,
            username=row.username,
            display_name=row.display_name if row.member_id else None,
            total_points=row.total,
            tier=reaches.tier.key,
            tier_display=reaches.tier.title,
            level=reaches.level,
            points_to_next_tier=reaches.points_to_next_tier,
            points_to_next_level=reaches.points_to_next_level,
            is_anonymous=row.is_anonymous,
            is_me=row.is_me,
        )


class BoardNameAnswer(Answer):
    """A board that the caller may look at."""

    model_config = example(_BOARD)

    board: BoardKind
    of: str | None = Field(description="Which of its kind: a month, a week, a season's or class's id, a topic's slug; null for all time.")
    title: str | None = Field(description="The season's or the topic's.")
    is_archived: bool = Field(description="Whether these are the standings that were kept when the season was over.")

    @staticmethod
    def of_board(board: Board) -> "BoardNameAnswer":
        """A board's name."""
        return BoardNameAnswer(board=board.kind, of=board.of or None, title=board.title or None, is_archived=board.archived is not None)


class BoardNamesAnswer(Answer):
    """The boards of now."""

    model_config = example({"items": [_BOARD]})

    items: list[BoardNameAnswer]


class PointsBoardAnswer(BoardNameAnswer):
    """A part of a board: points descending, then members by their ids."""

    model_config = example(_BOARD | {"items": [_ROW], "own": _OWN, "next_cursor": None})

    items: list[PointsBoardRowAnswer]
    own: PointsBoardRowAnswer | None = Field(description="The caller's row, wherever it is; null where they aren't on the board.")
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page; null on the last one, and with `around`.")


def write_board_cursor(context: Context, place: Place) -> str:
    """Where a page ended. Whose row it was is sealed: it may be somebody who hides their name."""
    number, who = place
    return write_cursor(number, _seal(context).close(_SEALED_FOR, str(who)))


def read_board_cursor(context: Context, cursor: str | None) -> Place | None:
    """The place that `write_board_cursor` wrote; None for the first page.

    Raises:
        CursorInvalid: it is made up, cut, or another list's.
    """
    read = read_cursor(cursor, int, str)
    if read is None:
        return None
    try:
        return read[0], UUID(_seal(context).open(_SEALED_FOR, read[1]))
    except SealBroken:
        raise CursorInvalid() from None


def _seal(context: Context) -> Seal:
    return Seal(derived_key(context.form_key, "board cursor"))
