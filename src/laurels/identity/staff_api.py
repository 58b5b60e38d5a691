"""/api/v1/members and /api/v1/audit: looking after members, and the log of who did."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.actions import NewMember
from laurels.identity.audit_log import list_actions
from laurels.identity.errors import LastAdmin, NameTaken
from laurels.identity.parts import IdentityParts, origin_of
from laurels.identity.queries import MemberFilter, get_member, list_members, search_members
from laurels.identity.registration import create_by_staff
from laurels.identity.schemas import AuditRow, MemberAnswer, MemberChange, MemberCreation, Person, PersonList
from laurels.identity.staff import change_by_staff
from laurels.web.caller import AdminOnly, Signed, StaffOnly
from laurels.web.documented import documented
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor
from laurels.web.schemas import PlainLine

router = APIRouter(tags=["members"])

Question = Annotated[
    PlainLine, Query(max_length=100, description="Beginnings of words of a name, username or student id.", examples=["ana d"])
]


@router.get("/members/search", dependencies=[limited("search-members", per_minute=240)])
def search_people(caller: Signed, identity: IdentityParts, q: Question) -> PersonList:
    """Find active members to thank: at most 20, in the order of their student ids."""
    with identity.database.read.connect() as connection:
        return PersonList(items=[Person.of(found) for found in search_members(connection, q)])


@router.get("/members", responses=documented(CursorInvalid))
def read_members(
    caller: StaffOnly,
    identity: IdentityParts,
    q: Annotated[PlainLine, Query(max_length=100, description="As in the search; also full names and the email's beginning.")] = "",
    status: Annotated[Literal["active", "suspended", "deleted"] | None, Query(description="Only these.")] = None,
    role: Annotated[Literal["member", "staff", "admin"] | None, Query(description="Only these.")] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[MemberAnswer]:
    """All members, in the order of their student ids."""
    place = read_cursor(cursor, str)
    with identity.database.read.connect() as connection:
        rows = list_members(connection, MemberFilter(q, status, role), limit=limit + 1, after=place[0] if place else None)
    return page_of(rows, limit, cursor=lambda row: (row.student_order,), item=MemberAnswer.of)


@router.post("/members", status_code=201, responses=documented(Denied, NameTaken, Invalid))
async def create_member(
    body: MemberCreation, caller: StaffOnly, identity: IdentityParts, request: Request, response: Response
) -> MemberAnswer:
    """Create a member for somebody. Only admins create staff and admins."""
    given = body.model_dump(exclude={"password"}, exclude_none=True)
    created = await create_by_staff(identity, caller, NewMember(**given), password=body.password, origin=origin_of(request))
    response.headers["Location"] = f"/api/v1/members/{created.id}"
    return MemberAnswer.of(created)


@router.get("/members/{member_id}", responses=documented(Missing))
def read_member(member_id: UUID, caller: StaffOnly, identity: IdentityParts) -> MemberAnswer:
    """One member, deleted ones too."""
    with identity.database.read.connect() as connection:
        return MemberAnswer.of(get_member(connection, member_id))


@router.patch("/members/{member_id}", responses=documented(Missing, Denied, NameTaken, LastAdmin, Invalid))
async def change_member(member_id: UUID, body: MemberChange, caller: StaffOnly, identity: IdentityParts, request: Request) -> MemberAnswer:
    """Suspend or restore a member, correct their names, set a password, or (admins) give a role.

    Suspending and setting a password end the member's sessions at once. Staff
    can't change admins; nobody changes their own status or role.
    """
    changes = body.model_dump(exclude={"password"}, exclude_none=True)
    changed = await change_by_staff(identity, caller, member_id, changes, password=body.password, origin=origin_of(request))
    return MemberAnswer.of(changed)


@router.get("/audit", responses=documented(CursorInvalid))
def read_audit_log(
    caller: AdminOnly,
    identity: IdentityParts,
    actor_id: Annotated[UUID | None, Query(description="Only what this member did.")] = None,
    subject: Annotated[PlainLine | None, Query(max_length=200, description="Only what was done to it.", examples=["member/<id>"])] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[AuditRow]:
    """What staff changed, newest first."""
    place = read_cursor(cursor, UUID)
    with identity.database.read.connect() as connection:
        rows = list_actions(connection, limit=limit + 1, before_id=place[0] if place else None, actor_id=actor_id, subject=subject)
    return page_of(rows, limit, cursor=lambda row: (row.id,), item=AuditRow.of)
