"""A program's catalogue: the list, one reward with its stock and a code as its vouchers have them."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty import queries
from laurels.products.loyalty.actions.rewards import add_reward, change_reward, change_stock
from laurels.products.loyalty.console_pages.desk import PATH, ROWS, AtDesk, Desk
from laurels.products.loyalty.queries import ShownReward
from laurels.products.loyalty.schemas.rewards import PiecesBody, RewardBody, RewardChange
from laurels.products.loyalty.tables import Reward
from laurels.vouchers.patterns import draw_by
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.typed import Typed, sent_fields, typed_instant, typed_number

router = APIRouter(prefix=f"{PATH}/{{program_id}}/rewards")

_THEIRS = N_("the reward as it is now")
_OPTIONAL = ("per_member", "on_sale_from", "on_sale_until", "voucher_pattern", "voucher_days")
"""What of a reward may be left empty; emptied in a change it is taken away."""


@router.get("")
def show_rewards(desk: AtDesk, cursor: Cursor = None) -> Response:
    """A program's rewards, the cheapest first, archived ones too."""
    place = read_cursor(cursor, int, UUID)
    with desk.context.database.read.connect() as connection:
        after = (place[0], place[1]) if place else None
        rows = queries.list_rewards(connection, desk.program.id, limit=ROWS + 1, after=after, with_archived=True)
    here = f"{desk.path}/rewards"
    following = rows[ROWS - 1].row if len(rows) > ROWS else None
    return desk.draw(
        "rewards",
        rewards=rows[:ROWS],
        next_href=f"{here}?cursor={write_cursor(following.cost, following.id)}" if following else "",
        first_href=here if cursor else "",
    )


@router.get("/new")
def show_new_reward(desk: AtDesk) -> Response:
    """The form for a reward."""
    return _draw_new(desk, desk.typed({}))


@router.post("/new")
async def create_reward(desk: AtDesk, key: Annotated[RequestKey | None, keyed("add-reward")]) -> Response:
    """Put a reward into the catalogue, with its stock."""
    typed = desk.typed(await sent_fields(desk.request))
    known = {"name": typed.text("name"), **_read(desk, typed), "stock": typed.whole("stock")}
    body, status = typed.check(RewardBody, known), 422
    if body is not None:
        try:
            saved = await run_in_threadpool(
                add_reward, desk.context.database, desk.editor, desk.program.id, body.new(), now=desk.now, request=key
            )
        except DomainError as refusal:
            status = desk.refuse(typed, refusal)
        else:
            return desk.lead(f"/rewards/{saved.id}", N_("The reward is in the catalogue."))
    return await run_in_threadpool(_draw_new, desk, typed, status=status)


@router.get("/{reward_id}")
def show_reward(desk: AtDesk, reward_id: UUID) -> Response:
    """One reward."""
    return _draw(desk, reward_id, desk.typed({}))


@router.post("/{reward_id}")
async def save_reward(desk: AtDesk, reward_id: UUID) -> Response:
    """Change a reward; what was taken before keeps what it was taken for."""
    typed = desk.typed(await sent_fields(desk.request))
    for name in ("name", "cost"):
        if not typed.text(name):
            typed.refuse(name, N_("Fill this in."))
    read = {"name": typed.text("name"), **_read(desk, typed), "has_stock": typed.is_ticked("has_stock")}
    body, status = typed.check(RewardChange, read), 422
    if body is not None:
        emptied = {name: None for name in _OPTIONAL if read[name] is None}
        try:
            await run_in_threadpool(_change, desk, reward_id, typed, body.wanted() | emptied)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal, theirs=desk.say(_THEIRS))
        else:
            return desk.lead(f"/rewards/{reward_id}", N_("The change is saved, and on record."))
    return await run_in_threadpool(_draw, desk, reward_id, typed, status=status)


@router.post("/{reward_id}/stock")
async def change_pieces(desk: AtDesk, reward_id: UUID, key: Annotated[RequestKey | None, keyed("change-stock")]) -> Response:
    """Add pieces to a reward's stock, or take unsold ones out."""
    typed = desk.typed(await sent_fields(desk.request))
    body, status = typed.check(PiecesBody, {"added": typed.whole("added")}), 422
    if body is not None:
        try:
            await run_in_threadpool(
                change_stock, desk.context.database, desk.editor, desk.program.id, reward_id, body.added, now=desk.now, request=key
            )
        except DomainError as refusal:
            status = desk.refuse(typed, refusal)
        else:
            return desk.lead(f"/rewards/{reward_id}", N_("The stock is changed."))
    return await run_in_threadpool(_draw, desk, reward_id, typed, status=status)


@router.post("/{reward_id}/archive")
async def archive_or_restore(desk: AtDesk, reward_id: UUID) -> Response:
    """Take a reward out of the catalogue, or put it back."""
    typed = desk.typed(await sent_fields(desk.request))
    is_archived = typed.text("is_archived") != "false"
    try:
        await run_in_threadpool(_change, desk, reward_id, typed, {"is_archived": is_archived})
    except DomainError as refusal:
        status = desk.refuse(typed, refusal, theirs=desk.say(_THEIRS))
        return await run_in_threadpool(_draw, desk, reward_id, typed, status=status)
    said = N_("The reward is out of the catalogue.") if is_archived else N_("The reward is in the catalogue again.")
    return desk.lead(f"/rewards/{reward_id}", said)


def _change(desk: Desk, reward_id: UUID, typed: Typed, wanted: Mapping[str, Any]) -> None:
    change_reward(desk.context.database, desk.editor, desk.program.id, reward_id, wanted, expected=typed.expected(), now=desk.now)


def _read(desk: Desk, typed: Typed) -> dict[str, Any]:
    return {
        "description": typed.values.get("description", ""),
        "cost": typed.whole("cost"),
        "per_member": typed.whole("per_member"),
        "on_sale_from": typed.instant("on_sale_from", desk.zone),
        "on_sale_until": typed.instant("on_sale_until", desk.zone),
        "voucher_pattern": typed.text("voucher_pattern"),
        "voucher_days": typed.whole("voucher_days"),
    }


def _typed(row: Reward, desk: Desk) -> dict[str, str]:
    return {
        "name": row.name,
        "description": row.description,
        "cost": str(row.cost),
        "per_member": typed_number(row.per_member),
        "on_sale_from": typed_instant(row.on_sale_from, desk.zone),
        "on_sale_until": typed_instant(row.on_sale_until, desk.zone),
        "voucher_pattern": row.voucher_pattern or "",
        "voucher_days": typed_number(row.voucher_days),
    }


def _draw_new(desk: Desk, typed: Typed, *, status: int = 200) -> Response:
    return desk.draw("reward_new", status=status, form=typed.values, errors=typed.errors, sample=draw_by(None), is_new=True)


def _draw(desk: Desk, reward_id: UUID, typed: Typed, *, status: int = 200) -> Response:
    with desk.context.database.read.connect() as connection:
        found: ShownReward = queries.get_reward(connection, desk.program.id, reward_id)
    return desk.draw(
        "reward",
        status=status,
        reward=found.row,
        stock_left=found.stock_left,
        is_on_sale=found.row.is_on_sale(desk.now),
        form={**_typed(found.row, desk), **typed.values},
        has_stock=typed.is_ticked("has_stock") if "name" in typed.values else found.row.has_stock,
        errors=typed.errors,
        sample=draw_by(found.row.voucher_pattern),
        is_new=False,
    )
