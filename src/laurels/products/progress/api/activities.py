"""/progress/activities: what members were given points for, and taking it back."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import StreamingResponse

from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.parts import origin_of
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.awarding import office_of
from laurels.products.progress.actions.reversing import Reverser, reverse_activity
from laurels.products.progress.bounds import MAX_SLUG
from laurels.products.progress.errors import NothingToReverse, NotReversible
from laurels.products.progress.queries.access import READ, SUBJECT
from laurels.products.progress.queries.activities import ActivityFilter, get_activity, list_activities, sum_activities, walk_activities
from laurels.products.progress.queries.configuration import basis_of
from laurels.products.progress.queries.status import reached
from laurels.products.progress.queries.whose import look_up_member
from laurels.products.progress.rules import ActivityType
from laurels.products.progress.schemas.activities import ActivityAnswer, ActivityListAnswer, ActivityReversalAnswer, ActivityReversalBody
from laurels.products.progress.tables import PointActivity
from laurels.web.caller import AnyCaller, Caller, Role, StaffOnly, require_scope, service_or
from laurels.web.context import Context, Ctx
from laurels.web.csv_answers import MEDIA_TYPE, Cell, csv_answer
from laurels.web.documented import documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.identifiers import OpaqueId, known_id
from laurels.web.key_refusals import ScopeMissing
from laurels.web.language import N_
from laurels.web.pagination import Cursor, CursorInvalid, PageSize, page_of, read_cursor
from laurels.web.paths import API_PREFIX
from laurels.web.schemas import PlainLine, UtcInstant

router = APIRouter(prefix="/progress")

STATEMENT_LINES = 100_000
"""Most activities of one statement; for what is older, ask for another time."""

STATEMENT_COLUMNS = (
    "occurred_at",
    "activity_type",
    "points",
    "asked_points",
    "description",
    "topic",
    "source",
    "tier_at_time",
    "reversed_at",
    "activity_id",
)
_EXAMPLE = ("2026-11-20T10:00:00+00:00", "comment", "20", "20", "Explained the chain rule", "", "self", "ember", "", "01a1f890-...")
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": f"{','.join(STATEMENT_COLUMNS)}\r\n{','.join(_EXAMPLE)}\r\n"}},
        "description": "A table with a header.",
    }
}

Reader = Annotated[AnyCaller, service_or(Role.MEMBER, scope=READ)]
"""A member, or a service key that may read."""


async def activity_of_path(activity_id: OpaqueId) -> UUID:
    """The activity's id."""
    return known_id(activity_id, what="activity")


ActivityId = Annotated[UUID, Depends(activity_of_path)]

Whose = Annotated[
    PlainLine | None,
    Query(max_length=200, description="For staff and keys: whose, by student id or member id. Left out: one's own.", examples=["1042"]),
]
_REFUSED = documented(Missing, Denied, Invalid, ScopeMissing)


async def narrowed_by(
    kind: Annotated[ActivityType | None, Query(alias="type", description="Only activities of this type.")] = None,
    topic: Annotated[PlainLine | None, Query(max_length=MAX_SLUG, description="Only activities of this topic.")] = None,
    since: Annotated[UtcInstant | None, Query(alias="from", description="The first instant that counts.")] = None,
    until: Annotated[UtcInstant | None, Query(alias="to", description="The first instant that no longer counts.")] = None,
) -> ActivityFilter:
    """What a list is narrowed to."""
    return ActivityFilter(kind, topic, since, until)


Narrowed = Annotated[ActivityFilter, Depends(narrowed_by)]


@router.get("/activities", responses=_REFUSED | documented(CursorInvalid))
def list_point_activities(
    caller: Reader, context: Ctx, narrowed: Narrowed, member: Whose = None, limit: PageSize = 50, cursor: Cursor = None
) -> ActivityListAnswer:
    """Activities of a member, what was done last first, reversed ones too; and what all that are asked for come to."""
    place = read_cursor(cursor, datetime, UUID)
    before = (place[0], place[1]) if place else None
    who = _whose(context, caller, member)
    with context.database.read.connect() as connection:
        rows = list_activities(connection, who, narrowed, limit=limit + 1, before=before)
        sums = sum_activities(connection, who, narrowed)
    page = page_of(rows, limit, cursor=lambda row: (row.occurred_at, row.id), item=lambda row: _answer(caller, row))
    return ActivityListAnswer(items=page.items, next_cursor=page.next_cursor, sum_points=sums.points, count=sums.count)


