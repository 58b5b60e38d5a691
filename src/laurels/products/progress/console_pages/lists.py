"""The lists of what staff set: each thing's page, and the forms that add and change it. What there is, `papers` says."""

from typing import Annotated, Any, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError, Missing
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.seasons import remove_season
from laurels.products.progress.console_pages.controls import SPARE_ROWS, begun, is_untouched, place_in, read, rows_of, shown
from laurels.products.progress.console_pages.desk import PATH, AtDesk, Desk
from laurels.products.progress.console_pages.papers import PAPERS, Paper
from laurels.products.progress.console_pages.previews import PREVIEWED, preview_of
from laurels.products.progress.console_pages.words import SEASON_LABELS, SEASON_TONES, TRIGGER_LABELS
from laurels.products.progress.in_words import type_options
from laurels.products.progress.queries.definitions import (
    QUESTS,
    SEASONS,
    TOPICS,
    SeasonStatus,
    get_definition,
    list_definitions,
    season_status,
)
from laurels.products.progress.rules import OPEN_TYPES
from laurels.products.progress.schemas.definition_fields import known_name
from laurels.products.progress.tables import SeasonRow
from laurels.web.forms import uuid_of
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.typed import Typed, sent_fields

router = APIRouter(prefix=f"{PATH}/{{part}}")

ROWS = 50
"""Rows of a page of a list."""

_THEIRS = N_("it as it is now")


async def paper_of(part: str) -> Paper:
    """The list that an address names.

    Raises:
        Missing: there is none.
    """
    found = PAPERS.get(part)
    if found is None:
        raise Missing(what="page")
    return found


OnPaper: TypeAlias = Annotated[Paper, Depends(paper_of)]


@router.get("")
def show_list(desk: AtDesk, paper: OnPaper, cursor: Cursor = None) -> Response:
    """All of a kind, those put aside too."""
    paged = paper.kind is QUESTS
    place = read_cursor(cursor, UUID) if paged else None
    with desk.context.database.read.connect() as connection:
        rows = list_definitions(connection, paper.kind, limit=ROWS + 1 if paged else None, after=tuple(place) if place else None)
    last = rows[ROWS - 1] if paged and len(rows) > ROWS else None
    here = f"{PATH}/{paper.part}"
    return desk.draw(
        "list",
        paper=paper,
        rows=[(row, paper.key_of(row), _name(desk, row), _state(desk, row)) for row in (rows[:ROWS] if paged else rows)],
        next_href=f"{here}?cursor={write_cursor(last.id)}" if last else "",
        first_href=here if cursor else "",
    )


@router.get("/new")
def show_new(desk: AtDesk, paper: OnPaper) -> Response:
    """The form for a new one."""
    return _draw_new(desk, paper, desk.typed(begun(paper.fields)))


@router.post("/new")
async def add_new(desk: AtDesk, paper: OnPaper, key: Annotated[RequestKey | None, keyed("add-to-progress")]) -> Response:
    """Add one."""
    if paper.add is None:
        raise Missing(what="page")
    sent = await sent_fields(desk.request)
    wish, typed = sent.pop("do", "save"), desk.typed(sent)
    known = read(paper.fields, typed, desk.zone)
    body, status = typed.check(paper.body, known, place=_placing(typed)), 422
    if wish == "preview":
        return await run_in_threadpool(_draw_new, desk, paper, typed, status=status if body is None else 200, preview=body and known)
    if body is not None:
        try:
            await run_in_threadpool(paper.add, desk.context.database, desk.editor, body.new(), now=desk.now, request=key)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal)
        else:
            return desk.lead(f"/{paper.part}", N_("{title} is added."), title=typed.text("title") or "")
    return await run_in_threadpool(_draw_new, desk, paper, typed, status=status)


@router.get("/{key}")
def show_one(desk: AtDesk, paper: OnPaper, key: str) -> Response:
    """One, with the form that changes it."""
    return _draw(desk, paper, _known(paper, key), desk.typed({}))


@router.post("/{key}")
async def change_one(desk: AtDesk, paper: OnPaper, key: str) -> Response:
    """Change one, as long as nobody else has since the form was drawn."""
    sent = await sent_fields(desk.request)
    named, wish, typed = _known(paper, key), sent.pop("do", "save"), desk.typed(sent)
    known = read([each for each in paper.fields if not each.is_fixed], typed, desk.zone)
    body, status = typed.check(paper.change_body, known, place=_placing(typed)), 422
    if wish == "preview":
        return await run_in_threadpool(_draw, desk, paper, named, typed, status=status if body is None else 200, preview=body and known)
    if body is not None:
        emptied = {each.name: None for each in paper.fields if each.is_optional and each.name in known and known[each.name] is None}
        try:
            await run_in_threadpool(_change, desk, paper, named, typed, body.wanted() | emptied)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal, theirs=desk.say(_THEIRS))
        else:
            return desk.lead(f"/{paper.part}/{key}", N_("The change is saved, and on record."))
    return await run_in_threadpool(_draw, desk, paper, named, typed, status=status)


