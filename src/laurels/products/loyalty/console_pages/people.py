"""The people of a program: its members, those invited, and who runs it."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.core.text import normalize_line
from laurels.identity.queries import find_member_by_name, get_member
from laurels.identity.tables import Member
from laurels.products.loyalty import queries
from laurels.products.loyalty.actions.people import add_admin, invite, remove_admin, withdraw_invitation
from laurels.products.loyalty.console_pages.desk import PATH, ROWS, AtDesk, Desk
from laurels.products.loyalty.console_pages.programs import draw_settings
from laurels.products.loyalty.queries import Configuration
from laurels.products.loyalty.queries.current import read_current
from laurels.products.loyalty.queries.history import list_history
from laurels.products.loyalty.queries.lots import list_lots
from laurels.products.loyalty.queries.points import read_balance
from laurels.products.loyalty.wording import KIND_LABELS, STATE_LABELS, STATE_TONES
from laurels.web.caller import AdminOnly
from laurels.web.language import N_
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.typed import Typed, sent_fields

router = APIRouter(prefix=f"{PATH}/{{program_id}}")

LINES = 25
"""Lots, and lines of the history, of one member's page."""

Word = Annotated[str, Query(max_length=100)]


@router.get("/members")
def show_members(desk: AtDesk, q: Word = "", former: Word = "", cursor: Cursor = None) -> Response:
    """Who belongs to the program, and who is invited."""
    return _draw_members(desk, desk.typed({}), q=q, former=former, cursor=cursor)


@router.get("/members/{member_id}")
def show_member(desk: AtDesk, member_id: UUID, cursor: Cursor = None) -> Response:
    """One member's points: what they have, the lots that it is in, and what moved."""
    place = read_cursor(cursor, int, int)
    before = (place[0], place[1]) if place else None

    def read(connection: Connection, known: Configuration) -> dict[str, Any]:
        return {
            "member": get_member(connection, member_id),
            "balance": read_balance(connection, known, member_id, at=desk.now),
            "lots": list_lots(connection, known, member_id, at=desk.now, limit=LINES),
            "history": list_history(connection, desk.program.id, member_id, limit=LINES, before=before),
        }

    values = read_current(desk.context.database, desk.program.id, read)
    here, following = f"{desk.path}/members/{member_id}", values["history"].following
    return desk.draw(
        "member",
        **values,
        most=LINES,
        kind_labels=KIND_LABELS,
        state_labels=STATE_LABELS,
        state_tones=STATE_TONES,
        next_href=f"{here}?cursor={write_cursor(*following)}" if following else "",
        first_href=here if cursor else "",
    )


@router.post("/invitations")
async def invite_member(desk: AtDesk) -> Response:
    """Let somebody join a program that is joined by invitation."""
    typed = desk.typed(await sent_fields(desk.request))
    status = await run_in_threadpool(_with_member, desk, typed, lambda found: _invite(desk, found))
    if status == 303:
        return desk.lead("/members", N_("They are invited."))
    return await run_in_threadpool(_draw_members, desk, typed, status=status)


@router.post("/invitations/{member_id}/removal")
async def withdraw(desk: AtDesk, member_id: UUID) -> Response:
    """Take an invitation back."""
    await run_in_threadpool(withdraw_invitation, desk.context.database, desk.editor, desk.program.id, member_id, now=desk.now)
    return desk.lead("/members", N_("The invitation is taken back."))


@router.post("/admins")
async def name_admin(_caller: AdminOnly, desk: AtDesk) -> Response:
    """Have a member run the program: for the community's admins."""
    typed = desk.typed(await sent_fields(desk.request))
    status = await run_in_threadpool(_with_member, desk, typed, lambda found: _name(desk, found))
    if status == 303:
        return desk.lead("/settings", N_("They run the program now."))
    return await run_in_threadpool(draw_settings, desk, typed, status=status)


@router.post("/admins/{member_id}/removal")
async def dismiss_admin(_caller: AdminOnly, desk: AtDesk, member_id: UUID) -> Response:
    """Have a member no longer run the program: for the community's admins."""
    await run_in_threadpool(remove_admin, desk.context.database, desk.editor, desk.program.id, member_id, now=desk.now)
    return desk.lead("/settings", N_("They no longer run the program."))


def _with_member(desk: Desk, typed: Typed, do: Callable[[Member], object]) -> int:
    """Find who was typed and do something about them; gives 303, or the status of a refusal, which is noted."""
    name = typed.text("member")
    if name is None:
        typed.refuse("member", N_("Type a student id."))
        return 422
    with desk.context.database.read.connect() as connection:
        found = find_member_by_name(connection, name)
    if found is None or found.status == "deleted":
        typed.refuse("member", N_("Nobody is known by that name."))
        return 422
    try:
        do(found)
    except DomainError as refusal:
        status = desk.refuse(typed, refusal)
        typed.errors = {"member": next(iter(typed.errors.values()))}
        return status
    return 303


def _invite(desk: Desk, found: Member) -> None:
    invite(desk.context.database, desk.editor, desk.program.id, found.id, now=desk.now)


def _name(desk: Desk, found: Member) -> None:
    add_admin(desk.context.database, desk.editor, desk.program.id, found.id, now=desk.now)


def _draw_members(desk: Desk, typed: Typed, *, q: str = "", former: str = "", cursor: str | None = None, status: int = 200) -> Response:
    question, with_former, place = _line(q), former == "true", read_cursor(cursor, str)
    with desk.context.database.read.connect() as connection:
        rows = queries.list_program_members(
            connection, desk.program.id, limit=ROWS + 1, question=question, after=place[0] if place else None, with_former=with_former
        )
        invited = queries.list_invitations(connection, desk.program.id, limit=ROWS + 1)
        terms = queries.load_configuration(connection, desk.program.id).terms_at(desk.now).terms
    here = f"{desk.path}/members"
    kept = {name: value for name, value in {"q": question, "former": "true" if with_former else ""}.items() if value}
    following = {**kept, "cursor": write_cursor(rows[ROWS - 1].student_order)} if len(rows) > ROWS else None
    return desk.draw(
        "members",
        status=status,
        members=rows[:ROWS],
        invited=invited[:ROWS],
        has_more_invited=len(invited) > ROWS,
        tiers=terms.tiers,
        asked={"q": question, "former": with_former},
        form=typed.values,
        errors=typed.errors,
        next_href=f"{here}?{urlencode(following)}" if following else "",
        first_href=f"{here}?{urlencode(kept)}" if cursor else "",
    )


def _line(text: str) -> str:
    try:
        return normalize_line(text)
    except ValueError:
        return ""  # what nobody's name can hold finds nobody in particular
