"""Posting by a program's settings as they are now, though they are kept in memory."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Unavailable
from laurels.ledger import Decision
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.loyalty.errors import ProgramChanged
from laurels.products.loyalty.queries.configuration import Configuration, configuration_of, forget
from laurels.products.loyalty.queries.current import MAX_CHANGES
from laurels.web.caller import AnyCaller
from laurels.web.context import Context

A = TypeVar("A")


async def post_current(
    context: Context,
    caller: AnyCaller,
    program_id: UUID,
    decision_for: Callable[[Configuration], Decision[A]],
    *,
    request: RequestKey | None = None,
) -> Posted[A]:
    """Post a decision that is made by a program's settings; made again where they turn out to be stale.

    Raises:
        Missing: there is no such program.
        DomainError: what the decision refuses.
        Unavailable: the settings change all the time, or the ledger is busy.
    """
    for _ in range(MAX_CHANGES):
        configuration = await run_in_threadpool(configuration_of, context.database, program_id)
        try:
            return await context.writer.post(Proposal(decision_for(configuration), context.clock.now(), caller.actor, request))
        except ProgramChanged:
            forget(context.database, program_id)
    raise Unavailable()
