"""Study's pages for members: their classes, joining and making one, a class, and leaving it.

Every form works as a plain POST that leads on to a page. Documents, chats, usage
and what managers do have modules of their own.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import Denied, DomainError, Missing
from laurels.identity.desks import Desk
from laurels.ledger.writer import RequestKey
from laurels.products.study.accounts import BOOK
from laurels.products.study.actions.classes import NewClass, create_class, join_class, leave_class, require_creator
from laurels.products.study.bounds import MAX_DESCRIPTION, MAX_NAME, MAX_QUESTION
from laurels.products.study.decisions.documents import Shelf
from laurels.products.study.desk import DeskParts
from laurels.products.study.in_words import budget_alerts, permissions_words
from laurels.products.study.queries.cards import find_door, list_cards
from laurels.products.study.queries.classes import names_of, read_class
from laurels.products.study.queries.documents import see_shelf
from laurels.products.study.queries.sessions import list_sessions, list_shared
from laurels.products.study.queries.usage import read_my_use
from laurels.products.study.rules.codes import is_code, read_code, spell_code
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.schemas.classes import ClassBody, JoinBody
from laurels.products.study.visits import CLASSES, STUDY, AtClass, path_of
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import Pages, Section, is_partial, see_other
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import address
from laurels.web.typed import Typed, sent_fields

router = APIRouter(include_in_schema=False)

CARDS = 24
HOME_CLASSES = 3
CHATS = 10
SHARED = 10
DOCUMENTS = 20
"""As many as the list has that a script fetches anew."""
LOOKS_PER_MINUTE = 20
"""Codes have 40 bits: nobody guesses one at this pace."""
CHANGES_PER_MINUTE = 20

_NO_SUCH_CODE = N_("No class has this code. Look at it again: letters O and I aren't in it, nor the digits 0 and 1.")


@router.get(STUDY)
def show_classes(request: Request, context: Ctx, caller: Signed, cursor: Cursor = None) -> Response:
    """The classes that a member is in, and the forms to join or make another one."""
    return _draw(Desk(request, context, caller), cursor=cursor)


@router.get(f"{STUDY}/join", dependencies=[limited("look-behind-code", per_minute=LOOKS_PER_MINUTE)])
def show_join(request: Request, context: Ctx, caller: Signed, code: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Whom a link to join leads to, before anything happens."""
    desk = Desk(request, context, caller)
    typed = desk.typed({"class_code": code} if code else {})
    return _draw_door(desk, typed)


@router.post(f"{STUDY}/join", dependencies=[limited("join-class", per_minute=LOOKS_PER_MINUTE, book=BOOK)])
async def join(request: Request, context: Ctx, caller: Signed, key: Annotated[RequestKey | None, keyed("join-class")]) -> Response:
    """Join the class that a code lets into."""
    desk = Desk(request, context, caller)
    typed = desk.typed({"class_code": "", **await sent_fields(request)})
    body, status = typed.check(JoinBody, {"class_code": typed.text("class_code")}), 422
    if body is not None:
        try:
            posted = await join_class(context, caller, body.class_code, request=key)
        except Missing:
            typed.refuse("class_code", _NO_SUCH_CODE)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal)
        else:
            return context.pages.lead(request, path_of(posted.answer.class_id), N_("Welcome to the class."))
    return await run_in_threadpool(_draw_door, desk, typed, status=status)


@router.post(CLASSES, dependencies=[limited("create-class", per_minute=CHANGES_PER_MINUTE, book=BOOK)])
async def create(request: Request, context: Ctx, caller: Signed, key: Annotated[RequestKey | None, keyed("create-class")]) -> Response:
    """Make a class."""
    desk = Desk(request, context, caller)
    typed = desk.typed(await sent_fields(request))
    body = typed.check(ClassBody, {"name": typed.text("name"), "description": typed.text("description")})
    status = 422
    if body is not None:
        try:
            posted = await create_class(context, caller, NewClass(body.name, body.description), request=key)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal)
        else:
            said = N_("The class is made. Upload its documents, and pass its code on.")
            return context.pages.lead(request, path_of(posted.answer.class_id), said)
    return await run_in_threadpool(_draw, desk, typed, form_name="create", status=status)


@router.get(f"{CLASSES}/{{class_id}}")
def show_class(visit: AtClass, desk: DeskParts, cursor: Cursor = None) -> Response:
    """A class: one's chats, its documents, what others share, and one's tokens in it."""
    place, room, member = read_cursor(cursor, datetime, UUID), visit.room, visit.caller.member_id
    with visit.context.database.read.connect() as connection:
        seen = read_class(connection, room.id, member)
        use = read_my_use(connection, visit.standing, at=visit.now)
        before = (place[0], place[1]) if place else None
        chats = list_sessions(connection, member, limit=CHATS, class_id=room.id, before=before)
        may_read = visit.standing.may(Permission.READ)
        shared = list_shared(connection, room.id, member, limit=SHARED) if may_read else []
        on_shelf = see_shelf(connection, Shelf(room.id), member, limit=DOCUMENTS) if may_read else None
    last = chats[CHATS - 1].row if len(chats) > CHATS else None
    return visit.draw(
        "pages/class",
        topics="me",
        seen=seen,
        owner_name=seen.owner_name,
        use=use,
        alerts=budget_alerts(visit.say, [use]),
        chats=chats[:CHATS],
        shared=shared[:SHARED],
        next_href=address(visit.path, {"cursor": write_cursor(last.updated_at, last.id)}) if last else "",
        first_href=visit.path if cursor else "",
        has_model=desk.model is not None,
        form={},
        errors={},
        max_question=MAX_QUESTION,
        on_shelf=on_shelf,
        max_mebibytes=visit.context.settings.study_max_file_mebibytes,
    )