@router.post("/{key}/removal")
async def remove_one(desk: AtDesk, paper: OnPaper, key: str) -> Response:
    """Remove a season that hasn't begun: nothing else can be removed."""
    if paper.kind is not SEASONS:
        raise Missing(what="page")
    named, typed = _known(paper, key), desk.typed(await sent_fields(desk.request))
    try:
        await run_in_threadpool(remove_season, desk.context.database, desk.editor, named, expected=typed.expected(), now=desk.now)
    except DomainError as refusal:
        status = desk.refuse(typed, refusal, theirs=desk.say(_THEIRS))
        return await run_in_threadpool(_draw, desk, paper, named, desk.typed({}), status=status, problem=typed.errors["form"])
    return desk.lead(f"/{paper.part}", N_("The season is removed: it hadn't begun."))


def _change(desk: Desk, paper: Paper, key: Any, typed: Typed, wanted: dict[str, Any]) -> None:
    with desk.context.database.read.connect() as connection:
        before = shown(paper.fields, get_definition(connection, paper.kind, key), desk.zone)
    untouched = {each.name for each in paper.fields if is_untouched(each, typed.values, before)}
    touched = {name: value for name, value in wanted.items() if name not in untouched}
    paper.change(desk.context.database, desk.editor, key, touched, expected=typed.expected(), now=desk.now)


def _known(paper: Paper, key: str) -> Any:
    """A key as the list has it.

    Raises:
        Missing: it is none that anything can have.
    """
    if paper.kind not in (QUESTS, SEASONS):
        return known_name(key, what=paper.kind.noun)
    found = uuid_of(key)
    if found is None:
        raise Missing(what=paper.kind.noun)
    return found


def _placing(typed: Typed) -> Any:
    rows = {"multipliers": rows_of(typed.values, "multipliers")}
    return lambda name: place_in(rows, name)


def _name(desk: Desk, row: Any) -> str:
    """What one is called."""
    return str(row.title) if hasattr(row, "title") else desk.say(TRIGGER_LABELS[row.trigger])


def _state(desk: Desk, row: Any) -> tuple[str, str]:
    """The words and the tone of how one stands."""
    if isinstance(row, SeasonRow):
        status = season_status(row, desk.now).value
        return desk.say(SEASON_LABELS[status]), SEASON_TONES.get(status, "")
    if not hasattr(row, "is_active"):
        return (desk.say(N_("Awards points")), "ok") if row.points else (desk.say(N_("Off")), "")
    return (desk.say(N_("Active")), "ok") if row.is_active else (desk.say(N_("Put aside")), "")


def _draw_new(desk: Desk, paper: Paper, typed: Typed, *, status: int = 200, preview: dict[str, Any] | None = None) -> Response:
    if paper.add is None:
        raise Missing(what="page")
    return desk.draw(
        "new",
        status=status,
        paper=paper,
        form=typed.values,
        errors=typed.errors,
        is_new=True,
        **_around(desk, paper, typed.values, preview),
    )


def _draw(
    desk: Desk, paper: Paper, key: Any, typed: Typed, *, status: int = 200, problem: str = "", preview: dict[str, Any] | None = None
) -> Response:
    with desk.context.database.read.connect() as connection:
        row = get_definition(connection, paper.kind, key)
    form = typed.values or shown(paper.fields, row, desk.zone)
    return desk.draw(
        "one",
        status=status,
        paper=paper,
        row=row,
        here=f"{PATH}/{paper.part}/{key}",
        name=_name(desk, row),
        state=_state(desk, row),
        can_be_removed=isinstance(row, SeasonRow) and season_status(row, desk.now) is SeasonStatus.PLANNED,
        form=form,
        errors=typed.errors,
        problem=problem,
        is_new=False,
        **_around(desk, paper, form, preview, row),
    )


def _around(desk: Desk, paper: Paper, form: dict[str, str], preview: dict[str, Any] | None, row: Any = None) -> dict[str, Any]:
    """What forms choose from, and what they would make."""
    with desk.context.database.read.connect() as connection:
        topics = [(topic.slug, topic.title) for topic in list_definitions(connection, TOPICS)]
        seen = preview_of(connection, paper, preview, row) if preview and paper.part in PREVIEWED else None
    return {
        "topics_listed": topics,
        "topic_titles": dict(topics),
        "open_types": type_options(desk.say, OPEN_TYPES),
        "multipliers": rows_of(form, "multipliers", spare=SPARE_ROWS),
        "can_be_previewed": paper.part in PREVIEWED,
        "preview": seen,
    }
