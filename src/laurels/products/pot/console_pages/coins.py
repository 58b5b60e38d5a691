"""Members' coins, for staff: what was given and taken by hand, one member's coins, and changing them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.identity.queries import MemberFilter, get_member, list_members
from laurels.ledger.writer import RequestKey
from laurels.products.pot.accounts import BOOK
from laurels.products.pot.actions import change_coins
from laurels.products.pot.bounds import MAX_REASON
from laurels.products.pot.console_pages.desk import COINS, AtDesk, Desk
from laurels.products.pot.in_words import LINE_LABELS
from laurels.products.pot.queries import list_statement, read_coins
from laurels.products.pot.queries.changes import list_changes
from laurels.products.pot.schemas.coins import CoinsBody
from laurels.web.forms import search_of
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import address
from laurels.web.typed import Typed, sent_fields

router = APIRouter(prefix=COINS)

LINES = 25
"""Changes, or movements, of one page."""
FOUND = 25
"""Most members that a search shows."""
CHANGES_PER_MINUTE = 120

WAYS = {"add": N_("Add"), "take": N_("Take")}

THEIR_LINES = {**LINE_LABELS, "prize": N_("The pot, won")}
"""What a statement's lines are called where it is somebody else's."""


@router.get("")
def show_changes(desk: AtDesk, q: Annotated[str, Query(max_length=100)] = "", cursor: Cursor = None) -> Response:
    """The way to a member's coins, and all that staff gave and took, newest first."""
    asked, place = search_of(q), read_cursor(cursor, datetime, UUID)
    with desk.context.database.read.connect() as connection:
        found = list_members(connection, MemberFilter(asked, None, None), limit=FOUND) if asked else []
        changes, has_more = list_changes(connection, limit=LINES, before=(place[0], place[1]) if place else None)
    last = changes[-1].row if has_more else None
    return desk.draw(
        "coins",
        q=asked,
        found=found,
        changes=changes,
        next_href=address(COINS, {"cursor": write_cursor(last.created_at, last.id)}) if last else "",
        first_href=COINS if cursor else "",
    )


@router.get("/{member_id}")
def show_member(desk: AtDesk, member_id: UUID, cursor: Cursor = None) -> Response:
    """What a member has, and every coin that came or went."""
    return _draw(desk, member_id, desk.typed({}), cursor=cursor)


@router.post("/{member_id}", dependencies=[limited("console-coins", per_minute=CHANGES_PER_MINUTE, book=BOOK)])
async def change_by_hand(desk: AtDesk, member_id: UUID, key: Annotated[RequestKey | None, keyed("console-coins")]) -> Response:
    """Give a member coins, or take some, never more than they have."""
    typed = desk.typed(await sent_fields(desk.request))
    way = typed.text("way")
    if way not in WAYS:
        typed.refuse("way", N_("Choose one."))
    known = {"member_id": str(member_id), "amount": typed.whole("amount"), "reason": typed.text("reason")}
    body, status = typed.check(CoinsBody, known), 422
    if body is not None:
        amount = body.amount if way == "add" else -body.amount
        try:
            posted = await change_coins(desk.context, desk.house, desk.editor, member_id, amount, body.reason, request=key)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal)
        else:
            said = N_("It is done, and on record. Coins that they have now: {coins}.")
            return desk.lead(f"/coins/{member_id}", said, coins=posted.answer.balance)
    return await run_in_threadpool(_draw, desk, member_id, typed, status=status)


def _draw(desk: Desk, member_id: UUID, typed: Typed, *, status: int = 200, cursor: str | None = None) -> Response:
    place, here = read_cursor(cursor, int, int), f"{COINS}/{member_id}"
    with desk.context.database.read.connect() as connection:
        member = get_member(connection, member_id)
        coins = read_coins(connection, member_id, at=desk.now, zone=desk.zone)
        lines, has_more = list_statement(connection, member_id, limit=LINES, before=(place[0], place[1]) if place else None)
    return desk.draw(
        "member",
        status=status,
        member=member,
        here=here,
        coins=coins,
        lines=lines,
        line_labels=THEIR_LINES,
        ways=desk.choices(WAYS),
        form=typed.values,
        errors=typed.errors,
        max_reason=MAX_REASON,
        next_href=address(here, {"cursor": write_cursor(*lines[-1].place)}) if has_more else "",
        first_href=here if cursor else "",
    )
