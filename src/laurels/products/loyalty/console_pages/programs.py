"""The list of programs, creating one, its overview, its settings and its status."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.identity.editing import Editor
from laurels.identity.parts import origin_of
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty import queries
from laurels.products.loyalty.actions.programs import FOLLOWING, change_program, create_program
from laurels.products.loyalty.console_pages.desk import PATH, ROWS, STATUS_TONES, STATUS_WORDS, AtDesk, Desk
from laurels.products.loyalty.schemas.fields import check_currency
from laurels.products.loyalty.schemas.programs import ProgramBody, ProgramChange
from laurels.products.loyalty.tables import Program
from laurels.web.caller import AdminOnly, Caller, Role, Signed
from laurels.web.context import Context, Ctx
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.problems import status_of
from laurels.web.typed import Typed, sent_fields, typed_amount, typed_number

router = APIRouter()

JOINING_WORDS = {"open": N_("Anybody may join"), "invitation": N_("Only who is invited")}
_STATUS_SAID = {
    "draft": N_("The program is a draft still."),
    "active": N_("The program runs."),
    "paused": N_("The program is paused."),
    "archived": N_("The program is archived."),
}
_CREATED = N_("The program is created. Try its rules, then activate it.")
_FIRST_RULE = N_("Everything")
_CREATION_FIELDS = {"terms.rules.0.spend_per": "spend_per", "terms.rules.0.points": "points"}
_RATE_FIELDS = {"burn_rate.points": "burn_points", "burn_rate.value_minor": "burn_minor"}


@router.get(PATH)
def show_programs(request: Request, context: Ctx, caller: Signed, cursor: Cursor = None) -> Response:
    """The programs that somebody runs; for the community's admins all."""
    place = read_cursor(cursor, str, UUID)
    may_create = caller.role.covers(Role.ADMIN)
    with context.database.read.connect() as connection:
        after = (place[0], place[1]) if place else None
        rows = queries.list_programs(connection, caller, limit=ROWS + 1, after=after, only_run=not may_create)
    following = write_cursor(rows[ROWS - 1].name, rows[ROWS - 1].id) if len(rows) > ROWS else ""
    return context.pages.render(
        request,
        "loyalty/console/programs.html",
        caller=caller,
        programs=rows[:ROWS],
        may_create=may_create,
        status_words={key: context.pages.translate(request, word) for key, word in STATUS_WORDS.items()},
        status_tones=STATUS_TONES,
        joining_words={key: context.pages.translate(request, word) for key, word in JOINING_WORDS.items()},
        next_href=f"{PATH}?{urlencode({'cursor': following})}" if following else "",
        first_href=PATH if cursor else "",
    )


@router.get(f"{PATH}/new")
def show_creation(request: Request, context: Ctx, caller: AdminOnly) -> Response:
    """The form for a new program: all but its name has an answer already."""
    typed = Typed({"zone": context.settings.zone.key, "unit_name": context.pages.translate(request, N_("points"))}, say=str)
    return _draw_creation(request, context, caller, typed)


@router.post(f"{PATH}/new")
async def create(request: Request, context: Ctx, caller: AdminOnly, key: Annotated[RequestKey | None, keyed("create-program")]) -> Response:
    """Create a program, as a draft that nobody but its admins sees."""
    typed = Typed(await sent_fields(request), say=lambda text: context.pages.translate(request, text))
    body, status = _read_creation(typed), 422
    if body is not None:
        editor = Editor(caller, origin_of(request).address_hash)
        try:
            saved = await run_in_threadpool(create_program, context.database, editor, body.new(), now=context.clock.now(), request=key)
        except DomainError as refusal:
            typed.explain(refusal, context.pages.explain(request, refusal))
            status = status_of(type(refusal))
        else:
            return context.pages.lead(request, f"{PATH}/{saved.id}", _CREATED)
    return await run_in_threadpool(_draw_creation, request, context, caller, typed, status=status)


@router.get(f"{PATH}/{{program_id}}")
def show_program(desk: AtDesk) -> Response:
    """A program at a glance: what it gives, whether it runs, and what is left to do."""
    return _draw_program(desk, desk.typed({}))


@router.post(f"{PATH}/{{program_id}}/status")
async def change_status(desk: AtDesk) -> Response:
    """Activate, pause or archive a program."""
    typed = desk.typed(await sent_fields(desk.request))
    if typed.text("status") is None:
        typed.refuse("status", N_("Fill this in."))
    body, status = typed.check(ProgramChange, {"status": typed.text("status")}), 422
    if body is not None:
        try:
            await run_in_threadpool(_change, desk, typed, body.wanted())
        except DomainError as refusal:
            status = desk.refuse(typed, refusal, theirs=desk.say(N_("what is there now")))
        else:
            return desk.lead("", _STATUS_SAID[body.status])
    return await run_in_threadpool(_draw_program, desk, typed, status=status)


@router.get(f"{PATH}/{{program_id}}/settings")
def show_settings(desk: AtDesk) -> Response:
    """A program's name and what else isn't in its rules."""
    return draw_settings(desk, desk.typed(_typed_settings(desk.program)))


