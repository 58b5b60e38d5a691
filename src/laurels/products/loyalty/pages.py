"""Loyalty's pages for members: the programs, joining one, what one has there, and leaving.

Every form works as a plain POST that leads on to a page. Rewards and history
have modules of their own: `reward_pages` and `history_pages`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError, Missing
from laurels.ledger import LotKey
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty.actions.memberships import join_program, leave_program
from laurels.products.loyalty.in_words import Wording
from laurels.products.loyalty.queries import Configuration, configuration_of, forget, get_visible_program, is_program_admin, list_programs
from laurels.products.loyalty.queries.catalogue import list_campaigns, list_rewards
from laurels.products.loyalty.queries.current import read_current
from laurels.products.loyalty.queries.forecast import read_forecast
from laurels.products.loyalty.queries.history import list_history
from laurels.products.loyalty.queries.lots import list_lots
from laurels.products.loyalty.queries.mine import list_joinable, read_place
from laurels.products.loyalty.queries.points import Balance, read_balance
from laurels.products.loyalty.tables import Program
from laurels.products.loyalty.tries import CHANGES_PER_MINUTE, book_in_path
from laurels.products.loyalty.wording import KIND_LABELS, STATE_LABELS, STATE_TONES
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import Pages, Section, see_other
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.problems import status_of

router = APIRouter(include_in_schema=False)

PROGRAMS_SHOWN = 24
LINES_SHOWN = 6
LOTS_SHOWN = 5
LOTS_PER_PAGE = 50
CAMPAIGNS_SHOWN = 5
REWARDS_SHOWN = 4
HOME_PROGRAMS = 3

Values = dict[str, Any]


@router.get("/programs")
def show_programs(request: Request, context: Ctx, caller: Signed, cursor: Cursor = None, more: Cursor = None) -> Response:
    """The programs that a member belongs to, and those that they may join; `more` is the place in the latter."""
    mine, others = read_cursor(cursor, str, UUID), read_cursor(more, str, UUID)
    joined, next_joined = read_joined(context, caller, limit=PROGRAMS_SHOWN, after=(mine[0], mine[1]) if mine else None)
    with context.database.read.connect() as connection:
        after = (others[0], others[1]) if others else None
        joinable = list_joinable(connection, caller.member_id, limit=PROGRAMS_SHOWN + 1, after=after)
        runs_any = bool(list_programs(connection, caller, limit=1, only_run=True))
    last = joinable[PROGRAMS_SHOWN - 1].program if len(joinable) > PROGRAMS_SHOWN else None
    return context.pages.render(
        request,
        "loyalty/pages/programs.html",
        caller=caller,
        joined=joined,
        joinable=joinable[:PROGRAMS_SHOWN],
        runs_any=runs_any,
        next_joined=f"/programs?cursor={write_cursor(*next_joined)}" if next_joined else "",
        next_joinable=f"/programs?more={write_cursor(last.name, last.id)}" if last else "",
        first_href="/programs" if cursor or more else "",
    )


@router.get("/programs/{program_id}")
def show_program(request: Request, context: Ctx, caller: Signed, program_id: UUID) -> Response:
    """What a member has in a program; for who doesn't belong to it, what it offers."""
    return _draw_program(request, context, caller, program_id)


@router.get("/programs/{program_id}/points")
def show_points(request: Request, context: Ctx, caller: Signed, program_id: UUID) -> Response:
    """The member's numbers and latest lines, for a script to put in place."""
    values = _read_mine(context, caller, program_id)
    return context.pages.render_partial(request, "loyalty/partials/now.html", caller=caller, **values)


@router.get("/programs/{program_id}/lots")
def show_lots(request: Request, context: Ctx, caller: Signed, program_id: UUID, cursor: Cursor = None) -> Response:
    """All of a member's lots, newest first, each with what became of it."""
    return _draw_lots(request, context, caller, program_id, cursor)


