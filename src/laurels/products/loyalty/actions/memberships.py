"""Joining a program, and leaving it."""

from uuid import UUID

from starlette.concurrency import run_in_threadpool

from laurels.ledger import Decision
from laurels.ledger.writer import Posted, RequestKey
from laurels.products.loyalty.actions.current import post_current
from laurels.products.loyalty.decisions.memberships import Joined, JoinProgram, LeaveProgram, Left
from laurels.products.loyalty.queries.access import get_visible_program
from laurels.products.loyalty.queries.configuration import Configuration
from laurels.web.caller import Caller
from laurels.web.context import Context


async def join_program(context: Context, caller: Caller, program_id: UUID, *, request: RequestKey | None = None) -> Posted[Joined]:
    """Have a member join a program; purchases that waited for them are decided soon after, by a job.

    Raises:
        Missing: there is no such program, or none that they may know of.
        DomainError: what `JoinProgram` refuses.
        Unavailable: the settings change all the time, or the ledger is busy.
    """

    def decision_for(configuration: Configuration) -> Decision[Joined]:
        program = configuration.program
        return JoinProgram(program.id, caller.member_id, program.version, needs_invitation=program.joining == "invitation")

    await run_in_threadpool(_require_visible, context, caller, program_id)
    return await post_current(context, caller, program_id, decision_for, request=request)


async def leave_program(context: Context, caller: Caller, program_id: UUID, *, request: RequestKey | None = None) -> Posted[Left]:
    """Have a member leave a program: the points that they have there are given up.

    Raises:
        Missing: there is no such program, or none that they may know of.
        DomainError: what `LeaveProgram` refuses.
        Unavailable: the settings change all the time, or the ledger is busy.
    """

    def decision_for(configuration: Configuration) -> Decision[Left]:
        terms = configuration.terms_at(context.clock.now()).terms
        return LeaveProgram(program_id, caller.member_id, terms, configuration.program.version, configuration.zone)

    await run_in_threadpool(_require_visible, context, caller, program_id)
    return await post_current(context, caller, program_id, decision_for, request=request)


def _require_visible(context: Context, caller: Caller, program_id: UUID) -> None:
    with context.database.read.connect() as connection:
        get_visible_program(connection, caller, program_id)
