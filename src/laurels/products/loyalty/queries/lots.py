"""A member's lots, each with what became of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.core.database import among
from laurels.ledger import LotKey, OpenLot
from laurels.ledger.reader import LotUse, lot_uses, lots, references
from laurels.products.loyalty.accounts import book_of, points
from laurels.products.loyalty.queries.configuration import Configuration
from laurels.products.loyalty.queries.events import purchases_by_id
from laurels.products.loyalty.queries.points import read_points
from laurels.products.loyalty.tables import PurchaseRow, burn


class LotState(StrEnum):
    """What points of a lot are, or have become. A point is in one state at a time."""

    PENDING = "pending"  # earned, and not usable yet
    ACTIVE = "active"  # to be spent
    RESERVED = "reserved"  # set aside for a reward that is yet to be confirmed
    REDEEMED = "redeemed"  # spent
    EXPIRED = "expired"  # not used in time
    CANCELLED = "cancelled"  # taken back by a return, or given up by leaving
    RENEWED = "renewed"  # came back from a cancelled burn after this lot had expired: they are in a lot of their own


_STATE_AFTER = {
    "burn": LotState.REDEEMED,
    "expiry": LotState.EXPIRED,
    "return": LotState.CANCELLED,
    "recovery": LotState.CANCELLED,
    "left": LotState.CANCELLED,
}
_HELD = ("hold", "release")
_STATE_OF_BURN = {"reserved": LotState.RESERVED, "fulfilled": LotState.REDEEMED, "cancelled": LotState.RENEWED}


@dataclass(frozen=True, slots=True)
class LotShown:
    """A lot.

    Attributes:
        amount: what came in.
        states: how many of them are in which state, those with any; they add up to `amount`.
        purchase: that earned it; None where a cancelled burn gave it back.
        burn: the cancelled burn that gave it back.
    """

    key: LotKey
    amount: int
    states: dict[LotState, int]
    earned_at: datetime
    usable_from: datetime
    expires_at: datetime | None
    purchase: PurchaseRow | None
    burn: UUID | None


def list_lots(
    connection: Connection, configuration: Configuration, member_id: UUID, *, at: datetime, limit: int, before: LotKey | None = None
) -> list[LotShown]:
    """A member's lots, newest first, spent ones too; `before` is the key of the last one of the page before.

    Raises:
        Missing: they never joined.
        ProgramChanged: the settings are stale: see `read_current`.
    """
    program_id = configuration.program.id
    book = book_of(program_id)
    now = {lot.key: lot.left for lot in read_points(connection, configuration, member_id, at=at).lots}
    found = lots(connection, points(program_id, member_id), limit=limit, before=before)
    uses = lot_uses(connection, book, [lot.key for lot in found])
    about = references(connection, book, [lot.key.sequence for lot in found])
    burns = _burns(connection, _held_for(uses.values()))
    purchases = purchases_by_id(connection, {made_by for made_by in about.values() if made_by is not None})
    return [_shown(lot, uses[lot.key], burns, purchases, about.get(lot.key.sequence), now.get(lot.key, 0), at) for lot in found]


def _held_for(uses: Iterable[Sequence[LotUse]]) -> set[UUID]:
    return {use.reference for of_lot in uses for use in of_lot if use.kind in _HELD and use.reference is not None}


def _burns(connection: Connection, ids: set[UUID]) -> dict[UUID, str]:
    """The statuses of burns."""
    rows = connection.execute(select(burn.c.id, burn.c.status).where(among(connection.dialect, burn.c.id, sorted(ids))))
    return {row.id: row.status for row in rows}


def _shown(
    lot: OpenLot,
    uses: Sequence[LotUse],
    burns: dict[UUID, str],
    purchases: dict[UUID, PurchaseRow],
    about: UUID | None,
    left: int,
    at: datetime,
) -> LotShown:
    bought = purchases.get(about) if about is not None else None
    states: Counter[LotState] = Counter()
    for use in uses:
        states[_state_of(use, burns)] += use.amount
    states[LotState.PENDING if lot.is_pending(at) else LotState.ACTIVE] += left
    states[LotState.EXPIRED] += lot.left - left  # expired by now, and not posted as such yet
    return LotShown(
        key=lot.key,
        amount=lot.amount,
        states={state: states[state] for state in LotState if states[state]},
        earned_at=lot.earned_at,
        usable_from=lot.usable_from,
        expires_at=lot.expires_at,
        purchase=bought,
        burn=about if bought is None else None,
    )


def _state_of(use: LotUse, burns: dict[UUID, str]) -> LotState:
    if use.kind not in _HELD:
        return _STATE_AFTER[use.kind]
    assert use.reference is not None, "what is held names its burn"
    return _STATE_OF_BURN[burns[use.reference]]