@router.get("/activities.csv", response_class=StreamingResponse, responses=_TABLE | _REFUSED)
def download_point_activities(caller: Reader, context: Ctx, narrowed: Narrowed, member: Whose = None) -> StreamingResponse:
    """The same as a table, at most 100,000 lines."""
    who = _whose(context, caller, member)
    rows = walk_activities(context.database.read.connect, who, narrowed, most=STATEMENT_LINES)
    return csv_answer(STATEMENT_COLUMNS, (_line(row) for row in rows), filename="activities.csv")


@router.get("/activities/{activity_id}", responses=documented(Missing, ScopeMissing))
def read_point_activity(activity_id: ActivityId, caller: Reader, context: Ctx) -> ActivityAnswer:
    """One activity: for its member, for staff, and for services."""
    require_scope(caller, SUBJECT, READ, what="activity")
    with context.database.read.connect() as connection:
        row = get_activity(connection, activity_id)
    if not _sees_all(caller) and row.member != _id_of(caller):
        raise Missing(what="activity")
    return _answer(caller, row)


@router.post("/activities/{activity_id}/reversal", responses=documented(Missing, NothingToReverse, NotReversible))
def reverse_point_activity(
    activity_id: ActivityId,
    body: ActivityReversalBody,
    caller: StaffOnly,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("reverse-activity")],
) -> ActivityReversalAnswer:
    """Take an activity back, once, as if it had not been: for staff.

    Its points go, as far as decay left them; so do what it counted on boards,
    caps, streak and quests in progress, and the rewards of goals that are no
    longer reached. What was announced stays so.
    """
    by = Reverser(caller.actor, body.reason, caller.member_id, origin_of(request).address_hash, key)
    posted = reverse_activity(office_of(context), activity_id, by, at=context.clock.now())
    tell_replay(request, posted)
    response.headers["Location"] = f"{API_PREFIX}/progress/activities/{activity_id}"
    rules = basis_of(context.database, context.settings.zone).rules
    return ActivityReversalAnswer.of(posted.answer, reached(rules, posted.answer.total))


def _whose(context: Context, caller: AnyCaller, named: str | None) -> UUID:
    """The member whose activities a caller may see: their own; for staff and keys, whomever they name.

    Raises:
        Missing: there is nobody of that name.
        ScopeMissing: the key may not read.
        Denied: a member names somebody else.
        Invalid: a key names nobody.
    """
    require_scope(caller, SUBJECT, READ, what="member")
    if isinstance(caller, Caller):
        if named is None or named in (caller.student_id, str(caller.member_id)):
            return caller.member_id
        if not caller.role.covers(Role.STAFF):
            raise Denied(needs=Role.STAFF.value)
    if named is None:
        raise Invalid(field="member", reason=N_("say whose activities: send a student id, or a member's id"))
    return look_up_member(context.database, named)


def _sees_all(caller: AnyCaller) -> bool:
    return not isinstance(caller, Caller) or caller.role.covers(Role.STAFF)


def _id_of(caller: AnyCaller) -> UUID | None:
    return caller.member_id if isinstance(caller, Caller) else None


def _answer(caller: AnyCaller, row: PointActivity) -> ActivityAnswer:
    return ActivityAnswer.of(row, with_staff=_sees_all(caller))


def _line(row: PointActivity) -> tuple[Cell, ...]:
    return (
        row.occurred_at.astimezone(UTC).isoformat(),
        row.activity_type,
        row.amount,
        row.asked_amount,
        row.description,
        row.topic,
        row.source,
        row.tier_at_time,
        None if row.reversed_at is None else row.reversed_at.astimezone(UTC).isoformat(),
        str(row.id),
    )
