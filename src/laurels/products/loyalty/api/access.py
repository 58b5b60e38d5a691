"""/programs/{id}/admins, /invitations, /members and /keys: who may do what in a program."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.editors import Editing
from laurels.identity.errors import MemberInactive, TooManyKeys
from laurels.identity.key_schemas import NewServiceKeyAnswer, ServiceKeyAnswer, ServiceKeyBody
from laurels.identity.parts import IdentityParts, origin_of
from laurels.identity.service_keys import create_key, list_keys, revoke_key
from laurels.products.loyalty import queries
from laurels.products.loyalty.actions.people import add_admin, invite, remove_admin, withdraw_invitation
from laurels.products.loyalty.api.ids import KeyId, MemberId, ProgramId
from laurels.products.loyalty.errors import Archived, TooMany
from laurels.products.loyalty.queries.access import SCOPES
from laurels.products.loyalty.schemas.people import AdminList, ListedAnswer, ProgramMemberAnswer
from laurels.web.caller import AdminOnly, Signed
from laurels.web.context import Ctx
from laurels.web.documented import documented
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor
from laurels.web.schemas import PlainLine

router = APIRouter(prefix="/{program_id}")

Question = Annotated[PlainLine, Query(max_length=100, description="Beginnings of words of a name or student id.", examples=["ana"])]


@router.get("/admins", responses=documented(Missing, Denied))
def list_program_admins(program_id: ProgramId, caller: Signed, context: Ctx) -> AdminList:
    """Who runs a program beside the community's admins: for those."""
    with context.database.read.connect() as connection:
        queries.require_program_admin(connection, caller, program_id)
        return AdminList(items=[ListedAnswer.of(one) for one in queries.list_admins(connection, program_id)])


@router.put("/admins/{member_id}", status_code=204, responses=documented(Missing, Archived, MemberInactive, TooMany))
def add_program_admin(program_id: ProgramId, member_id: MemberId, caller: AdminOnly, editor: Editing, context: Ctx) -> None:
    """Have a member run a program: for the community's admins."""
    add_admin(context.database, editor, program_id, member_id, now=context.clock.now())


@router.delete("/admins/{member_id}", status_code=204, responses=documented(Missing))
def remove_program_admin(program_id: ProgramId, member_id: MemberId, caller: AdminOnly, editor: Editing, context: Ctx) -> None:
    """Have a member no longer run a program: for the community's admins."""
    remove_admin(context.database, editor, program_id, member_id, now=context.clock.now())


@router.get("/invitations", responses=documented(Missing, Denied, CursorInvalid))
def list_program_invitations(
    program_id: ProgramId, caller: Signed, context: Ctx, limit: PageSize = 50, cursor: Cursor = None
) -> Page[ListedAnswer]:
    """Who may join by invitation, the last invited first: for the program's admins."""
    before = read_cursor(cursor, datetime, UUID)
    with context.database.read.connect() as connection:
        queries.require_program_admin(connection, caller, program_id)
        rows = queries.list_invitations(connection, program_id, limit=limit + 1, before=(before[0], before[1]) if before else None)
    return page_of(rows, limit, cursor=lambda row: (row.since, row.id), item=ListedAnswer.of)


@router.put("/invitations/{member_id}", status_code=204, responses=documented(Missing, Denied, Archived, MemberInactive, TooMany))
def invite_to_program(program_id: ProgramId, member_id: MemberId, editor: Editing, context: Ctx) -> None:
    """Let a member join a program that is joined by invitation: for its admins."""
    invite(context.database, editor, program_id, member_id, now=context.clock.now())


@router.delete("/invitations/{member_id}", status_code=204, responses=documented(Missing, Denied))
def withdraw_program_invitation(program_id: ProgramId, member_id: MemberId, editor: Editing, context: Ctx) -> None:
    """Take an invitation back: for the program's admins. Who has joined stays a member."""
    withdraw_invitation(context.database, editor, program_id, member_id, now=context.clock.now())


@router.get("/members", responses=documented(Missing, Denied, CursorInvalid))
def list_members_of_program(
    program_id: ProgramId,
    caller: Signed,
    context: Ctx,
    q: Question = "",
    with_former: Annotated[bool, Query(description="Those who left, too.")] = False,
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[ProgramMemberAnswer]:
    """Who belongs to a program, with balance and tier, in the order of their student ids: for its admins."""
    after = read_cursor(cursor, str)
    with context.database.read.connect() as connection:
        queries.require_program_admin(connection, caller, program_id)
        rows = queries.list_program_members(
            connection, program_id, limit=limit + 1, question=q, after=after[0] if after else None, with_former=with_former
        )
        terms = queries.load_configuration(connection, program_id).terms_at(context.clock.now()).terms
    return page_of(rows, limit, cursor=lambda row: (row.student_order,), item=lambda row: ProgramMemberAnswer.of(row, terms))


@router.post("/keys", status_code=201, responses=documented(Missing, Denied, Archived, Invalid, TooManyKeys))
def create_program_key(
    program_id: ProgramId, body: ServiceKeyBody, editor: Editing, caller: Signed, identity: IdentityParts, context: Ctx, response: Response
) -> NewServiceKeyAnswer:
    """Make a service key for a shop's backend: for the program's admins. Its text is told this once.

    Its scopes are `earn` (purchases and returns), `burn` and `read`.
    """
    with context.database.read.connect() as connection:
        found = queries.require_program_admin(connection, caller, program_id)
    if found.status == "archived":
        raise Archived()
    made = create_key(
        identity,
        subject=queries.subject_of(program_id),
        name=body.name,
        scopes=body.scopes,
        by=caller.member_id,
        expires_at=body.expires_at,
        known_scopes=SCOPES,
        address_hash=editor.address_hash,
    )
    return NewServiceKeyAnswer.of_new(made)


@router.get("/keys", responses=documented(Missing, Denied, CursorInvalid))
def list_program_keys(
    program_id: ProgramId, caller: Signed, context: Ctx, limit: PageSize = 50, cursor: Cursor = None
) -> Page[ServiceKeyAnswer]:
    """A program's service keys, newest first, revoked ones too, without their secrets: for its admins."""
    before = read_cursor(cursor, UUID)
    with context.database.read.connect() as connection:
        queries.require_program_admin(connection, caller, program_id)
        rows = list_keys(connection, queries.subject_of(program_id), limit=limit + 1, before_id=before[0] if before else None)
    return page_of(rows, limit, cursor=lambda row: (row.id,), item=ServiceKeyAnswer.of)


@router.delete("/keys/{key_id}", status_code=204, responses=documented(Missing, Denied))
def revoke_program_key(
    program_id: ProgramId, key_id: KeyId, caller: Signed, identity: IdentityParts, context: Ctx, request: Request
) -> None:
    """End a service key for good; it opens nothing from the next request on: for the program's admins."""
    with context.database.read.connect() as connection:
        queries.require_program_admin(connection, caller, program_id)
    subject = queries.subject_of(program_id)
    revoke_key(identity, subject=subject, key_id=key_id, by=caller.member_id, address_hash=origin_of(request).address_hash)
