"""Quests for members: what there is to do, how far one is, beginning and completing."""

from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError, Missing
from laurels.ledger.writer import RequestKey
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.actions.quests import Doer, begin_quest, complete_quest
from laurels.products.progress.bounds import MAX_QUESTS
from laurels.products.progress.in_words import WORDS, quest_steps
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.queries.definitions import TOPICS, list_definitions
from laurels.products.progress.queries.quests import QuestFilter, ShownQuest, get_quest, list_quests
from laurels.products.progress.queries.status import Reached, reached, read_total
from laurels.products.progress.rules import QuestStatus
from laurels.products.progress.schemas.quests import QuestId
from laurels.products.progress.upgrades import find_upgrade, note_shown
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import is_partial
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import address
from laurels.web.problems import status_of

router = APIRouter(prefix="/progress/quests", include_in_schema=False)

QUESTS = "/progress/quests"
QUESTS_PER_PAGE = 24
CHANGES_PER_MINUTE = 30


class Shelf(StrEnum):
    """Which quests are shown."""

    OPEN = "open"  # can be begun now
    IN_PROGRESS = "in_progress"  # begun
    DONE = "done"  # completed
    OVER = "over"  # begun, and their time passed


SHELF_LABELS = {Shelf.OPEN: N_("Open"), Shelf.IN_PROGRESS: N_("In progress"), Shelf.DONE: N_("Done"), Shelf.OVER: N_("Time is over")}
SHELF_STATUS = {Shelf.IN_PROGRESS: QuestStatus.IN_PROGRESS, Shelf.DONE: QuestStatus.COMPLETED, Shelf.OVER: QuestStatus.EXPIRED}


Post = Callable[[Doer], Coroutine[Any, Any, str]]
"""Does something with a quest, and gives what to say of it."""


@router.get("")
def show_quests(
    request: Request, context: Ctx, caller: Signed, show: Annotated[str, Query(max_length=20)] = "", cursor: Cursor = None
) -> Response:
    """Quests: those that can be begun, or those that the member has begun, by how far they are."""
    shelf = Shelf(show) if show in set(Shelf) else Shelf.OPEN
    place = read_cursor(cursor, UUID)
    with context.database.read.connect() as connection:
        quests, following = _read_shelf(connection, caller, shelf, context, before=place[0] if place else None)
        topics = _topic_titles(connection)
    here = _shelf_href(shelf)
    return context.pages.render(
        request,
        "progress/pages/quests.html",
        caller=caller,
        quests=quests,
        shelf=shelf.value,
        shelves=[(_shelf_href(one), context.pages.translate(request, label), one is shelf) for one, label in SHELF_LABELS.items()],
        topic_titles=topics,
        next_href=address(QUESTS, {"show": shelf.value, "cursor": write_cursor(following)}) if following else "",
        first_href=here if cursor else "",
        **WORDS,
    )


@router.get("/{quest_id}")
def show_quest(request: Request, context: Ctx, caller: Signed, quest_id: QuestId) -> Response:
    """One quest, and how far the member is. A script asks for that alone."""
    return _draw_quest(request, context, caller, quest_id)


@router.post("/{quest_id}/begin", dependencies=[limited("begin-a-quest", per_minute=CHANGES_PER_MINUTE, book=BOOK)])
async def begin(
    request: Request, context: Ctx, caller: Signed, quest_id: QuestId, key: Annotated[RequestKey | None, keyed("begin-a-quest")]
) -> Response:
    """Begin a quest."""

    async def post(doer: Doer) -> str:
        await begin_quest(context, doer, quest_id)
        return context.pages.translate(request, N_("It has begun. Enjoy it!"))

    return await _settle(request, context, caller, quest_id, key, post)


@router.post("/{quest_id}/complete", dependencies=[limited("complete-a-quest", per_minute=CHANGES_PER_MINUTE, book=BOOK)])
async def complete(
    request: Request, context: Ctx, caller: Signed, quest_id: QuestId, key: Annotated[RequestKey | None, keyed("complete-a-quest")]
) -> Response:
    """Complete a quest, and be paid."""

    async def post(doer: Doer) -> str:
        posted = await complete_quest(context, doer, quest_id)
        return context.pages.translate(request, N_("Well done: +{points}.")).format(points=posted.answer.points)

    return await _settle(request, context, caller, quest_id, key, post)


async def _settle(request: Request, context: Context, caller: Caller, quest_id: UUID, key: RequestKey | None, post: Post) -> Response:
    try:
        said = await post(Doer(caller.member_id, caller.actor, key))
    except Missing:
        raise
    except DomainError as refusal:
        return await run_in_threadpool(_draw_quest, request, context, caller, quest_id, refusal)
    return context.pages.lead(request, f"{QUESTS}/{quest_id}", said)


def _read_shelf(
    connection: Connection, caller: Caller, shelf: Shelf, context: Context, *, before: UUID | None
) -> tuple[list[ShownQuest], UUID | None]:
    """The quests of a shelf, and the last of them where more follow."""
    now, who = context.clock.now(), caller.member_id
    if shelf is Shelf.OPEN:
        offered = list_quests(connection, who, QuestFilter(only_open=True), at=now, limit=MAX_QUESTS)
        return [quest for quest in offered if quest.closed is None], None
    narrowed = QuestFilter(status=SHELF_STATUS[shelf])
    found = list_quests(connection, who, narrowed, at=now, limit=QUESTS_PER_PAGE + 1, before=before)
    quests = found[:QUESTS_PER_PAGE]
    return quests, quests[-1].row.id if len(found) > QUESTS_PER_PAGE else None


def _draw_quest(request: Request, context: Context, caller: Caller, quest_id: UUID, refusal: DomainError | None = None) -> Response:
    with context.database.read.connect() as connection:
        shown = get_quest(connection, caller.member_id, quest_id, at=context.clock.now())
        topics, stands = _topic_titles(connection), _read_reached(connection, context, caller)
    values: dict[str, Any] = {
        "quest": shown,
        "topic_titles": topics,
        "steps_said": quest_steps(lambda sentence: context.pages.translate(request, sentence), shown.row, topics),
        "upgrade": find_upgrade(request, caller.member_id, stands),
        "errors": {"form": context.pages.explain(request, refusal)} if refusal else {},
        **WORDS,
    }
    if is_partial(request) and refusal is None:
        response = context.pages.render_partial(request, "progress/partials/quest_now.html", caller=caller, **values)
    else:
        status = status_of(type(refusal)) if refusal else 200
        response = context.pages.render(request, "progress/pages/quest.html", caller=caller, status_code=status, topics="me", **values)
    note_shown(request, response, caller.member_id, stands)
    return response


def _read_reached(connection: Connection, context: Context, caller: Caller) -> Reached:
    basis = current_basis(connection, context.database, context.settings.zone)
    return reached(basis.rules, read_total(connection, caller.member_id))


def _topic_titles(connection: Connection) -> dict[str, str]:
    return {topic.slug: topic.title for topic in list_definitions(connection, TOPICS)}


def _shelf_href(shelf: Shelf) -> str:
    return QUESTS if shelf is Shelf.OPEN else address(QUESTS, {"show": shelf.value})
