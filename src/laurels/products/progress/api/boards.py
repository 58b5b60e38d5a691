"""/me/thrive-circle and /progress/boards."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from laurels.core.errors import Invalid, Missing
from laurels.products.progress.queries.board_windows import BoardKind, Viewer, find_board, list_boards
from laurels.products.progress.queries.boards import read_board, read_board_around
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.schemas.boards import (
    Around,
    BoardNameAnswer,
    BoardNamesAnswer,
    PointsBoardAnswer,
    PointsBoardRowAnswer,
    read_board_cursor,
    write_board_cursor,
)
from laurels.web.caller import Caller, Role, Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import documented
from laurels.web.language import N_
from laurels.web.pagination import Cursor, CursorInvalid, PageSize
from laurels.web.schemas import PlainLine

router = APIRouter()

MAX_OF = 80
"""Longest name of a board within its kind."""

NO_PAGES_AROUND = N_("Send either a cursor or around=me: those rows have no next page.")

AroundMe = Annotated[Around | None, Query(description="`me`: the rows around my own, which is among them if I am on the board.")]
Of = Annotated[
    PlainLine | None,
    Query(
        max_length=MAX_OF,
        description="Which of its kind: 2026-11, 2026-W47, a season's or class's id, a topic's slug. Left out: the current one.",
        examples=["2026-W47"],
    ),
]


@router.get("/me/thrive-circle", responses=documented(Invalid, CursorInvalid))
def read_thrive_circle(
    caller: Signed, context: Ctx, around: AroundMe = None, limit: PageSize = 10, cursor: Cursor = None
) -> PointsBoardAnswer:
    """Active members by all of their points, the most first; those tied share a rank, and stand by their ids."""
    return _answer(context, caller, BoardKind.ALL_TIME, None, around=around, limit=limit, cursor=cursor)


@router.get("/progress/boards")
def list_progress_boards(caller: Signed, context: Ctx) -> BoardNamesAnswer:
    """The boards of now that I may look at: all time, this month and week, the season, each topic, and classes in which I have points."""
    with context.database.read.connect() as connection:
        boards = list_boards(connection, _viewer(context, caller))
    return BoardNamesAnswer(items=[BoardNameAnswer.of_board(board) for board in boards])


@router.get("/progress/boards/{board}", responses=documented(Invalid, CursorInvalid, Missing))
def read_progress_board(
    board: Annotated[BoardKind, Path(description="What the board counts.")],
    caller: Signed,
    context: Ctx,
    of: Of = None,
    around: AroundMe = None,
    limit: PageSize = 10,
    cursor: Cursor = None,
) -> PointsBoardAnswer:
    """A board: active members by their points on it, the most first; those tied share a rank, and stand by their ids.

    Months and weeks are the community's, and what is counted late is counted
    in those in which it was done. An archived season answers as it was kept.
    A class's board is for those who have points on it, and for staff.
    """
    return _answer(context, caller, board, of, around=around, limit=limit, cursor=cursor)


def _answer(
    context: Context, caller: Caller, kind: BoardKind, of: str | None, *, around: Around | None, limit: int, cursor: str | None
) -> PointsBoardAnswer:
    after = read_board_cursor(context, cursor)
    if around is not None and after is not None:
        raise Invalid(field="cursor", reason=NO_PAGES_AROUND)
    with context.database.read.connect() as connection:
        board = find_board(connection, kind, of, _viewer(context, caller))
        if around is not None:
            page = read_board_around(connection, board, caller.member_id, limit=limit)
        else:
            page = read_board(connection, board, caller.member_id, limit=limit, after=after)
        rules = current_basis(connection, context.database, context.settings.zone).rules
    return PointsBoardAnswer(
        **BoardNameAnswer.of_board(board).model_dump(),
        items=[PointsBoardRowAnswer.of(row, rules) for row in page.rows],
        own=PointsBoardRowAnswer.of(page.own, rules) if page.own else None,
        next_cursor=write_board_cursor(context, page.following) if page.following else None,
    )


def _viewer(context: Context, caller: Caller) -> Viewer:
    return Viewer(caller.member_id, context.clock.now(), context.settings.zone, is_staff=caller.role.covers(Role.STAFF))
