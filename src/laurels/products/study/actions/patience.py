"""Setting tokens aside with patience: where only what others hold is in the way, it is waited for a little."""

import asyncio
from dataclasses import replace
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool

from laurels.jobs import Workplace
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.study.decisions.billing import Spend
from laurels.products.study.decisions.calls import HoldTokens, TellUsedUp
from laurels.products.study.decisions.guards import Standing
from laurels.products.study.decisions.questions import AskQuestion
from laurels.products.study.desk import Desk
from laurels.products.study.errors import TokensHeld, TokensUsedUp
from laurels.products.study.queries.holds import are_holds_in_the_way
from laurels.web.broadcasts import is_set_within

HELD_SECONDS = 3.0
"""Longest wait where only tokens that are set aside for others are in the way."""

LOOK_SECONDS = 0.5
"""How often it is tried meanwhile, whatever this process hears: others settle, too."""

Holding = TypeVar("Holding", AskQuestion, HoldTokens)
"""A decision that sets tokens aside."""


async def post_patiently(
    place: Workplace, desk: Desk, standing: Standing, decision: Holding, *, actor: str, request: RequestKey | None = None
) -> Posted[Any]:
    """Post a decision that sets tokens aside, again and again for a while where only what is set aside for others is in its way.

    Raises:
        TokensHeld: it still is.
        TokensUsedUp: no waiting helps; that is told, too.
        DomainError: what else the decision refuses.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + HELD_SECONDS
    while True:
        settled = desk.answers.next_settled()
        try:
            return await place.writer.post(Proposal(replace(decision, is_patient=True), place.clock.now(), actor, request))
        except TokensHeld:
            if not await run_in_threadpool(_is_worth_waiting, place, standing, decision.spend):
                return await _post_plainly(place, decision, actor, request)
            left = deadline - loop.time()
            if left <= 0:
                raise
        await is_set_within(settled, min(left, LOOK_SECONDS))


async def _post_plainly(place: Workplace, decision: Holding, actor: str, request: RequestKey | None) -> Posted[Any]:
    """Post a decision that no waiting helps: its refusal is kept under its key, and told once."""
    try:
        return await place.writer.post(Proposal(replace(decision, is_patient=False), place.clock.now(), actor, request))
    except TokensUsedUp as refusal:
        if not refusal.is_replay:
            spend = decision.spend
            telling = TellUsedUp(spend.class_id, spend.member, spend.at, spend.zone, str(refusal.fields["period"]))
            await place.writer.post(Proposal(telling, place.clock.now(), actor))
        raise


def _is_worth_waiting(place: Workplace, standing: Standing, spend: Spend) -> bool:
    with place.database.read.connect() as connection:
        return are_holds_in_the_way(connection, standing, spend)
