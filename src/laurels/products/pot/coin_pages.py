"""/pot/coins: what a member has and where it came from, and how they hold themselves back."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.core.windows import day_start
from laurels.ledger.writer import RequestKey
from laurels.products.pot.accounts import BOOK
from laurels.products.pot.actions import pause, set_limit
from laurels.products.pot.actions.opening import OpenHouse
from laurels.products.pot.forms import PAUSES, LimitForm, PauseForm
from laurels.products.pot.in_words import WORDS
from laurels.products.pot.queries import get_pot, list_statement, read_coins
from laurels.products.pot.rules import read_rules
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import address
from laurels.web.problems import status_of

router = APIRouter(include_in_schema=False)

COINS = "/pot/coins"
LINES_PER_PAGE = 25
CHANGES_PER_MINUTE = 20


@router.get(COINS)
def show_coins(request: Request, context: Ctx, caller: Signed, house: OpenHouse, cursor: Cursor = None) -> Response:
    """A member's coins, page by page, with their limits."""
    return _draw(request, context, caller, cursor=cursor)


@router.post("/pot/limits", dependencies=[limited("set-own-limit", per_minute=CHANGES_PER_MINUTE, book=BOOK)])
async def change_limit(
    request: Request, context: Ctx, caller: Signed, house: OpenHouse, key: Annotated[RequestKey | None, keyed("set-own-limit")]
) -> Response:
    """Set one's own daily limit: a lower one at once, a higher one from tomorrow."""
    form = LimitForm.of(await request.form())
    if problems := form.problems():
        return await run_in_threadpool(_refuse, request, context, caller, problems, form)
    posted = await set_limit(context, caller, form.limit, request=key)
    said = N_("Your limit holds now.") if posted.answer.holds_at_once else N_("Your limit stays as it is today, and changes tomorrow.")
    return context.pages.lead(request, COINS, said)


@router.post("/pot/pause", dependencies=[limited("pause", per_minute=CHANGES_PER_MINUTE, book=BOOK)])
async def begin_pause(
    request: Request, context: Ctx, caller: Signed, house: OpenHouse, key: Annotated[RequestKey | None, keyed("pause")]
) -> Response:
    """Keep oneself out of the pot for a time."""
    form = PauseForm.of(await request.form())
    if problems := form.problems():
        return await run_in_threadpool(_refuse, request, context, caller, problems, None, form)
    assert form.length is not None  # else it were a problem
    try:
        await pause(context, caller, form.length, request=key)
    except DomainError as refusal:
        said = {"days": context.pages.explain(request, refusal)}
        return await run_in_threadpool(_draw, request, context, caller, None, form, said, status_of(type(refusal)))
    return context.pages.lead(request, COINS, N_("Your pause has begun. What you have stays yours."))


def _refuse(
    request: Request,
    context: Context,
    caller: Caller,
    problems: Mapping[str, str],
    limit_form: LimitForm | None = None,
    pause_form: PauseForm | None = None,
) -> Response:
    said = {field: context.pages.translate(request, sentence) for field, sentence in problems.items()}
    return _draw(request, context, caller, limit_form, pause_form, said, 422)


def _draw(
    request: Request,
    context: Context,
    caller: Caller,
    limit_form: LimitForm | None = None,
    pause_form: PauseForm | None = None,
    errors: Mapping[str, str] | None = None,
    status_code: int = 200,
    *,
    cursor: str | None = None,
) -> Response:
    now, zone, place = context.clock.now(), context.settings.zone, read_cursor(cursor, int, int)
    with context.database.read.connect() as connection:
        pot = get_pot(connection)
        coins = read_coins(connection, caller.member_id, at=now, zone=zone)
        before = (place[0], place[1]) if place else None
        lines, has_more = list_statement(connection, caller.member_id, limit=LINES_PER_PAGE, before=before)
    wanted = coins.own_limit if coins.later_from is None else coins.later_limit
    values: dict[str, Any] = {
        "coins": coins,
        "rules": read_rules(pot.rules),
        "next_allowance": next_week(coins.day, zone),
        "lines": lines,
        "next_href": address(COINS, {"cursor": write_cursor(*lines[-1].place)}) if has_more else "",
        "first_href": COINS if cursor else "",
        "limit_form": limit_form or LimitForm("" if wanted is None else str(wanted)),
        "pause_form": pause_form or PauseForm(),
        "pauses": [(str(days), context.pages.formats(request, caller).number(days)) for days in PAUSES],
        "errors": errors or {},
        **WORDS,
    }
    return context.pages.render(request, "pot/pages/coins.html", caller=caller, status_code=status_code, **values)


def next_week(day: date, zone: ZoneInfo) -> datetime:
    """When the week after a day's begins: its Monday's midnight in a zone, in UTC."""
    return day_start(day + timedelta(days=7 - day.weekday()), zone)
