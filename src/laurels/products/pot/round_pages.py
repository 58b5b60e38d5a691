"""Rounds of the pot: who won, by which draws, and the proof that it was fair, which the browser can check by itself."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response, StreamingResponse

from laurels.core.errors import Missing
from laurels.products.pot.actions.opening import OpenHouse
from laurels.products.pot.in_words import odds_words, terms_words
from laurels.products.pot.queries import find_pot, get_round, list_draws, list_rounds, proof_of, read_pot
from laurels.products.pot.rules import read_params
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import address

router = APIRouter(include_in_schema=False)

ROUNDS = "/pot/rounds"
ROUNDS_PER_PAGE = 25
DRAWS_PER_PAGE = 50
PROOFS_PER_MINUTE = 30

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get(ROUNDS)
def show_rounds(request: Request, context: Ctx, caller: Signed, house: OpenHouse, cursor: Cursor = None) -> Response:
    """The round that goes on, and those that ended, newest first."""
    place = read_cursor(cursor, int)
    with context.database.read.connect() as connection:
        now = read_pot(connection)
        rounds, has_more = list_rounds(connection, limit=ROUNDS_PER_PAGE, before=place[0] if place else None)
    return context.pages.render(
        request,
        "pot/pages/rounds.html",
        caller=caller,
        now=now,
        rounds=rounds,
        next_href=address(ROUNDS, {"cursor": write_cursor(rounds[-1].row.number)}) if has_more else "",
        first_href=ROUNDS if cursor else "",
    )


@router.get(ROUNDS + "/{number}")
def show_round(request: Request, context: Ctx, caller: Signed, number: Number, cursor: Cursor = None) -> Response:
    """A round: its commitment and rules, its draws, and once it has ended its seed."""
    place = read_cursor(cursor, int)
    with context.database.read.connect() as connection:
        current = find_pot(connection)
        if current is None:
            raise Missing(what="round")
        goes_on = current.round == number
        ended = None if goes_on else get_round(connection, number)
        draws, has_more = list_draws(connection, number, limit=DRAWS_PER_PAGE, after=place[0] if place else 0)
    here, row = f"{ROUNDS}/{number}", ended.row if ended else current
    return context.pages.render(
        request,
        "pot/pages/round.html",
        caller=caller,
        number=number,
        row=row,
        ended=ended,
        draws=draws,
        terms=_terms(request, context, caller, row.params),
        odds=_odds(request, context, caller),
        next_href=address(here, {"cursor": write_cursor(draws[-1].number)}) if has_more else "",
        first_href=here if cursor else "",
    )


@router.get(ROUNDS + "/{number}/proof.json", dependencies=[limited("read-proof", per_minute=PROOFS_PER_MINUTE)])
def show_proof(context: Ctx, caller: Signed, number: Number) -> StreamingResponse:
    """All that anyone needs to verify a round that ended: the page's script reads it, and a person may keep it."""
    disposition = f'attachment; filename="pot-round-{number}.json"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return StreamingResponse(proof_of(context.database, number), media_type="application/json", headers=headers)


def _terms(request: Request, context: Context, caller: Caller, params: str) -> list[str]:
    """What a round is drawn by, in words."""
    formats = context.pages.formats(request, caller)
    return terms_words(partial(context.pages.translate, request), formats.number, read_params(params))


def _odds(request: Request, context: Context, caller: Caller) -> Callable[[int], str]:
    """Writes a chance in words."""
    return partial(odds_words, partial(context.pages.translate, request), context.pages.formats(request, caller).number)
