"""/usage: tokens by member and class, limits, and each call of a model."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from laurels.core.errors import Denied, Missing
from laurels.identity.editors import Editing
from laurels.identity.errors import MemberInactive
from laurels.products.study.actions.members import set_limits
from laurels.products.study.api.identifiers import ClassId, UserId
from laurels.products.study.errors import ClassClosed
from laurels.products.study.queries.access import read_standing
from laurels.products.study.queries.classes import list_standings
from laurels.products.study.queries.members import MemberSeen, list_members, read_member, walk_members
from laurels.products.study.queries.usage import read_use
from laurels.products.study.queries.usage_records import RecordFilter, list_records, walk_records
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.schemas.lines import MEMBER_COLUMNS, RECORD_COLUMNS, member_line, record_line
from laurels.products.study.schemas.members import TokenLimitsBody
from laurels.products.study.schemas.usage import ClassUseAnswer, MemberUseAnswer, TokenLimitsAnswer, UsageRecordAnswer
from laurels.products.study.tables import StudyClass
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.csv_answers import MEDIA_TYPE, csv_answer
from laurels.web.documented import documented
from laurels.web.identifiers import OpaqueId, known_id
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor

router = APIRouter(prefix="/usage")

CHANGES_PER_MINUTE = 120

RECORD_LINES = 100_000
"""Most records of one table; what is older is in the list."""


def _table(columns: Sequence[str]) -> dict[int | str, dict[str, Any]]:
    shown = {"schema": {"type": "string"}, "example": f"{','.join(columns)}\r\n"}
    return {200: {"content": {MEDIA_TYPE: shown}, "description": "A table with a header."}}


async def _wanted_records(
    caller: Signed,
    context: Ctx,
    class_id: Annotated[OpaqueId | None, Query(description="Only of this class.")] = None,
    user_id: Annotated[OpaqueId | None, Query(description="Of this member: for managers of the class. Left out: mine.")] = None,
    everyone: Annotated[bool, Query(description="Of all members of the class: for its managers.")] = False,
    operation_type: Annotated[Literal["CHAT", "EMBEDDING"] | None, Query(description="Only these.")] = None,
) -> RecordFilter:
    """Which records a request asks for, if its sender may see them."""
    room = None if class_id is None else known_id(class_id, what="class")
    whose = caller.member_id if user_id is None else known_id(user_id, what="member")
    if everyone or whose != caller.member_id:
        if room is None:
            raise Denied(needs="class_id")
        await run_in_threadpool(_managed, context, caller, room)
    return RecordFilter(None if everyone else whose, room, operation_type)


Wanted = Annotated[RecordFilter, Depends(_wanted_records)]


@router.get("/my-usage", responses=documented(CursorInvalid))
def read_my_usage(caller: Signed, context: Ctx, limit: PageSize = 50, cursor: Cursor = None) -> Page[ClassUseAnswer]:
    """What I used in each of my classes, of whose limits, and when those reset: classes the newest first."""
    place = read_cursor(cursor, datetime, UUID)
    before = (place[0], place[1]) if place else None
    with context.database.read.connect() as connection:
        standings = list_standings(connection, caller.member_id, limit=limit + 1, before=before)
        rows = read_use(connection, standings, at=context.clock.now())
    return page_of(rows, limit, cursor=lambda row: (row.standing.room.created_at, row.standing.room.id), item=ClassUseAnswer.of)


@router.get("/classes/{class_id}/members", responses=documented(Missing, Denied, CursorInvalid))
def list_member_usage(
    class_id: ClassId, caller: Signed, context: Ctx, limit: PageSize = 50, cursor: Cursor = None
) -> Page[MemberUseAnswer]:
    """What each member of a class used, in the order that they joined: for its managers."""
    rows = _members(context, caller, class_id, limit, cursor)
    return page_of(rows, limit, cursor=_place, item=MemberUseAnswer.of)


@router.get(
    "/classes/{class_id}/members.csv", response_class=StreamingResponse, responses=_table(MEMBER_COLUMNS) | documented(Missing, Denied)
)
def download_member_usage(class_id: ClassId, caller: Signed, context: Ctx) -> StreamingResponse:
    """The same as a table."""
    room = _managed(context, caller, class_id)
    rows = walk_members(context.database.read.connect, room, at=context.clock.now())
    return csv_answer(MEMBER_COLUMNS, (member_line(row) for row in rows), filename="usage.csv")


@router.get("/classes/{class_id}/limits", responses=documented(Missing, Denied, CursorInvalid))
def list_member_limits(
    class_id: ClassId, caller: Signed, context: Ctx, limit: PageSize = 50, cursor: Cursor = None
) -> Page[TokenLimitsAnswer]:
    """Each member's limits in a class, in the order that they joined: for its managers."""
    rows = _members(context, caller, class_id, limit, cursor)
    return page_of(rows, limit, cursor=_place, item=TokenLimitsAnswer.of)


