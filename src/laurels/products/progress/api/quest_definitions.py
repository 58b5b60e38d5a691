"""/progress/quest-definitions, and the changes of /progress/quests: quests as staff set them. A member's own are in `quests`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from laurels.core.errors import Invalid, Missing
from laurels.identity.editors import StaffEditing, tell_saved
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.quests_set import add_quest, change_quest
from laurels.products.progress.errors import ListFull, UnknownTopic
from laurels.products.progress.queries.definitions import QUESTS, get_definition, list_definitions
from laurels.products.progress.schemas.quest_definitions import QuestDefinitionAnswer, QuestDefinitionBody, QuestDefinitionChange
from laurels.products.progress.schemas.quests import QuestId
from laurels.products.progress.tables import QuestRow
from laurels.web.caller import StaffOnly
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.etags import CONDITIONAL, IfMatch, IfNoneMatch, etag_of, tell_version, versioned
from laurels.web.idempotency import keyed
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor

router = APIRouter(prefix="/progress")


@router.get("/quest-definitions", responses=documented(CursorInvalid))
def list_quest_definitions(
    caller: StaffOnly,
    context: Ctx,
    active: Annotated[bool, Query(description="Only those that count.")] = False,
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[QuestDefinitionAnswer]:
    """The quests as they are set, those put aside too, the newest first: for staff."""
    after = read_cursor(cursor, UUID)
    with context.database.read.connect() as connection:
        rows = list_definitions(connection, QUESTS, only_active=active, limit=limit + 1, after=after)
    return page_of(rows, limit, cursor=QUESTS.place, item=QuestDefinitionAnswer.of)


@router.get("/quest-definitions/{quest_id}", responses=versioned(is_read=True) | documented(Missing))
def read_quest_definition(
    quest_id: QuestId, caller: StaffOnly, context: Ctx, response: Response, if_none_match: IfNoneMatch = None
) -> QuestDefinitionAnswer:
    """One quest as it is set: for staff."""
    return _answer(response, _get(context, quest_id), if_none_match)


@router.post(
    "/quests",
    status_code=201,
    responses=created("quest_id", "read_quest_definition", "change_progress_quest", field="id")
    | documented(ListFull, Invalid, UnknownTopic),
)
def add_progress_quest(
    body: QuestDefinitionBody,
    editor: StaffEditing,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("add-quest")],
) -> QuestDefinitionAnswer:
    """Add a quest: for staff."""
    saved = add_quest(context.database, editor, body.new(), now=context.clock.now(), request=key)
    tell_saved(request, response, saved, f"/progress/quest-definitions/{saved.id}")
    return _answer(response, _get(context, saved.id))


@router.patch("/quests/{quest_id}", responses=versioned() | documented(Missing, ListFull, Invalid, UnknownTopic, *CONDITIONAL))
def change_progress_quest(
    quest_id: QuestId, body: QuestDefinitionChange, editor: StaffEditing, expected: IfMatch, context: Ctx, response: Response
) -> QuestDefinitionAnswer:
    """Change a quest, put it aside or take it back: for staff. A run keeps the steps and the reward that it was begun with."""
    now = context.clock.now()
    return _answer(response, change_quest(context.database, editor, quest_id, body.wanted(), expected=expected, now=now))


def _get(context: Context, quest_id: UUID) -> QuestRow:
    with context.database.read.connect() as connection:
        return get_definition(connection, QUESTS, quest_id)


def _answer(response: Response, row: QuestRow, if_none_match: str | None = None) -> QuestDefinitionAnswer:
    tell_version(response, etag_of(row.version), if_none_match)
    return QuestDefinitionAnswer.of(row)
