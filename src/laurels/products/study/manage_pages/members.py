"""Members of a class: what each may do and use, for whom the owner pays, and putting somebody out."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.products.study.actions.members import change_member, let_return, remove_member, set_limits, set_sponsorship
from laurels.products.study.in_words import PERMISSION_LABELS, permissions_words, template_choices
from laurels.products.study.queries.classes import read_class
from laurels.products.study.queries.members import MemberSeen, list_members, read_member
from laurels.products.study.rules.permissions import TEMPLATES, Permission, template_of
from laurels.products.study.schemas.members import ClassMemberChange, TokenLimitsBody
from laurels.products.study.visits import CLASSES, AtManagedClass, Visit
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import address
from laurels.web.typed import Typed, sent_fields

PATH = f"{CLASSES}/{{class_id}}/members"
router = APIRouter()

ROWS = 50
"""Members of one page."""
REMOVED = 25
"""Members who were put out that are listed."""
CHANGES_PER_MINUTE = 120

OWN_CHOICE = "own"
"""Stands in the form for permissions that are no template."""
PERIODS = ("daily_token_limit", "weekly_token_limit", "monthly_token_limit")

_CHANGED = N_("It is saved, and holds at once.")


@router.get(PATH)
def show_members(visit: AtManagedClass, cursor: Cursor = None) -> Response:
    """Who is in the class, in the order that they joined, and who was put out of it."""
    place, room = read_cursor(cursor, datetime, UUID), visit.room
    with visit.context.database.read.connect() as connection:
        seen = read_class(connection, room.id, visit.caller.member_id)
        after = (place[0], place[1]) if place else None
        found = list_members(connection, room, at=visit.now, limit=ROWS + 1, after=after)
        removed = list_members(connection, room, at=visit.now, limit=REMOVED, status="removed") if place is None else []
    last = found[ROWS - 1].mine if len(found) > ROWS else None
    here = f"{visit.path}/members"
    return visit.draw(
        "manage/members",
        seen=seen,
        members=found[:ROWS],
        roles={one.mine.member: _role(visit, one) for one in found},
        removed=removed,
        next_href=address(here, {"cursor": write_cursor(last.joined_at, last.member)}) if last else "",
        first_href=here if cursor else "",
    )


@router.post(f"{PATH}/sponsorship", dependencies=[limited("sponsor-all", per_minute=CHANGES_PER_MINUTE)])
async def sponsor_all(visit: AtManagedClass) -> Response:
    """Have the owner pay first for all who are in the class, or for nobody any more."""
    is_sponsored = (await sent_fields(visit.request)).get("is_sponsored") == "true"
    try:
        changed = await set_sponsorship(visit.context, visit.caller, visit.editor, visit.room.id, None, is_sponsored=is_sponsored)
    except DomainError as refusal:
        return visit.lead_refused("/members", refusal)
    said = N_("You pay first for {number} more.") if is_sponsored else N_("You don't pay any more for {number} who were sponsored.")
    return visit.lead("/members", said, number=changed)


@router.get(f"{PATH}/{{member_id}}")
def show_member(visit: AtManagedClass, member_id: UUID) -> Response:
    """A member: the forms that change what they may do and use."""
    return _draw(visit, member_id)


@router.post(f"{PATH}/{{member_id}}", dependencies=[limited("change-class-member", per_minute=CHANGES_PER_MINUTE)])
async def change(visit: AtManagedClass, member_id: UUID) -> Response:
    """Give a member a template's permissions or chosen ones, and say how many of their questions are answered at once."""
    typed = visit.typed(await sent_fields(visit.request))
    chosen = typed.values.get("template", "")
    known: dict[str, Any] = {"max_concurrent_chats": typed.whole("max_concurrent_chats")}
    if chosen == OWN_CHOICE:
        known |= {permission.value: typed.is_ticked(permission.value) for permission in Permission}
    elif chosen in TEMPLATES:
        known["template"] = chosen
    elif "template" in typed.values:
        typed.refuse("template", N_("Choose one."))
    body = typed.check(ClassMemberChange, known)
    if body is None:
        return await run_in_threadpool(_draw, visit, member_id, typed, form_name="permissions", status=422)
    context, caller, editor, class_id = visit.context, visit.caller, visit.editor, visit.room.id
    return await _done(
        visit, member_id, typed, "permissions", lambda: change_member(context, caller, editor, class_id, member_id, body.wanted())
    )