@router.post(f"{PATH}/{{program_id}}/settings")
async def change_settings(desk: AtDesk) -> Response:
    """Change a program's settings."""
    typed = desk.typed(await sent_fields(desk.request))
    body, status = _read_settings(typed, desk.program), 422
    if body is not None:
        try:
            await run_in_threadpool(_change, desk, typed, body.wanted())
        except DomainError as refusal:
            status = desk.refuse(typed, refusal, theirs=desk.say(N_("the settings as they are now")))
        else:
            return desk.lead("/settings", N_("The change is saved, and on record."))
    return await run_in_threadpool(draw_settings, desk, typed, status=status)


def _change(desk: Desk, typed: Typed, wanted: Mapping[str, Any]) -> None:
    change_program(desk.context.database, desk.editor, desk.program.id, wanted, expected=typed.expected(), now=desk.now)


def _read_creation(typed: Typed) -> ProgramBody | None:
    currency = _read_currency(typed)
    rule = {
        "name": typed.say(_FIRST_RULE),
        "spend_per": typed.money("spend_per", currency or ""),
        "points": typed.whole("points"),
    }
    known = {
        "name": typed.text("name"),
        "currency": currency,
        "zone": typed.text("zone"),
        "unit_name": typed.text("unit_name"),
        "joining": typed.text("joining"),
        "terms": {"rules": [{name: value for name, value in rule.items() if value is not None}]},
    }
    return typed.check(ProgramBody, known, place=lambda name: _CREATION_FIELDS.get(name, "points" if name.startswith("terms") else name))


def _read_currency(typed: Typed) -> str | None:
    """A currency's code in capitals; what is wrong with another is told in words for people."""
    code = typed.values.get("currency", "").upper() or None
    try:
        return code and check_currency(code)
    except ValueError as wrong:
        typed.refuse("currency", str(wrong))
        return None


def _read_settings(typed: Typed, program: Program) -> ProgramChange | None:
    rate = {"points": typed.whole("burn_points"), "value_minor": typed.money("burn_minor", program.currency)}
    given = {name: value for name, value in rate.items() if value is not None}
    known = {
        "name": typed.text("name") or "",
        "description": typed.values.get("description", ""),
        "unit_name": typed.text("unit_name") or "",
        "joining": typed.text("joining"),
        "confirm_minutes": typed.whole("confirm_minutes"),
        "grace_days": typed.whole("grace_days"),
        "burn_rate": given or None,
    }
    if program.status == "draft":
        known |= {"currency": _read_currency(typed), "zone": typed.text("zone") or ""}
    body = typed.check(ProgramChange, known, place=lambda name: _RATE_FIELDS.get(name, name))
    # Nothing typed means no rate: left out it would stay as it is.
    return body if body is None or given else body.model_copy(update={"burn_rate": None})


def _typed_settings(program: Program) -> dict[str, str]:
    return {
        "name": program.name,
        "description": program.description,
        "currency": program.currency,
        "zone": program.zone,
        "unit_name": program.unit_name,
        "joining": program.joining,
        "burn_points": typed_number(program.burn_points),
        "burn_minor": typed_amount(program.burn_minor, program.currency),
        "confirm_minutes": str(program.confirm_minutes),
        "grace_days": str(program.grace_days),
    }


def _draw_creation(request: Request, context: Context, caller: Caller, typed: Typed, *, status: int = 200) -> Response:
    return context.pages.render(
        request,
        "loyalty/console/program_new.html",
        caller=caller,
        status_code=status,
        form=typed.values,
        errors=typed.errors,
        joinings=[(key, context.pages.translate(request, word)) for key, word in JOINING_WORDS.items()],
    )


def _draw_program(desk: Desk, typed: Typed, *, status: int = 200) -> Response:
    with desk.context.database.read.connect() as connection:
        known = queries.load_configuration(connection, desk.program.id)
        rewards = queries.list_rewards(connection, desk.program.id, limit=ROWS, on_sale_at=desk.now)
        campaigns = queries.list_campaigns(connection, desk.program.id, limit=ROWS, live_at=desk.now)
        admins = queries.list_admins(connection, desk.program.id)
    desk = desk.at(known.program)  # what somebody else changed meanwhile is shown
    version = known.terms_at(desk.now)
    return desk.draw(
        "program",
        status=status,
        errors=typed.errors,
        terms=version.terms,
        version=version,
        wording=desk.wording,
        following=FOLLOWING[desk.program.status],
        joining_words=desk.words(JOINING_WORDS),
        rewards=len(rewards),
        campaigns=len(campaigns),
        many=ROWS,
        admins=admins,
    )


def draw_settings(desk: Desk, typed: Typed, *, status: int = 200) -> Response:
    """The page of a program's settings, with who runs it."""
    with desk.context.database.read.connect() as connection:
        current = queries.require_program_admin(connection, desk.caller, desk.program.id)
        admins = queries.list_admins(connection, desk.program.id)
    desk = desk.at(current)
    return desk.draw(
        "settings",
        status=status,
        form={**_typed_settings(current), "member": "", **typed.values},
        errors=typed.errors,
        joinings=desk.choices(JOINING_WORDS),
        admins=admins,
        may_name=desk.caller.role.covers(Role.ADMIN),
    )
