"""Pages of boards: who has how many points, ever or in a time, a topic, a class; and how one appears on them."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from laurels.core.errors import Missing
from laurels.products.progress.actions.sharing import change_appearance
from laurels.products.progress.queries.board_windows import Board, BoardKind, Viewer, find_board, list_boards, neighbours
from laurels.products.progress.queries.boards import BoardPage, read_board, read_board_around
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.queries.profiles import is_anonymous
from laurels.products.progress.queries.status import reached
from laurels.products.progress.rules import week_dates
from laurels.products.progress.schemas.boards import read_board_cursor, write_board_cursor
from laurels.web.caller import Caller, Role, Signed
from laurels.web.context import Context, Ctx
from laurels.web.forms import text_of
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import Pages
from laurels.web.pagination import Cursor
from laurels.web.paths import address

router = APIRouter(include_in_schema=False)

ROWS = 25
NEAR_ROWS = 3
BOARDS = "/progress/boards"

KIND_LABELS = {
    BoardKind.ALL_TIME: N_("All time"),
    BoardKind.MONTH: N_("Month"),
    BoardKind.WEEK: N_("Week"),
    BoardKind.SEASON: N_("Season"),
    BoardKind.TOPIC: N_("Topics"),
    BoardKind.CLASS: N_("Classes"),
}

Link: TypeAlias = tuple[str, str, bool]
"""Where it leads, what it says, and whether one is there."""


@router.get(BOARDS)
def show_boards(request: Request, context: Ctx, caller: Signed, cursor: Cursor = None) -> Response:
    """The board of all time."""
    return _draw(request, context, caller, BoardKind.ALL_TIME, "", cursor)


@router.get(BOARDS + "/{kind}")
def show_board(
    request: Request, context: Ctx, caller: Signed, kind: str, of: Annotated[str, Query(max_length=200)] = "", cursor: Cursor = None
) -> Response:
    """A board; the viewer's own row is always there."""
    if kind not in list(BoardKind):
        raise Missing(what="board")
    return _draw(request, context, caller, BoardKind(kind), text_of({"of": of}, "of", 80), cursor)


@router.post("/progress/appearance", dependencies=[limited("change-appearance", per_minute=20)])
async def take_appearance(request: Request, context: Ctx, caller: Signed) -> Response:
    """Hide my name on boards, or show it."""
    hides = text_of(await request.form(), "is_anonymous", 5) == "true"
    await change_appearance(context, caller, is_anonymous=hides)
    return context.pages.lead(request, BOARDS, N_("Others no longer see your name.") if hides else N_("Others see your name again."))


def add_to(pages: Pages) -> None:
    """Register progress's templates."""
    pages.add_templates("progress", Path(__file__).parent / "templates")


def _draw(request: Request, context: Context, caller: Caller, kind: BoardKind, of: str, cursor: str | None) -> Response:
    after = read_board_cursor(context, cursor)
    viewer = Viewer(caller.member_id, context.clock.now(), context.settings.zone, is_staff=caller.role.covers(Role.STAFF))
    with context.database.read.connect() as connection:
        boards = list_boards(connection, viewer)
        board = find_board(connection, kind, of or _first_of(boards, kind), viewer)
        page = read_board(connection, board, caller.member_id, limit=ROWS, after=after)
        near = _near(connection, board, page, caller)
        before, later = neighbours(connection, board, viewer)
        rules = current_basis(connection, context.database, context.settings.zone).rules
        hides = is_anonymous(connection, caller.member_id)
    here = _address(board)
    return context.pages.render(
        request,
        "progress/pages/boards.html",
        caller=caller,
        board=board,
        page=page,
        near=near,
        title=_title(context, request, caller, board),
        kinds=_kinds(context, request, boards, kind),
        siblings=_siblings(context, request, boards, board),
        earlier_href=_address(before) if before else "",
        earlier_label=_title(context, request, caller, before) if before else "",
        later_href=_address(later) if later else "",
        later_label=_title(context, request, caller, later) if later else "",
        is_current=later is None and board.archived is None,
        is_anonymous=hides,
        next_href=_address(board, cursor=write_board_cursor(context, page.following)) if page.following else "",
        first_href=here if cursor else "",
        reached=partial(reached, rules),
    )


def _first_of(boards: Sequence[Board], kind: BoardKind) -> str | None:
    """Of topics and classes there is no current one: the first stands for them."""
    if kind not in (BoardKind.TOPIC, BoardKind.CLASS):
        return None
    found = next((board.of for board in boards if board.kind is kind), None)
    if found is None:
        raise Missing(what="board")
    return found


def _near(connection: Connection, board: Board, page: BoardPage, caller: Caller) -> list[Any]:
    """The viewer's own row and its neighbours, where the page has it not."""
    if page.own is None or any(row.is_me for row in page.rows):
        return []
    return list(read_board_around(connection, board, caller.member_id, limit=NEAR_ROWS).rows)


def _kinds(context: Context, request: Request, boards: Sequence[Board], chosen: BoardKind) -> list[Link]:
    """A way to each kind that there is a board of."""
    offered = {board.kind for board in boards} | {chosen}
    return [
        (BOARDS if kind is BoardKind.ALL_TIME else f"{BOARDS}/{kind}", context.pages.translate(request, label), kind is chosen)
        for kind, label in KIND_LABELS.items()
        if kind in offered
    ]


def _siblings(context: Context, request: Request, boards: Sequence[Board], chosen: Board) -> list[Link]:
    """The other topics, or classes."""
    if chosen.kind not in (BoardKind.TOPIC, BoardKind.CLASS):
        return []
    return [(_address(board), _name(context, request, board), board == chosen) for board in boards if board.kind is chosen.kind]


def _address(board: Board, *, cursor: str = "") -> str:
    path = BOARDS if board.kind is BoardKind.ALL_TIME else f"{BOARDS}/{board.kind}"
    return address(path, {"of": board.of, "cursor": cursor})


def _title(context: Context, request: Request, caller: Caller, board: Board) -> str:
    formats = context.pages.formats(request, caller)
    if board.kind is BoardKind.MONTH:
        return formats.month(board.of)
    return formats.days(*week_dates(board.of)) if board.kind is BoardKind.WEEK else _name(context, request, board)


def _name(context: Context, request: Request, board: Board) -> str:
    if board.kind is BoardKind.CLASS:
        return context.pages.translate(request, N_("Class {id}")).format(id=board.of[-6:])
    return board.title or context.pages.translate(request, KIND_LABELS[board.kind])
