"""What members do with quests, and who tells their steps."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from laurels.ledger import Decision
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.progress.actions.awarding import office_of, post_current
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.quests import BeginQuest, Begun, Completed, CompleteQuest, Stepped, TellSteps
from laurels.products.progress.queries.configuration import quest_of
from laurels.products.progress.queries.quests import get_quest_row
from laurels.products.progress.rules import Quest
from laurels.products.progress.tables import QuestRow
from laurels.web.context import Context

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does a quest, and who says so.

    Attributes:
        actor: whose entry it is, as the ledger tells it.
        request: the request key, if one was sent.
    """

    member: UUID
    actor: str
    request: RequestKey | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """What a decision is made of."""

    quest: Quest
    title: str
    basis: Basis
    now: datetime


async def begin_quest(context: Context, doer: Doer, quest_id: UUID) -> Posted[Begun]:
    """Have a member begin a quest.

    Raises:
        Missing: there is no such quest.
        DomainError: what `BeginQuest` refuses.
    """
    return await _post(context, doer, quest_id, lambda found: BeginQuest(found.quest, doer.member, found.basis, found.now))


async def tell_steps(context: Context, doer: Doer, quest_id: UUID, steps: int) -> Posted[Stepped]:
    """Count steps that a member did of a quest. The caller has checked that the asker may tell them.

    Raises:
        Missing: there is no such quest.
        DomainError: what `TellSteps` refuses.
    """
    return await _post(context, doer, quest_id, lambda found: TellSteps(found.quest, doer.member, steps, found.basis))


async def complete_quest(context: Context, doer: Doer, quest_id: UUID) -> Posted[Completed]:
    """Have a member complete a quest, and be paid.

    Raises:
        Missing: there is no such quest.
        DomainError: what `CompleteQuest` refuses.
    """
    return await _post(context, doer, quest_id, lambda found: CompleteQuest(found.quest, found.title, doer.member, found.basis, found.now))


async def _post(context: Context, doer: Doer, quest_id: UUID, decide: Callable[[_Found], Decision[A]]) -> Posted[A]:
    row, now = await run_in_threadpool(_read, context, quest_id), context.clock.now()

    def propose(basis: Basis) -> Proposal[A]:
        return Proposal(decide(_Found(_current(basis, row), row.title, basis, now)), now, doer.actor, doer.request)

    return await post_current(office_of(context), propose)


def _read(context: Context, quest_id: UUID) -> QuestRow:
    with context.database.read.connect() as connection:
        return get_quest_row(connection, quest_id)


def _current(basis: Basis, row: QuestRow) -> Quest:
    """The quest as the settings have it: by them a decision is checked, and the row may be older or newer."""
    known = next((quest for quest in basis.quests if quest.id == row.id), None)
    return known or replace(quest_of(row), is_active=False)
