"""Members' own side of programs: joining, points, lots, history. A program's admins and keys may name whose."""

from datetime import UTC
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from laurels.core.currencies import main_units
from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.errors import MemberInactive
from laurels.ledger import LotKey
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty import queries
from laurels.products.loyalty.actions.memberships import join_program, leave_program
from laurels.products.loyalty.api.callers import Reading
from laurels.products.loyalty.api.ids import ProgramId
from laurels.products.loyalty.errors import AlreadyJoined, InvitationNeeded, NotAMember, ProgramClosed, ReservationsOpen
from laurels.products.loyalty.queries.current import read_current
from laurels.products.loyalty.queries.forecast import read_forecast
from laurels.products.loyalty.queries.history import MAX_SEARCH, HistoryFilter, HistoryKind, HistoryLine, list_history, walk_history
from laurels.products.loyalty.queries.lots import list_lots
from laurels.products.loyalty.queries.points import read_balance
from laurels.products.loyalty.queries.whose import whose_points
from laurels.products.loyalty.schemas.members import (
    BalanceAnswer,
    ForecastAnswer,
    HistoryAnswer,
    LeftAnswer,
    LotAnswer,
    MembershipAnswer,
    MyProgramAnswer,
)
from laurels.products.loyalty.tries import CHANGES_PER_MINUTE, book_in_path
from laurels.web.caller import AnyCaller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.csv_answers import MEDIA_TYPE, Cell, csv_answer
from laurels.web.documented import documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.key_refusals import ScopeMissing
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor, write_cursor
from laurels.web.paths import API_PREFIX
from laurels.web.schemas import PlainLine, UtcInstant

router = APIRouter(prefix="/{program_id}")
mine = APIRouter(prefix="/me")

STATEMENT_LINES = 100_000
"""Most lines of one statement; for what is older, ask for another time."""

STATEMENT_COLUMNS = (
    "occurred_at",
    "kind",
    "points",
    "balance",
    "transaction_id",
    "return_id",
    "reward",
    "amount",
    "currency",
    "purchased_at",
)

Whose = Annotated[
    PlainLine | None,
    Query(max_length=200, description="For admins and keys: whose, by student id or member id. Left out: one's own.", examples=["1042"]),
]
Since = Annotated[UtcInstant | None, Query(alias="from", description="The first instant that counts.")]
Until = Annotated[UtcInstant | None, Query(alias="to", description="The first instant that no longer counts.")]

_REFUSED = documented(Missing, Denied, ScopeMissing, Invalid)
_EXAMPLE = ("2026-11-20T10:00:00+00:00", "earn", "10", "110", "T-1001", "", "", "200.00", "GBP", "2026-11-20T09:58:00+00:00")
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": f"{','.join(STATEMENT_COLUMNS)}\r\n{','.join(_EXAMPLE)}\r\n"}},
        "description": "A table with a header.",
    }
}


@router.post(
    "/join",
    status_code=201,
    dependencies=[limited("join", per_minute=CHANGES_PER_MINUTE, book=book_in_path)],
    responses=documented(Missing, ProgramClosed, InvitationNeeded, AlreadyJoined, MemberInactive),
)
async def join_a_program(
    program_id: ProgramId,
    caller: Signed,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("join")],
) -> MembershipAnswer:
    """Become a member. Purchases that waited for you earn soon after."""
    posted = await join_program(context, caller, program_id, request=key)
    tell_replay(request, posted)
    response.headers["Location"] = f"{API_PREFIX}/programs/{program_id}/balance"
    return MembershipAnswer.of(posted.answer)


@router.delete(
    "/membership",
    dependencies=[limited("leave", per_minute=CHANGES_PER_MINUTE, book=book_in_path)],
    responses=documented(Missing, NotAMember, ReservationsOpen),
)
async def leave_a_program(
    program_id: ProgramId, caller: Signed, context: Ctx, request: Request, key: Annotated[RequestKey | None, keyed("leave")]
) -> LeftAnswer:
    """Leave: what points you have are given up. Your history stays yours to read."""
    posted = await leave_program(context, caller, program_id, request=key)
    tell_replay(request, posted)
    return LeftAnswer.of(posted.answer)


@router.get("/balance", responses=_REFUSED)
def read_program_balance(program_id: ProgramId, caller: Reading, context: Ctx, member: Whose = None) -> BalanceAnswer:
    """What a member has now: what has expired counts as expired, whether or not a job has seen to it."""
    who, now = _whose(context, caller, program_id, member), context.clock.now()
    return BalanceAnswer.of(
        read_current(context.database, program_id, lambda connection, settings: read_balance(connection, settings, who, at=now))
    )


