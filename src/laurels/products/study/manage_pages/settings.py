"""The class itself: what it is called and takes, its code, and what its owner alone may do: archive it, hand it over, delete it."""

from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.products.study.actions.classes import archive_class, change_class, delete_class, rotate_code, transfer_class
from laurels.products.study.bounds import MAX_DESCRIPTION, MAX_NAME
from laurels.products.study.queries.classes import read_class
from laurels.products.study.queries.members import list_members
from laurels.products.study.schemas.classes import ClassChange
from laurels.products.study.visits import CLASSES, STUDY, AtManagedClass, Visit
from laurels.web.forms import uuid_of
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.typed import Typed, sent_fields

PATH = f"{CLASSES}/{{class_id}}/settings"
router = APIRouter()

HEIRS = 100
"""Members whom the form to hand the class over offers: those who joined first."""
CHANGES_PER_MINUTE = 30
FIELDS = ("name", "description", "capacity", "time_zone")


@router.get(PATH)
def show_settings(visit: AtManagedClass) -> Response:
    """The forms, with what is."""
    return _draw(visit)


@router.post(PATH, dependencies=[limited("change-class", per_minute=CHANGES_PER_MINUTE)])
async def change(visit: AtManagedClass) -> Response:
    """Change what the class is called, how many it takes, and by whose midnights its limits reset."""
    typed = visit.typed(await sent_fields(visit.request))
    for name in ("name", "time_zone"):
        if not typed.text(name):
            typed.refuse(name, N_("Fill this in."))
    known: dict[str, Any] = {**{name: typed.values.get(name, "") for name in FIELDS}, "capacity": typed.whole("capacity")}
    body, status = typed.check(ClassChange, known), 422
    if body is not None:
        # What is left out of a body stays as it is: no limit has to be said.
        wanted = {**body.wanted(), **({"capacity": None} if known["capacity"] is None else {})}
        try:
            await change_class(visit.context, visit.caller, visit.editor, visit.room.id, wanted)
        except DomainError as refusal:
            status = visit.refuse(typed, refusal)
        else:
            return visit.lead("/settings", N_("It is saved."))
    return await run_in_threadpool(_draw, visit, typed, form_name="class", status=status)


@router.post(f"{PATH}/code", dependencies=[limited("rotate-class-code", per_minute=CHANGES_PER_MINUTE)])
async def rotate(visit: AtManagedClass) -> Response:
    """Give the class another code."""
    try:
        await rotate_code(visit.context, visit.caller, visit.editor, visit.room.id)
    except DomainError as refusal:
        return visit.lead_refused("/settings", refusal)
    return visit.lead("/settings", N_("The class has a new code. The old one lets nobody in any more."))


@router.post(f"{PATH}/archive", dependencies=[limited("archive-class", per_minute=CHANGES_PER_MINUTE)])
async def archive(visit: AtManagedClass) -> Response:
    """Close the class, or open it again."""
    is_archived = (await sent_fields(visit.request)).get("is_archived") == "true"
    try:
        await archive_class(visit.context, visit.caller, visit.editor, visit.room.id, is_archived=is_archived)
    except DomainError as refusal:
        return visit.lead_refused("/settings", refusal)
    return visit.lead("/settings", N_("The class is archived.") if is_archived else N_("The class is open again."))


@router.post(f"{PATH}/owner", dependencies=[limited("transfer-class", per_minute=CHANGES_PER_MINUTE)])
async def transfer(visit: AtManagedClass) -> Response:
    """Hand the class over to another of its members."""
    typed = visit.typed({"is_meant": "", **await sent_fields(visit.request)})
    heir = uuid_of(typed.values.get("user_id", ""))
    if heir is None:
        typed.refuse("user_id", N_("Choose who is to own the class."))
    if typed.values["is_meant"] != "true":
        typed.refuse("is_meant", N_("Tick this: you can't take it back, the new owner can."))
    status = 422
    if heir is not None and not typed.errors:
        try:
            await transfer_class(visit.context, visit.caller, visit.editor, visit.room.id, heir)
        except DomainError as refusal:
            status = visit.refuse(typed, refusal)
        else:
            return visit.lead("", N_("The class is handed over. You stay as a manager."))
    return await run_in_threadpool(_draw, visit, typed, form_name="owner", status=status)


@router.post(f"{PATH}/deletion", dependencies=[limited("delete-class", per_minute=CHANGES_PER_MINUTE)])
async def delete(visit: AtManagedClass) -> Response:
    """Delete the class, with its documents and chats; its name, typed again, says that it is meant."""
    typed = visit.typed({"typed_name": "", **await sent_fields(visit.request)})
    status = 422
    if typed.values["typed_name"] != visit.room.name:
        typed.refuse("typed_name", N_("Type the class's name exactly as it is: {class_name}"), class_name=visit.room.name)
    else:
        try:
            await delete_class(visit.context, visit.caller, visit.editor, visit.room.id)
        except DomainError as refusal:
            status = visit.refuse(typed, refusal)
        else:
            return visit.context.pages.lead(visit.request, STUDY, N_("{name} is deleted."), name=visit.room.name)
    return await run_in_threadpool(_draw, visit, typed, form_name="deletion", status=status)


def _draw(visit: Visit, typed: Typed | None = None, *, form_name: str = "", status: int = 200) -> Response:
    room = visit.room
    with visit.context.database.read.connect() as connection:
        seen = read_class(connection, room.id, visit.caller.member_id)
        members = list_members(connection, room, at=visit.now, limit=HEIRS) if visit.standing.is_owner else []
    capacity = "" if room.capacity is None else str(room.capacity)
    own = {"name": room.name, "description": room.description, "capacity": capacity, "time_zone": room.time_zone}
    return visit.draw(
        "manage/settings",
        status=status,
        seen=seen,
        heirs=[(str(one.mine.member), one.display_name or one.student_id) for one in members if not one.is_owner and one.student_id],
        form={**own, "user_id": "", "is_meant": "", "typed_name": "", **(typed.values if typed else {})},
        form_name=form_name,
        errors=typed.errors if typed else {},
        max_name=MAX_NAME,
        max_description=MAX_DESCRIPTION,
    )
