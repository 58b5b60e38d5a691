"""/classes: made, listed, joined, changed, archived, handed over, left and deleted."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.editors import Editing
from laurels.identity.errors import MemberInactive
from laurels.ledger.writer import Posted, RequestKey
from laurels.products.study.accounts import BOOK
from laurels.products.study.actions import classes as actions
from laurels.products.study.api.identifiers import ClassId
from laurels.products.study.errors import AlreadyInClass, ClassClosed, ClassFull, OwnerStays, RemovedFromClass, TooManyClasses
from laurels.products.study.queries.access import read_standing
from laurels.products.study.queries.classes import list_classes, read_class
from laurels.products.study.schemas.classes import ArchiveBody, ClassAnswer, ClassBody, ClassChange, JoinBody, OwnerBody
from laurels.products.study.schemas.members import TemplatesAnswer
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.identifiers import known_id
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor
from laurels.web.paths import API_PREFIX

router = APIRouter(prefix="/classes")

CLASSES_PER_MINUTE = 20
TRIES_PER_MINUTE = 10
"""Codes that a member may try: of 2^40, none is guessed so."""

CODES_PER_MINUTE = 20

_MADE = created("class_id", "read_study_class", "change_study_class", "delete_study_class", field="id")
_REFUSED = documented(Missing, Denied, MemberInactive)
_NOT_IN_ARCHIVED = documented(Missing, Denied, MemberInactive, ClassClosed)


@router.post(
    "",
    status_code=201,
    dependencies=[limited("create-class", per_minute=CLASSES_PER_MINUTE, book=BOOK)],
    responses=_MADE | documented(Denied, MemberInactive, TooManyClasses),
)
async def create_study_class(
    body: ClassBody,
    caller: Signed,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("create-class")],
) -> ClassAnswer:
    """Make a class of mine, with a code that lets others in. Where the settings say so, staff alone may."""
    new = actions.NewClass(body.name, body.description, body.capacity, body.time_zone)
    posted = await actions.create_class(context, caller, new, request=key)
    return await _answer_posted(context, caller, posted.answer.class_id, request, response, posted)


@router.get("", responses=documented(CursorInvalid))
def list_study_classes(
    caller: Signed,
    context: Ctx,
    is_active: Annotated[bool | None, Query(description="Only those that are open (true) or archived (false).")] = None,
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[ClassAnswer]:
    """The classes that I am in, the newest first."""
    place = read_cursor(cursor, datetime, UUID)
    before = (place[0], place[1]) if place else None
    with context.database.read.connect() as connection:
        rows = list_classes(connection, caller.member_id, limit=limit + 1, before=before, is_active=is_active)
    return page_of(rows, limit, cursor=lambda row: (row.standing.room.created_at, row.standing.room.id), item=ClassAnswer.of)


@router.post(
    "/join",
    status_code=201,
    dependencies=[limited("join-class", per_minute=TRIES_PER_MINUTE, book=BOOK)],
    responses=created("class_id", "read_study_class", field="id")
    | documented(Missing, MemberInactive, RemovedFromClass, AlreadyInClass, ClassClosed, ClassFull),
)
async def join_study_class(
    body: JoinBody,
    caller: Signed,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("join-class")],
) -> ClassAnswer:
    """Join a class by its code. Who comes back finds their permissions and limits as they were."""
    posted = await actions.join_class(context, caller, body.class_code, request=key)
    return await _answer_posted(context, caller, posted.answer.class_id, request, response, posted)


@router.get("/{class_id}", responses=documented(Missing))
def read_study_class(class_id: ClassId, caller: Signed, context: Ctx) -> ClassAnswer:
    """A class that I am in."""
    return _answer(context, caller, class_id)


@router.patch("/{class_id}", responses=_NOT_IN_ARCHIVED | documented(Invalid))
async def change_study_class(class_id: ClassId, body: ClassChange, caller: Signed, editor: Editing, context: Ctx) -> ClassAnswer:
    """Change what a class is called, how many it takes, its zone: for its managers. What the owner pays for others: for the owner."""
    await actions.change_class(context, caller, editor, class_id, body.wanted())
    return await run_in_threadpool(_answer, context, caller, class_id)


@router.delete("/{class_id}", status_code=204, responses=_REFUSED)
async def delete_study_class(class_id: ClassId, caller: Signed, editor: Editing, context: Ctx) -> None:
    """Delete a class: for its owner. Nobody finds it, its documents or its chats from then on."""
    await actions.delete_class(context, caller, editor, class_id)


@router.get("/{class_id}/permissions", responses=documented(Missing))
def read_study_permissions(class_id: ClassId, caller: Signed, context: Ctx) -> TemplatesAnswer:
    """What I may do in a class, and the permissions that managers give by one name."""
    with context.database.read.connect() as connection:
        return TemplatesAnswer.of(read_standing(connection, class_id, caller.member_id))


@router.post("/{class_id}/code", dependencies=[limited("rotate-code", per_minute=CODES_PER_MINUTE, book=BOOK)], responses=_NOT_IN_ARCHIVED)
async def rotate_class_code(
    class_id: ClassId,
    caller: Signed,
    editor: Editing,
    context: Ctx,
    request: Request,
    key: Annotated[RequestKey | None, keyed("rotate-code")],
) -> ClassAnswer:
    """Give a class another code: for its managers. The old one lets nobody in from then on."""
    tell_replay(request, await actions.rotate_code(context, caller, editor, class_id, request=key))
    return await run_in_threadpool(_answer, context, caller, class_id)


@router.put("/{class_id}/archive", responses=_REFUSED)
async def archive_study_class(class_id: ClassId, body: ArchiveBody, caller: Signed, editor: Editing, context: Ctx) -> ClassAnswer:
    """Archive a class, or open it again: for its owner. An archived one can be read, and nothing in it changes."""
    await actions.archive_class(context, caller, editor, class_id, is_archived=body.is_archived)
    return await run_in_threadpool(_answer, context, caller, class_id)


@router.put("/{class_id}/owner", responses=_REFUSED | documented(TooManyClasses))
async def transfer_study_class(class_id: ClassId, body: OwnerBody, caller: Signed, editor: Editing, context: Ctx) -> ClassAnswer:
    """Hand a class over to another of its members: for its owner, who stays as a manager."""
    await actions.transfer_class(context, caller, editor, class_id, known_id(body.user_id, what="member"))
    return await run_in_threadpool(_answer, context, caller, class_id)


@router.delete("/{class_id}/membership", status_code=204, responses=documented(Missing, MemberInactive, OwnerStays))
async def leave_study_class(class_id: ClassId, caller: Signed, context: Ctx) -> None:
    """Leave a class. My chats in it are there again if I come back."""
    await actions.leave_class(context, caller, class_id)


def _answer(context: Context, caller: Caller, class_id: UUID) -> ClassAnswer:
    with context.database.read.connect() as connection:
        return ClassAnswer.of(read_class(connection, class_id, caller.member_id))


async def _answer_posted(
    context: Context, caller: Caller, class_id: UUID, request: Request, response: Response, posted: Posted[Any]
) -> ClassAnswer:
    tell_replay(request, posted)
    response.headers["Location"] = f"{API_PREFIX}/classes/{class_id}"
    return await run_in_threadpool(_answer, context, caller, class_id)