@router.post("/programs/{program_id}/join", dependencies=[limited("join", per_minute=CHANGES_PER_MINUTE, book=book_in_path)])
async def join(
    request: Request, context: Ctx, caller: Signed, program_id: UUID, key: Annotated[RequestKey | None, keyed("join")]
) -> Response:
    """Join a program."""
    try:
        await join_program(context, caller, program_id, request=key)
    except Missing:
        raise
    except DomainError as refusal:
        return await run_in_threadpool(_refuse, request, context, caller, program_id, refusal)
    name = await run_in_threadpool(_name_of, context, caller, program_id)
    return context.pages.lead(request, f"/programs/{program_id}", N_("Welcome to {name}."), name=name)


@router.get("/programs/{program_id}/leave")
def confirm_leaving(request: Request, context: Ctx, caller: Signed, program_id: UUID) -> Response:
    """What leaving would take, before anything happens."""
    return _draw_leaving(request, context, caller, program_id)


@router.post("/programs/{program_id}/leave", dependencies=[limited("leave", per_minute=CHANGES_PER_MINUTE, book=book_in_path)])
async def leave(
    request: Request, context: Ctx, caller: Signed, program_id: UUID, key: Annotated[RequestKey | None, keyed("leave")]
) -> Response:
    """Leave a program."""
    try:
        await leave_program(context, caller, program_id, request=key)
    except Missing:
        raise
    except DomainError as refusal:
        return await run_in_threadpool(_draw_leaving, request, context, caller, program_id, refusal)
    name = await run_in_threadpool(_name_of, context, caller, program_id)
    return context.pages.lead(request, "/programs", N_("You have left {name}."), name=name)


def read_joined(
    context: Context, caller: Caller, *, limit: int, after: tuple[str, UUID] | None = None
) -> tuple[list[Balance], tuple[str, UUID] | None]:
    """A member's points in the programs that they belong to, by name, and where the next ones begin."""
    now = context.clock.now()
    with context.database.read.connect() as connection:
        found = list_programs(connection, caller, limit=limit + 1, after=after, only_joined=True)

    def read(connection: Connection, settings: Configuration) -> Balance:
        return read_balance(connection, settings, caller.member_id, at=now)

    following = (found[limit - 1].name, found[limit - 1].id) if len(found) > limit else None
    return [read_current(context.database, one.id, read) for one in found[:limit]], following


def read_card(context: Context, caller: Caller) -> Values:
    """What home shows of programs: some that the member belongs to, and whether there are others to join."""
    joined, following = read_joined(context, caller, limit=HOME_PROGRAMS)
    with context.database.read.connect() as connection:
        joinable = list_joinable(connection, caller.member_id, limit=1)
    return {"joined_programs": joined, "has_more_programs": following is not None, "may_join_programs": bool(joinable)}


