"""A program's campaigns: the list, one with its budget, and its end."""

from collections.abc import Mapping
from datetime import datetime
import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty import queries
from laurels.products.loyalty.actions.campaigns import add_campaign, change_campaign, end_campaign, fund_campaign
from laurels.products.loyalty.console_pages.desk import PATH, ROWS, AtDesk, Desk
from laurels.products.loyalty.queries import ShownCampaign
from laurels.products.loyalty.schemas.campaigns import BudgetBody, CampaignBody, CampaignChange
from laurels.products.loyalty.tables import CampaignRow
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.typed import Typed, sent_fields, typed_amount, typed_instant, typed_number

router = APIRouter(prefix=f"{PATH}/{{program_id}}/campaigns")

STATE_WORDS = {"now": N_("Running"), "later": N_("To come"), "over": N_("Ended")}
STATE_TONES = {"now": "ok", "later": "brand", "over": ""}
BONUS_WORDS = {"multiplier": N_("Multiplied points"), "extra": N_("Extra points")}

_THEIRS = N_("the campaign as it is now")


@router.get("")
def show_campaigns(desk: AtDesk, cursor: Cursor = None) -> Response:
    """A program's campaigns, the last to begin first."""
    place = read_cursor(cursor, datetime, UUID)
    with desk.context.database.read.connect() as connection:
        before = (place[0], place[1]) if place else None
        rows = queries.list_campaigns(connection, desk.program.id, limit=ROWS + 1, before=before)
    here = f"{desk.path}/campaigns"
    following = rows[ROWS - 1].row if len(rows) > ROWS else None
    return desk.draw(
        "campaigns",
        campaigns=[(one, _state(one.row, desk.now)) for one in rows[:ROWS]],
        states=desk.words(STATE_WORDS),
        tones=STATE_TONES,
        next_href=f"{here}?cursor={write_cursor(following.starts_at, following.id)}" if following else "",
        first_href=here if cursor else "",
    )


@router.get("/new")
def show_new_campaign(desk: AtDesk) -> Response:
    """The form for a campaign."""
    return _draw_new(desk, desk.typed({"bonus": "multiplier", "multiplier_percent": "200"}))


@router.post("/new")
async def create_campaign(desk: AtDesk, key: Annotated[RequestKey | None, keyed("add-campaign")]) -> Response:
    """Add a campaign, with its budget."""
    typed = desk.typed(await sent_fields(desk.request))
    known = _read(desk, typed) | {"budget": typed.whole("budget")}
    body, status = typed.check(CampaignBody, known), 422
    if body is not None:
        try:
            saved = await run_in_threadpool(
                add_campaign, desk.context.database, desk.editor, desk.program.id, body.new(), now=desk.now, request=key
            )
        except DomainError as refusal:
            status = desk.refuse(typed, refusal)
        else:
            return desk.lead(f"/campaigns/{saved.id}", N_("The campaign is added."))
    return await run_in_threadpool(_draw_new, desk, typed, status=status)


@router.get("/{campaign_id}")
def show_campaign(desk: AtDesk, campaign_id: UUID) -> Response:
    """One campaign."""
    return _draw(desk, campaign_id, desk.typed({}))


@router.post("/{campaign_id}")
async def save_campaign(desk: AtDesk, campaign_id: UUID) -> Response:
    """Change a campaign: all of it before it begins; then its name, its end, and whether a budget bounds it."""
    typed = desk.typed(await sent_fields(desk.request))
    known = _read(desk, typed) | {"has_budget": typed.is_ticked("has_budget")}
    body, status = typed.check(CampaignChange, known), 422
    if body is not None:
        wanted = body.wanted()
        if "bonus" in typed.values:
            wanted |= {name: known[name] for name in ("multiplier_percent", "extra_points")}
        try:
            await run_in_threadpool(_change, desk, campaign_id, typed, wanted)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal, theirs=desk.say(_THEIRS))
        else:
            return desk.lead(f"/campaigns/{campaign_id}", N_("The change is saved, and on record."))
    return await run_in_threadpool(_draw, desk, campaign_id, typed, status=status)


@router.post("/{campaign_id}/budget")
async def change_budget(desk: AtDesk, campaign_id: UUID, key: Annotated[RequestKey | None, keyed("fund-campaign")]) -> Response:
    """Add points to a campaign's budget, or take back what it has left."""
    typed = desk.typed(await sent_fields(desk.request))
    body, status = typed.check(BudgetBody, {"points": typed.whole("points")}), 422
    if body is not None:
        try:
            await run_in_threadpool(
                fund_campaign, desk.context.database, desk.editor, desk.program.id, campaign_id, body.points, now=desk.now, request=key
            )
        except DomainError as refusal:
            status = desk.refuse(typed, refusal)
        else:
            return desk.lead(f"/campaigns/{campaign_id}", N_("The budget is changed."))
    return await run_in_threadpool(_draw, desk, campaign_id, typed, status=status)


