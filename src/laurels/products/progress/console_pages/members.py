"""One member's progress, for staff: where they stand, awarding points, giving a freeze, and taking an activity back."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError, Missing
from laurels.identity.parts import origin_of
from laurels.identity.queries import MemberFilter, get_member, list_members
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.awarding import Award, award_points, office_of
from laurels.products.progress.actions.freezes import give_freeze
from laurels.products.progress.actions.permits import giving_of
from laurels.products.progress.actions.reversing import Reverser, reverse_activity
from laurels.products.progress.console_pages.desk import PATH, AtDesk, Desk
from laurels.products.progress.console_pages.words import SOURCE_LABELS
from laurels.products.progress.in_words import goals_paid, type_options
from laurels.products.progress.queries.activities import get_activity, list_activities
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.queries.definitions import TOPICS, list_definitions
from laurels.products.progress.queries.freezes import read_freezes
from laurels.products.progress.queries.goals import goal_titles
from laurels.products.progress.queries.status import read_status
from laurels.products.progress.rules import OPEN_TYPES, ActivityType
from laurels.products.progress.schemas.activities import ActivityReversalBody
from laurels.products.progress.schemas.awards import AwardPointsBody
from laurels.products.progress.tables import PointActivity
from laurels.web.forms import search_of
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.typed import Typed, sent_fields

router = APIRouter(prefix=f"{PATH}/members")

LINES = 25
"""Activities of one page."""
FOUND = 25
"""Most members that a search shows."""


@router.get("")
def show_search(desk: AtDesk, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    """The way to a member."""
    asked = search_of(q)
    with desk.context.database.read.connect() as connection:
        found = list_members(connection, MemberFilter(asked, None, None), limit=FOUND) if asked else []
    return desk.draw("members", q=asked, found=found)


@router.get("/{member_id}")
def show_member(desk: AtDesk, member_id: UUID, cursor: Cursor = None) -> Response:
    """Where a member stands, and what they did."""
    return _draw(desk, member_id, desk.typed({}), cursor=cursor)


@router.post("/{member_id}/awards")
async def award_to_member(desk: AtDesk, member_id: UUID, key: Annotated[RequestKey | None, keyed("console-award")]) -> Response:
    """Award points, of any type but the system's."""
    typed = desk.typed(await sent_fields(desk.request))
    known = {
        "amount": typed.whole("amount"),
        "activity_type": typed.text("activity_type"),
        "description": typed.values.get("description", ""),
        "topic": typed.text("topic"),
        "occurred_at": typed.instant("occurred_at", desk.zone),
    }
    body, status = typed.check(AwardPointsBody, known), 422
    if body is not None:
        office = office_of(desk.context)
        try:
            giving = giving_of(desk.caller, member_id, body.asked(), now=desk.now)
            award = Award(giving, address_hash=desk.editor.address_hash)
            posted = await award_points(office, award, at=desk.now, actor=desk.caller.actor, request=key)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal)
        else:
            return desk.lead(f"/members/{member_id}", N_("{points} points are awarded."), points=posted.answer.amount)
    return await run_in_threadpool(_draw, desk, member_id, typed, status=status)


@router.post("/{member_id}/freezes")
async def give_member_freeze(desk: AtDesk, member_id: UUID, key: Annotated[RequestKey | None, keyed("console-freeze")]) -> Response:
    """Give a freeze, for nothing."""
    try:
        await give_freeze(desk.context, desk.caller, member_id, address_hash=origin_of(desk.request).address_hash, request=key)
    except DomainError as refusal:
        typed = desk.typed({})
        status = desk.refuse(typed, refusal)
        return await run_in_threadpool(_draw, desk, member_id, typed, status=status)
    return desk.lead(f"/members/{member_id}", N_("The freeze is given, and on record."))


@router.get("/{member_id}/activities/{activity_id}")
def show_reversal(desk: AtDesk, member_id: UUID, activity_id: UUID) -> Response:
    """One activity, and the form that takes it back."""
    return _draw_reversal(desk, member_id, activity_id, desk.typed({}))


@router.post("/{member_id}/activities/{activity_id}/reversal")
async def reverse_member_activity(
    desk: AtDesk, member_id: UUID, activity_id: UUID, key: Annotated[RequestKey | None, keyed("console-reversal")]
) -> Response:
    """Take an activity back, with a reason."""
    typed = desk.typed(await sent_fields(desk.request))
    body, status = typed.check(ActivityReversalBody, {"reason": typed.text("reason")}), 422
    if body is not None:
        by = Reverser(desk.caller.actor, body.reason, desk.caller.member_id, origin_of(desk.request).address_hash, key)
        try:
            await run_in_threadpool(_reverse, desk, member_id, activity_id, by)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal)
        else:
            return desk.lead(f"/members/{member_id}", N_("The activity is taken back, and on record."))
    return await run_in_threadpool(_draw_reversal, desk, member_id, activity_id, typed, status=status)


def _draw(desk: Desk, member_id: UUID, typed: Typed, *, status: int = 200, cursor: str | None = None) -> Response:
    place, now = read_cursor(cursor, datetime, UUID), desk.now
    with desk.context.database.read.connect() as connection:
        basis = current_basis(connection, desk.context.database, desk.zone)
        rows = list_activities(connection, member_id, limit=LINES + 1, before=(place[0], place[1]) if place else None)
        topics = list_definitions(connection, TOPICS, only_active=True)
        values: dict[str, Any] = {
            "member": get_member(connection, member_id),
            "standing": read_status(connection, basis, member_id, at=now, activities=1),
            "freezes": read_freezes(connection, basis, member_id, at=now),
            "goal_titles": goal_titles(connection, basis, goals_paid(rows)),
        }
    here = f"{PATH}/members/{member_id}"
    last = rows[LINES - 1] if len(rows) > LINES else None
    return desk.draw(
        "member",
        status=status,
        here=here,
        activities=rows[:LINES],
        topics_listed=[(topic.slug, topic.title) for topic in topics],
        open_types=type_options(desk.say, OPEN_TYPES),
        sources=SOURCE_LABELS,
        form=typed.values,
        errors=typed.errors,
        next_href=f"{here}?cursor={write_cursor(last.occurred_at, last.id)}" if last else "",
        first_href=here if cursor else "",
        **values,
    )


def _reverse(desk: Desk, member_id: UUID, activity_id: UUID, by: Reverser) -> None:
    with desk.context.database.read.connect() as connection:
        _activity_of(connection, member_id, activity_id)
    reverse_activity(office_of(desk.context), activity_id, by, at=desk.now)


def _activity_of(connection: Connection, member_id: UUID, activity_id: UUID) -> PointActivity:
    """An activity of the member whom the address names.

    Raises:
        Missing: they have none of that id.
    """
    activity = get_activity(connection, activity_id)
    if activity.member != member_id:
        raise Missing(what="activity")
    return activity


def _draw_reversal(desk: Desk, member_id: UUID, activity_id: UUID, typed: Typed, *, status: int = 200) -> Response:
    with desk.context.database.read.connect() as connection:
        activity, member = _activity_of(connection, member_id, activity_id), get_member(connection, member_id)
    return desk.draw(
        "reversal",
        status=status,
        here=f"{PATH}/members/{member_id}",
        activity=activity,
        is_decay=activity.activity_type == ActivityType.DECAY,
        member=member,
        form=typed.values,
        errors=typed.errors,
    )