@router.post(f"{PATH}/{{member_id}}/limits", dependencies=[limited("set-token-limits", per_minute=CHANGES_PER_MINUTE)])
async def limit(visit: AtManagedClass, member_id: UUID) -> Response:
    """Set how many tokens a member may use in a day, a week and a month."""
    typed = visit.typed(await sent_fields(visit.request))
    for name in PERIODS:
        if not typed.text(name):
            typed.refuse(name, N_("Fill this in; 0 lets them use none."))
    body = typed.check(TokenLimitsBody, {name: typed.whole(name) for name in PERIODS})
    if body is None:
        return await run_in_threadpool(_draw, visit, member_id, typed, form_name="limits", status=422)
    context, caller, editor, class_id = visit.context, visit.caller, visit.editor, visit.room.id
    return await _done(visit, member_id, typed, "limits", lambda: set_limits(context, caller, editor, class_id, member_id, body.wanted()))


@router.post(f"{PATH}/{{member_id}}/sponsorship", dependencies=[limited("sponsor-member", per_minute=CHANGES_PER_MINUTE)])
async def sponsor(visit: AtManagedClass, member_id: UUID) -> Response:
    """Pay first for a member, or no longer."""
    typed = visit.typed(await sent_fields(visit.request))
    is_sponsored = typed.values.get("is_sponsored") == "true"
    context, caller, editor, class_id = visit.context, visit.caller, visit.editor, visit.room.id
    return await _done(
        visit,
        member_id,
        typed,
        "sponsorship",
        lambda: set_sponsorship(context, caller, editor, class_id, [member_id], is_sponsored=is_sponsored),
    )


@router.post(f"{PATH}/{{member_id}}/removal", dependencies=[limited("remove-class-member", per_minute=CHANGES_PER_MINUTE)])
async def remove(visit: AtManagedClass, member_id: UUID) -> Response:
    """Put a member out of the class."""
    typed = visit.typed({"is_meant": "", **await sent_fields(visit.request)})
    if typed.values["is_meant"] != "true":
        typed.refuse("is_meant", N_("Tick this, so that nobody is put out by accident."))
        return await run_in_threadpool(_draw, visit, member_id, typed, form_name="removal", status=422)
    try:
        await remove_member(visit.context, visit.caller, visit.editor, visit.room.id, member_id)
    except DomainError as refusal:
        return visit.lead_refused("/members", refusal)
    return visit.lead("/members", N_("They are put out, and the code doesn't let them in again."))


@router.post(f"{PATH}/{{member_id}}/return", dependencies=[limited("let-member-return", per_minute=CHANGES_PER_MINUTE)])
async def readmit(visit: AtManagedClass, member_id: UUID) -> Response:
    """Let somebody who was put out join again."""
    try:
        await let_return(visit.context, visit.caller, visit.editor, visit.room.id, member_id)
    except DomainError as refusal:
        return visit.lead_refused("/members", refusal)
    return visit.lead("/members", N_("They may join again by the code, and find everything as it was."))


async def _done(visit: Visit, member_id: UUID, typed: Typed, form_name: str, act: Callable[[], Coroutine[Any, Any, object]]) -> Response:
    """Act, and lead back to the member; refused, their page with what was typed."""
    try:
        await act()
    except DomainError as refusal:
        status = visit.refuse(typed, refusal)
        return await run_in_threadpool(_draw, visit, member_id, typed, form_name=form_name, status=status)
    return visit.lead(f"/members/{member_id}", _CHANGED)


def _draw(visit: Visit, member_id: UUID, typed: Typed | None = None, *, form_name: str = "", status: int = 200) -> Response:
    with visit.context.database.read.connect() as connection:
        one = read_member(connection, visit.room, member_id, at=visit.now)
    return visit.draw(
        "manage/member",
        status=status,
        one=one,
        their_role=_role(visit, one),
        templates=template_choices(visit.say),
        permissions=[(permission.value, visit.say(label)) for permission, label in PERMISSION_LABELS.items()],
        form={**_as_it_is(one), **_sent(typed, form_name)},
        form_name=form_name,
        errors=typed.errors if typed else {},
        # A manager changes everybody but the owner; the owner everybody, and their own limits.
        may_change=visit.room.is_active and (visit.standing.is_owner or not one.is_owner),
    )


def _as_it_is(one: MemberSeen) -> dict[str, Any]:
    """A membership as the forms show it."""
    permissions = one.use.standing.permissions
    flags = {permission.value: getattr(permissions, permission.value) for permission in Permission}
    numbers = {name: str(getattr(one.mine, name)) for name in (*PERIODS, "max_concurrent_chats")}
    return {**flags, **numbers, "template": template_of(permissions) or OWN_CHOICE, "is_meant": False}


def _sent(typed: Typed | None, form_name: str) -> dict[str, Any]:
    """What was typed into a form, in place of what is."""
    if typed is None:
        return {}
    flags = {permission.value: typed.is_ticked(permission.value) for permission in Permission} if form_name == "permissions" else {}
    return {**typed.values, **flags}


def _role(visit: Visit, one: MemberSeen) -> str:
    return permissions_words(visit.say, one.use.standing.permissions, is_owner=one.is_owner)