@router.get(f"{CLASSES}/{{class_id}}/tokens")
def show_tokens(visit: AtClass) -> Response:
    """One's tokens in the class, for a script to put in place; a browser is led to the class."""
    if not is_partial(visit.request):
        return see_other(visit.path)
    with visit.context.database.read.connect() as connection:
        use = read_my_use(connection, visit.standing, at=visit.now)
        names = names_of(connection, {visit.room.owner_id})
    return visit.draw("partials/tokens", is_part=True, use=use, owner_name=names.get(visit.room.owner_id))


@router.get(f"{CLASSES}/{{class_id}}/leave")
def confirm_leaving(visit: AtClass) -> Response:
    """What leaving means, before anything happens."""
    return visit.draw("pages/leave", errors={})


@router.post(f"{CLASSES}/{{class_id}}/leave", dependencies=[limited("leave-class", per_minute=CHANGES_PER_MINUTE)])
async def leave(visit: AtClass) -> Response:
    """Leave a class."""
    try:
        await leave_class(visit.context, visit.caller, visit.room.id)
    except DomainError as refusal:
        typed = visit.typed({})
        status = visit.refuse(typed, refusal)
        return await run_in_threadpool(visit.draw, "pages/leave", status=status, errors=typed.errors)
    return visit.context.pages.lead(visit.request, STUDY, N_("You have left {name}."), name=visit.room.name)


def read_study_card(context: Context, caller: Caller) -> dict[str, Any]:
    """What home shows of study: some open classes of a member's."""
    with context.database.read.connect() as connection:
        return {"study_cards": list_cards(connection, caller.member_id, at=context.clock.now(), limit=HOME_CLASSES, is_active=True)}


def _draw(desk: Desk, typed: Typed | None = None, *, form_name: str = "", status: int = 200, cursor: str | None = None) -> Response:
    place, member = read_cursor(cursor, datetime, UUID), desk.caller.member_id
    with desk.context.database.read.connect() as connection:
        before = (place[0], place[1]) if place else None
        found = list_cards(connection, member, at=desk.now, limit=CARDS + 1, before=before)
    last = found[CARDS - 1].seen.standing.room if len(found) > CARDS else None
    cards = sorted(found[:CARDS], key=lambda one: not one.seen.standing.room.is_active)  # archived ones stand last
    roles = {
        one.seen.standing.room.id: permissions_words(desk.say, one.seen.standing.permissions, is_owner=one.seen.standing.is_owner)
        for one in cards
    }
    return desk.context.pages.render(
        desk.request,
        "study/pages/classes.html",
        caller=desk.caller,
        status_code=status,
        cards=cards,
        roles=roles,
        alerts=budget_alerts(desk.say, [one.use for one in cards]),
        may_create=_may_create(desk),
        form_name=form_name,
        form=typed.values if typed else {},
        errors=typed.errors if typed else {},
        next_href=address(STUDY, {"cursor": write_cursor(last.created_at, last.id)}) if last else "",
        first_href=STUDY if cursor else "",
        max_name=MAX_NAME,
        max_description=MAX_DESCRIPTION,
    )


def _draw_door(desk: Desk, typed: Typed, *, status: int = 200) -> Response:
    """The class behind a code, or, where there is none, the form to type one."""
    code = read_code(typed.values.get("class_code", ""))
    with desk.context.database.read.connect() as connection:
        door = find_door(connection, code) if is_code(code) else None
    if door is None and typed.text("class_code"):
        typed.refuse("class_code", _NO_SUCH_CODE)
    elif door is not None and not typed.errors:
        typed.values["class_code"] = spell_code(code)
    shown = door if door is not None and "class_code" not in typed.errors else None
    return desk.context.pages.render(
        desk.request,
        "study/pages/join.html",
        caller=desk.caller,
        status_code=status,
        room=shown.room if shown else None,
        owner_name=shown.owner_name if shown else "",
        form=typed.values,
        errors=typed.errors,
    )


def _may_create(desk: Desk) -> bool:
    try:
        require_creator(desk.context.settings, desk.caller)
    except Denied:
        return False
    return True


def add_to(pages: Pages) -> None:
    """Register study's templates, and its place in the navigation."""
    pages.add_templates("study", Path(__file__).parent / "templates")
    pages.add_sections(Section(label=N_("Study"), short=N_("Study"), icon="book", path=STUDY, gives_way=True, order=22))
