"""The pot's chat: a message for coins, the bot's reply, and what is in the pot, live.

Every form works as a plain POST that leads on to a page. Coins and limits, and
past rounds, have modules of their own: `coin_pages` and `round_pages`.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
import secrets
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.ledger.writer import RequestKey
from laurels.products.pot.accounts import BOOK
from laurels.products.pot.actions import Sent, Wish, send_message
from laurels.products.pot.actions.opening import OpenHouse
from laurels.products.pot.actions.replying import retry_reply
from laurels.products.pot.bounds import MAX_MESSAGE
from laurels.products.pot.forms import SendForm, is_of_price
from laurels.products.pot.in_words import moves, obstacle, odds_words, terms_words
from laurels.products.pot.queries import get_own_message, get_pot, last_wins, list_history, read_coins, read_quote
from laurels.products.pot.rules import MAX_CLIENT_SEED, read_params
from laurels.products.pot.tables import PotMessage
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.forms import uuid_of
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import Pages, Section, is_partial, see_other
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import address
from laurels.web.problems import status_of

router = APIRouter(include_in_schema=False)

POT = "/pot"
MESSAGES_SHOWN = 20
WINS_SHOWN = 5
SENDS_PER_MINUTE = 30
SEED_BYTES = 8
"""Of a client seed that is filled in where no script does."""
METER_FROM = 2
"""The day's limit is shown as a meter once more than one part in so many of it is used."""

Values = dict[str, Any]


@router.get(POT)
def show_pot(
    request: Request, context: Ctx, caller: Signed, house: OpenHouse, won: Annotated[str, Query(max_length=40)] = "", cursor: Cursor = None
) -> Response:
    """The chat; `won` is a message whose win is celebrated. A script asks for older messages alone."""
    if cursor is not None and is_partial(request):
        with context.database.read.connect() as connection:
            values = _read_talk(connection, caller, cursor)
        return context.pages.render_partial(request, "pot/partials/talk.html", caller=caller, **values)
    return _draw(request, context, caller, cursor=cursor, celebrated=uuid_of(won))


@router.get("/pot/now")
def show_now(request: Request, context: Ctx, caller: Signed, house: OpenHouse) -> Response:
    """All that others' messages change, and one's own coins, for a script to put in place."""
    with context.database.read.connect() as connection:
        values = _read_now(connection, request, context, caller)
    return context.pages.render_partial(request, "pot/partials/now.html", caller=caller, **values)


@router.post("/pot/messages", dependencies=[limited("send-message", per_minute=SENDS_PER_MINUTE, book=BOOK)])
async def send(
    request: Request, context: Ctx, caller: Signed, house: OpenHouse, key: Annotated[RequestKey | None, keyed("send-message")]
) -> Response:
    """Pay for a message, at most what the button said."""
    form = SendForm.of(await request.form())
    if problems := form.problems():
        said = {field: context.pages.translate(request, sentence) for field, sentence in problems.items()}
        return await run_in_threadpool(_refuse, request, context, caller, form, said, 422)
    try:
        sent = await send_message(context, house, caller, Wish(form.words, form.most, form.seed), request=key)
    except DomainError as refusal:
        said = {"price" if is_of_price(refusal) else "form": context.pages.explain(request, refusal)}
        return await run_in_threadpool(_refuse, request, context, caller, form, said, status_of(type(refusal)))
    return await run_in_threadpool(_tell_sent, request, context, caller, sent)


@router.get("/pot/messages/{message_id}")
def show_message(request: Request, context: Ctx, caller: Signed, message_id: UUID) -> Response:
    """A message's reply as it stands, for a script to put in place; a browser is led to the chat."""
    if not is_partial(request):
        return see_other(POT)
    return _draw_reply(request, context, caller, message_id)


@router.post("/pot/messages/{message_id}/retry", dependencies=[limited("retry-reply", per_minute=SENDS_PER_MINUTE, book=BOOK)])
async def retry(request: Request, context: Ctx, caller: Signed, house: OpenHouse, message_id: UUID) -> Response:
    """Ask the bot again for the reply to a paid message; it costs nothing."""
    try:
        await retry_reply(context, house, caller, message_id)
    except DomainError as refusal:
        if is_partial(request):
            raise
        return context.pages.lead(request, POT, "{reason}", reason=context.pages.explain(request, refusal))
    if is_partial(request):
        return await run_in_threadpool(_draw_reply, request, context, caller, message_id, is_fresh=True)
    return context.pages.lead(request, POT, N_("The bot is asked again."))


def read_pot_card(context: Context, caller: Caller) -> Values:
    """What home shows of the pot: what is in it, one's own coins, the next price."""
    with context.database.read.connect() as connection:
        quote = read_quote(connection, caller.member_id, at=context.clock.now(), zone=context.settings.zone)
    return {"quote": quote}