@router.post("/{campaign_id}/end")
async def stop_campaign(desk: AtDesk, campaign_id: UUID) -> Response:
    """End a campaign that runs, or remove one that hasn't begun."""
    typed = desk.typed(await sent_fields(desk.request))
    try:
        ended = await run_in_threadpool(_end, desk, campaign_id, typed)
    except DomainError as refusal:
        status = desk.refuse(typed, refusal, theirs=desk.say(_THEIRS))
        return await run_in_threadpool(_draw, desk, campaign_id, typed, status=status)
    if ended is None:
        return desk.lead("/campaigns", N_("The campaign is removed: it hadn't begun."))
    return desk.lead(f"/campaigns/{campaign_id}", N_("The campaign has ended."))


def _change(desk: Desk, campaign_id: UUID, typed: Typed, wanted: Mapping[str, Any]) -> None:
    change_campaign(desk.context.database, desk.editor, desk.program.id, campaign_id, wanted, expected=typed.expected(), now=desk.now)


def _end(desk: Desk, campaign_id: UUID, typed: Typed) -> CampaignRow | None:
    return end_campaign(desk.context.database, desk.editor, desk.program.id, campaign_id, expected=typed.expected(), now=desk.now)


def _read(desk: Desk, typed: Typed) -> dict[str, Any]:
    """The fields of a campaign; one that runs sends its name and its end alone."""
    known: dict[str, Any] = {"name": typed.text("name"), "ends_at": typed.instant("ends_at", desk.zone)}
    for name in ("name", "ends_at"):
        if not typed.text(name):
            typed.refuse(name, N_("Fill this in."))
    if "bonus" not in typed.values:
        return known
    is_extra = typed.text("bonus") == "extra"
    bonus = "extra_points" if is_extra else "multiplier_percent"
    if not typed.text(bonus):
        typed.refuse(bonus, N_("Fill this in."))
    return known | {
        "starts_at": typed.instant("starts_at", desk.zone),
        "multiplier_percent": None if is_extra else typed.whole("multiplier_percent"),
        "extra_points": typed.whole("extra_points") if is_extra else None,
        "minimum_spend": typed.money("minimum_spend", desk.program.currency) or 0,
        "categories": typed.lines("categories"),
    }


def _typed(row: CampaignRow, desk: Desk) -> dict[str, str]:
    return {
        "name": row.name,
        "starts_at": typed_instant(row.starts_at, desk.zone),
        "ends_at": typed_instant(row.ends_at, desk.zone),
        "bonus": "multiplier" if row.extra_points is None else "extra",
        "multiplier_percent": typed_number(row.multiplier_percent),
        "extra_points": typed_number(row.extra_points),
        "minimum_spend": typed_amount(row.minimum_spend or None, desk.program.currency),
        "categories": "\n".join(json.loads(row.categories)),
    }


def _draw_new(desk: Desk, typed: Typed, *, status: int = 200) -> Response:
    return desk.draw(
        "campaign_new",
        status=status,
        form=typed.values,
        errors=typed.errors,
        bonuses=desk.choices(BONUS_WORDS),
        may_change_all=True,
    )


def _draw(desk: Desk, campaign_id: UUID, typed: Typed, *, status: int = 200) -> Response:
    with desk.context.database.read.connect() as connection:
        found: ShownCampaign = queries.get_campaign(connection, desk.program.id, campaign_id)
    state = _state(found.row, desk.now)
    return desk.draw(
        "campaign",
        status=status,
        campaign=found.row,
        budget_left=found.budget_left,
        categories=json.loads(found.row.categories),
        state=state,
        states=desk.words(STATE_WORDS),
        tones=STATE_TONES,
        form={**_typed(found.row, desk), **typed.values},
        has_budget=typed.is_ticked("has_budget") if "name" in typed.values else found.row.has_budget,
        errors=typed.errors,
        bonuses=desk.choices(BONUS_WORDS),
        may_change_all=state == "later" or desk.program.status == "draft",
    )


def _state(row: CampaignRow, now: datetime) -> str:
    return "later" if row.starts_at > now else "over" if row.ends_at <= now else "now"
