"""/currency: what a member has, every coin that came or went, and what staff add or take."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from laurels.core.errors import Missing
from laurels.identity.editors import StaffEditing
from laurels.identity.errors import MemberInactive
from laurels.ledger import InsufficientBalance
from laurels.ledger.writer import RequestKey
from laurels.products.pot import queries
from laurels.products.pot.accounts import BOOK
from laurels.products.pot.actions import change_coins
from laurels.products.pot.actions.opening import OpenHouse
from laurels.products.pot.house import HouseParts
from laurels.products.pot.queries.standing import read_standing
from laurels.products.pot.queries.statements import walk_statement
from laurels.products.pot.schemas.coins import CoinBalanceAnswer, CoinLineAnswer, CoinsBody, CoinsMovedAnswer
from laurels.web.caller import Signed
from laurels.web.context import Ctx
from laurels.web.csv_answers import MEDIA_TYPE, Cell, csv_answer
from laurels.web.documented import documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.identifiers import known_id
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, read_cursor, write_cursor

router = APIRouter(prefix="/currency")

CHANGES_PER_MINUTE = 120

STATEMENT_LINES = 100_000
"""Most movements of one table; what is older is in the list."""

STATEMENT_COLUMNS = ("created_at", "kind", "amount", "balance_after", "reference", "reason")
_EXAMPLE = ("2026-11-20T10:00:00+00:00", "message", "-5", "95", "01a1f890-...", "")
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": f"{','.join(STATEMENT_COLUMNS)}\r\n{','.join(_EXAMPLE)}\r\n"}},
        "description": "A table with a header.",
    }
}


@router.get("/balance")
def read_coin_balance(caller: Signed, context: Ctx, house: OpenHouse) -> CoinBalanceAnswer:
    """My coins, how many messages I have paid for, and what the next one costs."""
    with context.database.read.connect() as connection:
        standing = read_standing(connection, caller.member_id, at=context.clock.now(), zone=context.settings.zone)
    return CoinBalanceAnswer.of(caller.member_id, standing)


@router.get("/statement", responses=documented(CursorInvalid))
def read_coin_statement(caller: Signed, context: Ctx, limit: PageSize = 50, cursor: Cursor = None) -> Page[CoinLineAnswer]:
    """Every coin of mine that came or went, newest first, as recorded. A week that nothing has touched yet has no line."""
    place = read_cursor(cursor, int, int)
    before = (place[0], place[1]) if place else None
    with context.database.read.connect() as connection:
        lines, has_more = queries.list_statement(connection, caller.member_id, limit=limit, before=before)
    following = write_cursor(*lines[-1].place) if has_more else None
    return Page(items=[CoinLineAnswer.of(line) for line in lines], next_cursor=following)


@router.get("/statement.csv", response_class=StreamingResponse, responses=_TABLE)
def download_coin_statement(caller: Signed, context: Ctx) -> StreamingResponse:
    """The same as a table, at most 100,000 lines."""
    lines = walk_statement(context.database.read.connect, caller.member_id, most=STATEMENT_LINES)
    return csv_answer(STATEMENT_COLUMNS, (_row(line) for line in lines), filename="coins.csv")


@router.post(
    "/top-up",
    status_code=201,
    dependencies=[limited("top-up", per_minute=CHANGES_PER_MINUTE, book=BOOK)],
    responses=documented(Missing, MemberInactive),
)
async def top_up_coins(
    body: CoinsBody,
    editor: StaffEditing,
    context: Ctx,
    house: HouseParts,
    request: Request,
    key: Annotated[RequestKey | None, keyed("top-up")],
) -> CoinsMovedAnswer:
    """Give a member coins: for staff, on record."""
    wanted = known_id(body.member_id, what="member")
    posted = await change_coins(context, house, editor, wanted, body.amount, body.reason, request=key)
    tell_replay(request, posted)
    return CoinsMovedAnswer.of(posted.answer)


@router.post(
    "/deduct",
    status_code=201,
    dependencies=[limited("deduct", per_minute=CHANGES_PER_MINUTE, book=BOOK)],
    responses=documented(Missing, InsufficientBalance),
)
async def deduct_coins(
    body: CoinsBody,
    editor: StaffEditing,
    context: Ctx,
    house: HouseParts,
    request: Request,
    key: Annotated[RequestKey | None, keyed("deduct")],
) -> CoinsMovedAnswer:
    """Take coins from a member, never more than they have: for staff, on record."""
    wanted = known_id(body.member_id, what="member")
    posted = await change_coins(context, house, editor, wanted, -body.amount, body.reason, request=key)
    tell_replay(request, posted)
    return CoinsMovedAnswer.of(posted.answer)


def _row(line: queries.CoinLine) -> Sequence[Cell]:
    source = None if line.source is None else str(line.source)
    return line.created_at.isoformat(), line.kind, line.amount, line.balance, source, line.reason