def _read_now(connection: Connection, request: Request, context: Context, caller: Caller) -> Values:
    """What changes with others' messages, and a member's own coins."""
    now, zone, who = context.clock.now(), context.settings.zone, caller.member_id
    pot = get_pot(connection)
    quote, params = read_quote(connection, who, at=now, zone=zone), read_params(pot.params)
    formats = context.pages.formats(request, caller)

    def say(sentence: str) -> str:
        return context.pages.translate(request, sentence)

    return {
        "pot": pot,
        "quote": quote,
        "obstacle": obstacle(quote),
        "odds": odds_words(say, formats.number, quote.ppm),
        "terms": terms_words(say, formats.number, params),
        "moves": moves(params),
        "wins": last_wins(connection, limit=WINS_SHOWN),
        **_read_day(connection, context, caller),
    }


def _read_day(connection: Connection, context: Context, caller: Caller) -> Values:
    """How much of the day's limit is used, where that is worth a line."""
    coins = read_coins(connection, caller.member_id, at=context.clock.now(), zone=context.settings.zone)
    limit = coins.daily_limit
    return {"coins": coins, "shows_limit": limit is not None and coins.paid_today * METER_FROM > limit}


def _read_talk(connection: Connection, caller: Caller, cursor: str | None) -> Values:
    """A part of the conversation, oldest first, with the way to what was before."""
    place = read_cursor(cursor, datetime, UUID)
    found, has_more = list_history(connection, caller.member_id, limit=MESSAGES_SHOWN, before=(place[0], place[1]) if place else None)
    older = address(POT, {"cursor": write_cursor(found[-1].created_at, found[-1].id)}) if has_more else ""
    return {"talk": found[::-1], "older_href": older, "is_older": cursor is not None, "is_fresh": False}


def _draw(
    request: Request,
    context: Context,
    caller: Caller,
    form: SendForm | None = None,
    errors: Mapping[str, str] | None = None,
    status_code: int = 200,
    *,
    cursor: str | None = None,
    celebrated: UUID | None = None,
) -> Response:
    with context.database.read.connect() as connection:
        values = _read_now(connection, request, context, caller) | _read_talk(connection, caller, cursor)
        win = _find_win(connection, caller, celebrated)
    return context.pages.render(
        request,
        "pot/pages/pot.html",
        caller=caller,
        status_code=status_code,
        topics="pot,me",
        win=win,
        **values,
        **_composer(form, errors),
    )


def _find_win(connection: Connection, caller: Caller, message_id: UUID | None) -> PotMessage | None:
    """A message that won, where the address names one of one's own."""
    if message_id is None:
        return None
    row = get_own_message(connection, caller.member_id, message_id)
    return row if row.prize else None


def _draw_reply(request: Request, context: Context, caller: Caller, message_id: UUID, *, is_fresh: bool = False) -> Response:
    """A message's reply; a fresh one on its way is asked for once more: it may have come before the page could hear of it."""
    with context.database.read.connect() as connection:
        row = get_own_message(connection, caller.member_id, message_id)
    return context.pages.render_partial(request, "pot/partials/reply.html", caller=caller, m=row, is_fresh=is_fresh)


def _composer(form: SendForm | None = None, errors: Mapping[str, str] | None = None, *, takes_focus: bool = False) -> Values:
    """What the form is drawn from."""
    return {
        "form": form or SendForm(client_seed=secrets.token_hex(SEED_BYTES)),
        "is_seed_ours": form is None,
        "errors": errors or {},
        "takes_focus": takes_focus,
        "max_message": MAX_MESSAGE,
        "max_client_seed": MAX_CLIENT_SEED,
    }


def _refuse(request: Request, context: Context, caller: Caller, form: SendForm, errors: Mapping[str, str], status: int) -> Response:
    """The form again, as it was sent, with what is wrong: alone for a script, within its page otherwise."""
    if not is_partial(request):
        return _draw(request, context, caller, form, errors, status)
    with context.database.read.connect() as connection:
        values = _read_now(connection, request, context, caller)
    partial = "pot/partials/refused.html"
    return context.pages.render_partial(request, partial, caller=caller, status_code=status, **values, **_composer(form, errors))


def _tell_sent(request: Request, context: Context, caller: Caller, sent: Sent) -> Response:
    """The message in its place, an empty form with the next price, and the win if it is one."""
    done = sent.posted.answer
    if not is_partial(request):
        return see_other(address(POT, {"won": str(done.message)}) if done.prize else POT + "#composer")
    with context.database.read.connect() as connection:
        values = _read_now(connection, request, context, caller)
        row = get_own_message(connection, caller.member_id, done.message)
    has_won = row.prize > 0
    composer = _composer(takes_focus=not has_won)
    return context.pages.render_partial(
        request, "pot/partials/sent.html", caller=caller, m=row, win=row if has_won else None, is_fresh=True, **values, **composer
    )


def add_to(pages: Pages) -> None:
    """Register the pot's templates, and its place in the navigation."""
    pages.add_templates("pot", Path(__file__).parent / "templates")
    pages.add_sections(Section(label=N_("The pot"), short=N_("Pot"), icon="chat", path=POT, gives_way=True, order=25))
