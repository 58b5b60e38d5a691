"""Ending a round by hand: what would be lost, why, and whether it is meant. For admins."""

from typing import Annotated

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.ledger.writer import RequestKey
from laurels.products.pot.accounts import BOOK
from laurels.products.pot.actions import reset_pot
from laurels.products.pot.bounds import MAX_REASON
from laurels.products.pot.console_pages.desk import PATH, AtAdminDesk, Desk
from laurels.products.pot.queries.monitoring import count_payers
from laurels.products.pot.rules import read_params, read_rules
from laurels.products.pot.schemas.pots import ResetBody
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.typed import Typed, sent_fields

router = APIRouter(prefix=f"{PATH}/reset")

RESETS_PER_MINUTE = 10


@router.get("")
def show_reset(desk: AtAdminDesk) -> Response:
    """What a reset would take away, and the form that does it."""
    return _draw(desk, desk.typed({}))


@router.post("", dependencies=[limited("console-reset-pot", per_minute=RESETS_PER_MINUTE, book=BOOK)])
async def reset_by_hand(desk: AtAdminDesk, key: Annotated[RequestKey | None, keyed("console-reset-pot")]) -> Response:
    """Empty the pot and begin a new round, if the one that the form was drawn for still goes on."""
    typed = desk.typed(await sent_fields(desk.request))
    if not typed.is_ticked("is_meant"):
        typed.refuse("is_meant", N_("Tick this, so that no pot is emptied by accident."))
    expected = typed.whole("round") or 0
    body, status = typed.check(ResetBody, {"reason": typed.text("reason")}), 422
    if body is not None:
        try:
            posted = await reset_pot(desk.context, desk.house, desk.editor, body.reason, expected=expected, request=key)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal)
        else:
            done = posted.answer
            return desk.lead("", N_("Round {round} is ended. Coins that left the pot: {coins}."), round=done.ended, coins=done.amount)
    return await run_in_threadpool(_draw, desk, typed, status=status)


def _draw(desk: Desk, typed: Typed, *, status: int = 200) -> Response:
    with desk.context.database.read.connect() as connection:
        now = desk.pot_now(connection)
        payers = count_payers(connection, now.row.round)
    following = read_rules(now.row.rules).params()
    return desk.draw(
        "reset",
        status=status,
        now=now,
        payers=payers,
        next_terms=desk.terms(following) if following != read_params(now.row.params) else [],
        # What was ticked for a round that is over isn't meant for this one.
        form={**typed.values, "is_meant": typed.is_ticked("is_meant") and typed.text("round") == str(now.row.round)},
        errors=typed.errors,
        max_reason=MAX_REASON,
    )
