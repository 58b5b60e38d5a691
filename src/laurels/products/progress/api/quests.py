"""/progress/quests: what there is to do for points, and how far the caller is. What staff set is in `quest_definitions`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Missing
from laurels.identity.errors import MemberInactive
from laurels.ledger import LimitReached
from laurels.ledger.writer import RequestKey
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.actions import quests
from laurels.products.progress.actions.quests import Doer
from laurels.products.progress.bounds import MAX_SLUG
from laurels.products.progress.errors import QuestCompletedAlready, QuestNotBegun, QuestNotOpen, RequirementsNotMet, StepsCounted
from laurels.products.progress.queries.access import AWARD, SUBJECT
from laurels.products.progress.queries.quests import QuestFilter, ShownQuest, get_quest, list_quests
from laurels.products.progress.queries.whose import look_up_member
from laurels.products.progress.rules import Difficulty, QuestStatus
from laurels.products.progress.schemas.quests import CompletionAnswer, QuestAnswer, QuestId, StepsAnswer, StepsBody
from laurels.web.caller import AnyCaller, Caller, Role, Signed, require_scope, service_or
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.key_refusals import ScopeMissing
from laurels.web.limits import SERVICE_PER_MINUTE, limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor
from laurels.web.paths import API_PREFIX
from laurels.web.schemas import PlainLine

router = APIRouter(prefix="/progress/quests")

QUESTS_PER_MINUTE = 30
"""Beginnings, or completions, of one member."""


Teller = Annotated[AnyCaller, service_or(Role.STAFF, scope=AWARD)]
"""Staff, or a service key that may award."""


@router.get("", responses=documented(CursorInvalid))
def list_my_quests(
    caller: Signed,
    context: Ctx,
    status: Annotated[QuestStatus | None, Query(description="Only those that I am so far with.")] = None,
    topic: Annotated[PlainLine | None, Query(max_length=MAX_SLUG, description="Only those about this topic.")] = None,
    difficulty: Annotated[Difficulty | None, Query(description="Only those that are so hard.")] = None,
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[QuestAnswer]:
    """Quests that are open, and all that I have begun, with how far I am; the newest first."""
    before = read_cursor(cursor, UUID)
    narrowed = QuestFilter(status=status, topic=topic, difficulty=difficulty)
    with context.database.read.connect() as connection:
        rows = list_quests(
            connection,
            caller.member_id,
            narrowed,
            at=context.clock.now(),
            limit=limit + 1,
            before=before[0] if before else None,
        )
    return page_of(rows, limit, cursor=lambda shown: (shown.row.id,), item=QuestAnswer.of)


@router.get("/{quest_id}", responses=documented(Missing))
def read_quest(quest_id: QuestId, caller: Signed, context: Ctx) -> QuestAnswer:
    """One quest, and how far I am with it."""
    return QuestAnswer.of(_read(context, caller, quest_id))


@router.post(
    "/{quest_id}/attempts",
    status_code=201,
    dependencies=[limited("begin-quest", per_minute=QUESTS_PER_MINUTE, book=BOOK)],
    responses=created("quest_id", "read_quest", "complete_quest", field="id")
    | documented(Missing, QuestNotOpen, LimitReached, MemberInactive),
)
async def begin_quest(
    quest_id: QuestId,
    caller: Signed,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("begin-quest")],
) -> QuestAnswer:
    """Begin a quest. What it asks for and pays stays as it is now; a daily one is over with my local day."""
    posted = await quests.begin_quest(context, Doer(caller.member_id, caller.actor, key), quest_id)
    tell_replay(request, posted)
    response.headers["Location"] = f"{API_PREFIX}/progress/quests/{quest_id}"
    return QuestAnswer.of(await run_in_threadpool(_read, context, caller, quest_id))


@router.post(
    "/{quest_id}/steps",
    dependencies=[limited("quest-steps", per_minute=QUESTS_PER_MINUTE, service_per_minute=SERVICE_PER_MINUTE, book=BOOK)],
    responses=documented(Missing, ScopeMissing, StepsCounted, QuestNotBegun, QuestNotOpen, QuestCompletedAlready, MemberInactive),
)
async def tell_quest_steps(
    quest_id: QuestId, body: StepsBody, caller: Teller, context: Ctx, request: Request, key: Annotated[RequestKey | None, keyed("steps")]
) -> StepsAnswer:
    """Tell steps that a member did, of a quest that doesn't count activities: for staff and services."""
    require_scope(caller, SUBJECT, AWARD, what="quest")
    member = await run_in_threadpool(look_up_member, context.database, body.member)
    posted = await quests.tell_steps(context, Doer(member, caller.actor, key), quest_id, body.steps)
    tell_replay(request, posted)
    return StepsAnswer.of(member, posted.answer)


@router.post(
    "/{quest_id}/completion",
    dependencies=[limited("complete-quest", per_minute=QUESTS_PER_MINUTE, book=BOOK)],
    responses=documented(Missing, RequirementsNotMet, QuestNotBegun, QuestNotOpen, QuestCompletedAlready, MemberInactive),
)
async def complete_quest(
    quest_id: QuestId,
    caller: Signed,
    context: Ctx,
    request: Request,
    key: Annotated[RequestKey | None, keyed("complete-quest")],
) -> CompletionAnswer:
    """Complete a quest of which all steps are done: it pays, once each time that it was begun."""
    posted = await quests.complete_quest(context, Doer(caller.member_id, caller.actor, key), quest_id)
    tell_replay(request, posted)
    return CompletionAnswer.of(await run_in_threadpool(_read, context, caller, quest_id), posted.answer)


def _read(context: Context, caller: Caller, quest_id: UUID) -> ShownQuest:
    with context.database.read.connect() as connection:
        return get_quest(connection, caller.member_id, quest_id, at=context.clock.now())