@router.put(
    "/classes/{class_id}/limits/{user_id}",
    dependencies=[limited("set-token-limits", per_minute=CHANGES_PER_MINUTE)],
    responses=documented(Missing, Denied, MemberInactive, ClassClosed),
)
async def set_member_limits(
    class_id: ClassId, user_id: UserId, body: TokenLimitsBody, caller: Signed, editor: Editing, context: Ctx
) -> TokenLimitsAnswer:
    """Set a member's limits, from their next question on: for the class's managers; the owner's own for the owner alone."""
    await set_limits(context, caller, editor, class_id, user_id, body.wanted())
    return await run_in_threadpool(_limits, context, caller, class_id, user_id)


@router.get("/records", responses=documented(Missing, Denied, CursorInvalid))
def list_usage_records(
    wanted: Wanted, caller: Signed, context: Ctx, limit: PageSize = 50, cursor: Cursor = None
) -> Page[UsageRecordAnswer]:
    """Each call of a model that I made, the newest first, also in classes that I left; for managers those of their class's members."""
    place = read_cursor(cursor, datetime, UUID)
    before = (place[0], place[1]) if place else None
    with context.database.read.connect() as connection:
        rows = list_records(connection, wanted, limit=limit + 1, before=before)
    currency = context.settings.model_currency
    return page_of(rows, limit, cursor=lambda row: (row.created_at, row.id), item=lambda row: UsageRecordAnswer.of(row, currency))


@router.get("/records.csv", response_class=StreamingResponse, responses=_table(RECORD_COLUMNS) | documented(Missing, Denied))
def download_usage_records(wanted: Wanted, caller: Signed, context: Ctx) -> StreamingResponse:
    """The same as a table, at most 100,000 lines."""
    rows = walk_records(context.database.read.connect, wanted, most=RECORD_LINES)
    currency = context.settings.model_currency
    return csv_answer(RECORD_COLUMNS, (record_line(row, currency) for row in rows), filename="usage-records.csv")


def _managed(context: Context, caller: Caller, class_id: UUID) -> StudyClass:
    with context.database.read.connect() as connection:
        return read_standing(connection, class_id, caller.member_id, Permission.MANAGE).room


def _members(context: Context, caller: Caller, class_id: UUID, limit: int, cursor: str | None) -> list[MemberSeen]:
    place = read_cursor(cursor, datetime, UUID)
    after = (place[0], place[1]) if place else None
    with context.database.read.connect() as connection:
        room = read_standing(connection, class_id, caller.member_id, Permission.MANAGE).room
        return list_members(connection, room, at=context.clock.now(), limit=limit + 1, after=after)


def _place(row: MemberSeen) -> tuple[datetime, UUID]:
    return row.mine.joined_at, row.mine.member


def _limits(context: Context, caller: Caller, class_id: UUID, user_id: UUID) -> TokenLimitsAnswer:
    with context.database.read.connect() as connection:
        room = read_standing(connection, class_id, caller.member_id).room
        return TokenLimitsAnswer.of(read_member(connection, room, user_id, at=context.clock.now()))
