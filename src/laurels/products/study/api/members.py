"""/classes/{id}/members, /removals, /sponsorship and /keys: who is in a class, and what they may do."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.editors import Editing
from laurels.identity.errors import MemberInactive, TooManyKeys
from laurels.identity.key_schemas import NewServiceKeyAnswer, ServiceKeyAnswer
from laurels.identity.parts import IdentityParts
from laurels.products.study.actions import members as actions
from laurels.products.study.actions.keys import create_class_key, revoke_class_key
from laurels.products.study.api.identifiers import ClassId, KeyId, UserId
from laurels.products.study.errors import ClassClosed, OwnerStays
from laurels.products.study.queries.access import read_standing
from laurels.products.study.queries.keys import list_class_keys
from laurels.products.study.queries.members import list_members, read_member
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.schemas.members import ClassKeyBody, ClassMemberAnswer, ClassMemberChange, SponsorshipAnswer, SponsorshipBody
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import documented
from laurels.web.identifiers import known_id
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor

router = APIRouter(prefix="/classes/{class_id}")

CHANGES_PER_MINUTE = 120
KEYS_PER_MINUTE = 20

_CHANGES = documented(Missing, Denied, MemberInactive, ClassClosed)

Status = Annotated[Literal["active", "left", "removed"], Query(description="Those who are in it, who left, or who were removed.")]


@router.get("/members", responses=documented(Missing, Denied, CursorInvalid))
def list_class_members(
    class_id: ClassId, caller: Signed, context: Ctx, status: Status = "active", limit: PageSize = 50, cursor: Cursor = None
) -> Page[ClassMemberAnswer]:
    """Members of a class with their permissions, limits and what they used, in the order that they joined: for its managers."""
    place = read_cursor(cursor, datetime, UUID)
    after = (place[0], place[1]) if place else None
    with context.database.read.connect() as connection:
        room = read_standing(connection, class_id, caller.member_id, Permission.MANAGE).room
        rows = list_members(connection, room, at=context.clock.now(), limit=limit + 1, after=after, status=status)
    return page_of(rows, limit, cursor=lambda row: (row.mine.joined_at, row.mine.member), item=ClassMemberAnswer.of_seen)


@router.put(
    "/members/{user_id}",
    dependencies=[limited("change-class-member", per_minute=CHANGES_PER_MINUTE)],
    responses=_CHANGES | documented(OwnerStays),
)
async def change_class_member(
    class_id: ClassId, user_id: UserId, body: ClassMemberChange, caller: Signed, editor: Editing, context: Ctx
) -> ClassMemberAnswer:
    """Change what a member may do, from their next request on: for the class's managers."""
    await actions.change_member(context, caller, editor, class_id, user_id, body.wanted())
    return await run_in_threadpool(_member, context, caller, class_id, user_id)


@router.delete("/members/{user_id}", status_code=204, responses=documented(Missing, Denied, MemberInactive, OwnerStays))
async def remove_class_member(class_id: ClassId, user_id: UserId, caller: Signed, editor: Editing, context: Ctx) -> None:
    """Put a member out of a class, for its managers. The code doesn't let them in again; see removals."""
    await actions.remove_member(context, caller, editor, class_id, user_id)


@router.delete("/removals/{user_id}", status_code=204, responses=_CHANGES)
async def lift_class_removal(class_id: ClassId, user_id: UserId, caller: Signed, editor: Editing, context: Ctx) -> None:
    """Let somebody who was removed join again by the code, as what they were: for the class's managers."""
    await actions.let_return(context, caller, editor, class_id, user_id)


@router.put("/sponsorship", dependencies=[limited("sponsor-all", per_minute=CHANGES_PER_MINUTE)], responses=_CHANGES | documented(Invalid))
async def set_class_sponsorship(
    class_id: ClassId, body: SponsorshipBody, caller: Signed, editor: Editing, context: Ctx
) -> SponsorshipAnswer:
    """Say for whom the class's owner pays first, or no longer, from their next question on: for the owner."""
    members = None if body.user_ids is None else [known_id(one, what="member") for one in body.user_ids]
    changed = await actions.set_sponsorship(context, caller, editor, class_id, members, is_sponsored=body.is_sponsored)
    return SponsorshipAnswer(is_sponsored=body.is_sponsored, changed=changed)


@router.post(
    "/keys",
    status_code=201,
    dependencies=[limited("make-class-key", per_minute=KEYS_PER_MINUTE)],
    responses=_CHANGES | documented(Invalid, TooManyKeys),
)
def create_study_key(
    class_id: ClassId, body: ClassKeyBody, caller: Signed, editor: Editing, context: Ctx, identity: IdentityParts
) -> NewServiceKeyAnswer:
    """Make a key by which a program asks as me, within my limits here: for who may ask. Its text is told this once."""
    made = create_class_key(context.database, identity, caller, editor, class_id, name=body.name, expires_at=body.expires_at)
    return NewServiceKeyAnswer.of_new(made)


@router.get("/keys", responses=documented(Missing, CursorInvalid))
def list_study_keys(class_id: ClassId, caller: Signed, context: Ctx, limit: PageSize = 50, cursor: Cursor = None) -> Page[ServiceKeyAnswer]:
    """My keys of a class, a manager sees all: the newest first, revoked ones too, without their secrets."""
    before = read_cursor(cursor, UUID)
    with context.database.read.connect() as connection:
        standing = read_standing(connection, class_id, caller.member_id)
        rows = list_class_keys(connection, standing, limit=limit + 1, before_id=before[0] if before else None)
    return page_of(rows, limit, cursor=lambda row: (row.id,), item=ServiceKeyAnswer.of)


@router.delete("/keys/{key_id}", status_code=204, responses=documented(Missing))
def revoke_study_key(class_id: ClassId, key_id: KeyId, caller: Signed, editor: Editing, context: Ctx, identity: IdentityParts) -> None:
    """End a key for good: one of mine, or as a manager anybody's. It opens nothing from the next request on."""
    revoke_class_key(context.database, identity, caller, editor, class_id, key_id)


def _member(context: Context, caller: Caller, class_id: UUID, user_id: UUID) -> ClassMemberAnswer:
    with context.database.read.connect() as connection:
        room = read_standing(connection, class_id, caller.member_id).room
        return ClassMemberAnswer.of_seen(read_member(connection, room, user_id, at=context.clock.now()))