@router.get("/lots", responses=_REFUSED | documented(CursorInvalid))
def list_program_lots(
    program_id: ProgramId, caller: Reading, context: Ctx, member: Whose = None, limit: PageSize = 50, cursor: Cursor = None
) -> Page[LotAnswer]:
    """A member's points by what earned them, newest first, each lot with the states that its points are in."""
    place = read_cursor(cursor, int, int)
    before = LotKey(*place) if place else None
    who, now = _whose(context, caller, program_id, member), context.clock.now()
    rows = read_current(
        context.database,
        program_id,
        lambda connection, settings: list_lots(connection, settings, who, at=now, limit=limit + 1, before=before),
    )
    return page_of(rows, limit, cursor=lambda lot: (lot.key.sequence, lot.key.position), item=LotAnswer.of)


@router.get("/history", responses=_REFUSED | documented(CursorInvalid))
def list_program_history(
    program_id: ProgramId,
    caller: Reading,
    context: Ctx,
    member: Whose = None,
    kind: Annotated[HistoryKind | None, Query(description="Only lines of this kind.")] = None,
    since: Since = None,
    until: Until = None,
    text: Annotated[PlainLine, Query(max_length=MAX_SEARCH, description="Part of a transaction or return id, or of a reward's name.")] = "",
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[HistoryAnswer]:
    """What moved in a member's points, as posted, the last first.

    A narrowed history looks through a thousand lines a page: a page may hold
    few or none and still have a next one.
    """
    place = read_cursor(cursor, int, int)
    who = _whose(context, caller, program_id, member)
    narrowed = HistoryFilter(kind=kind, since=since, until=until, text=text)
    with context.database.read.connect() as connection:
        found = list_history(connection, program_id, who, narrowed, limit=limit, before=(place[0], place[1]) if place else None)
    items = [HistoryAnswer.of(line) for line in found.items]
    return Page(items=items, next_cursor=write_cursor(*found.following) if found.following else None)


@router.get("/forecast", responses=_REFUSED)
def read_program_forecast(program_id: ProgramId, caller: Reading, context: Ctx, member: Whose = None) -> ForecastAnswer:
    """What becomes of a member's points in this month and the eleven after it, if nothing more is earned or burned."""
    who, now = _whose(context, caller, program_id, member), context.clock.now()
    return ForecastAnswer.of(
        read_current(context.database, program_id, lambda connection, settings: read_forecast(connection, settings, who, at=now))
    )


@router.get(
    "/statement.csv",
    response_class=StreamingResponse,
    responses=_TABLE | _REFUSED,
)
def download_program_statement(
    program_id: ProgramId, caller: Reading, context: Ctx, member: Whose = None, since: Since = None, until: Until = None
) -> StreamingResponse:
    """A member's history as a table, the last movement first, at most 100,000 lines; amounts in the currency's main unit."""
    who = _whose(context, caller, program_id, member)
    currency = queries.configuration_of(context.database, program_id).program.currency
    narrowed = HistoryFilter(since=since, until=until)
    lines = walk_history(context.database.read.connect, program_id, who, narrowed, most=STATEMENT_LINES)
    return csv_answer(STATEMENT_COLUMNS, (_row(line, currency) for line in lines), filename=f"statement-{program_id}.csv")


@mine.get("/programs", responses=documented(CursorInvalid))
def list_my_programs(caller: Signed, context: Ctx, limit: PageSize = 20, cursor: Cursor = None) -> Page[MyProgramAnswer]:
    """The programs that I belong to, by name, with my points and my tier in each."""
    place, now = read_cursor(cursor, str, UUID), context.clock.now()
    after = (place[0], place[1]) if place else None
    with context.database.read.connect() as connection:
        programs = queries.list_programs(connection, caller, limit=limit + 1, after=after, only_joined=True)
    items = [
        MyProgramAnswer.of(
            read_current(
                context.database, one.id, lambda connection, settings: read_balance(connection, settings, caller.member_id, at=now)
            )
        )
        for one in programs[:limit]
    ]
    following = write_cursor(programs[limit - 1].name, programs[limit - 1].id) if len(programs) > limit else None
    return Page(items=items, next_cursor=following)


def _whose(context: Context, caller: AnyCaller, program_id: UUID, named: str | None) -> UUID:
    with context.database.read.connect() as connection:
        return whose_points(connection, caller, program_id, named)


def _row(line: HistoryLine, currency: str) -> tuple[Cell, ...]:
    return (
        line.occurred_at.astimezone(UTC).isoformat(),
        line.kind.value,
        line.points,
        line.balance,
        line.transaction_id,
        line.return_id,
        line.reward,
        None if line.amount is None else str(main_units(line.amount, currency)),
        None if line.amount is None else currency,
        None if line.purchased_at is None else line.purchased_at.astimezone(UTC).isoformat(),
    )