def _draw_program(
    request: Request, context: Context, caller: Caller, program_id: UUID, *, errors: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    with context.database.read.connect() as connection:
        program = get_visible_program(connection, caller, program_id)
        place = read_place(connection, program_id, caller.member_id)
        values = _read_offer(connection, context, program, _wording(request, context, caller, program))
        values |= {"runs_it": is_program_admin(connection, caller, program_id), "errors": errors or {}}
    common: Values = {"caller": caller, "status_code": status, "place": place, "program": program, **values}
    if not place.is_member:
        return context.pages.render(request, "loyalty/pages/about.html", **common)
    return context.pages.render(request, "loyalty/pages/program.html", topics="me", **{**common, **_read_mine(context, caller, program_id)})


def _read_offer(connection: Connection, context: Context, program: Program, wording: Wording) -> Values:
    """What a program gives, whoever asks: its rules and campaigns of now, and some of its rewards."""
    now, settings = context.clock.now(), configuration_of(context.database, program.id)
    if settings.program.version != program.version:  # changed by another process since
        forget(context.database, program.id)
        settings = configuration_of(context.database, program.id)
    running = [one for one in list_campaigns(connection, program.id, limit=CAMPAIGNS_SHOWN, live_at=now) if one.row.starts_at <= now]
    terms = settings.terms_at(now).terms
    return {
        "terms": terms,
        "rules": [(rule.name, wording.rule(rule), wording.conditions(rule)) for rule in terms.rules],
        "expiry": wording.expiry(terms.expiry),
        "campaigns": running,
        "rewards": list_rewards(connection, program.id, limit=REWARDS_SHOWN, on_sale_at=now),
    }


def _wording(request: Request, context: Context, caller: Caller, program: Program) -> Wording:
    formats = context.pages.formats(request, caller)
    return Wording(
        say=lambda sentence: context.pages.translate(request, sentence),
        money=lambda minor: formats.minor(minor, program.currency),
        unit=program.unit_name,
    )


def _read_mine(context: Context, caller: Caller, program_id: UUID) -> Values:
    """What a member has in a program: numbers, forecast, lots and latest lines, as of one moment.

    Raises:
        Missing: they never joined.
    """
    now, who = context.clock.now(), caller.member_id

    def read(connection: Connection, settings: Configuration) -> Values:
        return {
            "balance": read_balance(connection, settings, who, at=now),
            "months": read_forecast(connection, settings, who, at=now),
            "lots": list_lots(connection, settings, who, at=now, limit=LOTS_SHOWN),
            "lines": list_history(connection, program_id, who, limit=LINES_SHOWN).items,
            "program": settings.program,
        }

    labels = {"kind_labels": KIND_LABELS, "state_labels": STATE_LABELS, "state_tones": STATE_TONES}
    return {**read_current(context.database, program_id, read), **labels}


def _draw_lots(request: Request, context: Context, caller: Caller, program_id: UUID, cursor: str | None) -> Response:
    place, now = read_cursor(cursor, int, int), context.clock.now()
    before = LotKey(*place) if place else None
    with context.database.read.connect() as connection:
        program = get_visible_program(connection, caller, program_id)
    lots = read_current(
        context.database,
        program_id,
        lambda connection, settings: list_lots(connection, settings, caller.member_id, at=now, limit=LOTS_PER_PAGE + 1, before=before),
    )
    base = f"/programs/{program_id}/lots"
    last = lots[LOTS_PER_PAGE - 1].key if len(lots) > LOTS_PER_PAGE else None
    return context.pages.render(
        request,
        "loyalty/pages/lots.html",
        caller=caller,
        program=program,
        lots=lots[:LOTS_PER_PAGE],
        state_labels=STATE_LABELS,
        state_tones=STATE_TONES,
        next_href=f"{base}?cursor={write_cursor(last.sequence, last.position)}" if last else "",
        first_href=base if cursor else "",
    )


def _draw_leaving(request: Request, context: Context, caller: Caller, program_id: UUID, refusal: DomainError | None = None) -> Response:
    now = context.clock.now()
    with context.database.read.connect() as connection:
        get_visible_program(connection, caller, program_id)
        place = read_place(connection, program_id, caller.member_id)
    if not place.is_member:
        return see_other(f"/programs/{program_id}")
    balance = read_current(
        context.database, program_id, lambda connection, settings: read_balance(connection, settings, caller.member_id, at=now)
    )
    return context.pages.render(
        request,
        "loyalty/pages/leave.html",
        caller=caller,
        status_code=status_of(type(refusal)) if refusal else 200,
        balance=balance,
        program=balance.program,
        errors={"form": context.pages.explain(request, refusal)} if refusal else {},
    )


def _refuse(request: Request, context: Context, caller: Caller, program_id: UUID, refusal: DomainError) -> Response:
    errors = {"form": context.pages.explain(request, refusal)}
    return _draw_program(request, context, caller, program_id, errors=errors, status=status_of(type(refusal)))


def _name_of(context: Context, caller: Caller, program_id: UUID) -> str:
    with context.database.read.connect() as connection:
        return get_visible_program(connection, caller, program_id).name


def add_to(pages: Pages) -> None:
    """Register loyalty's templates and its place in the navigation."""
    pages.add_templates("loyalty", Path(__file__).parent / "templates")
    pages.add_sections(Section(label=N_("Programs"), short=N_("Programs"), icon="tag", path="/programs", gives_way=True, order=35))
