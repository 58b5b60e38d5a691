"""A member's history: what moved in their points, and what it was about."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Table, select

from laurels.core.database import among
from laurels.ledger.reader import Line, statement
from laurels.products.loyalty.accounts import points
from laurels.products.loyalty.tables import Burn, PurchaseRow, ReturnRow, burn, purchase, purchase_return, reward

T = TypeVar("T")

MAX_SCANNED = 1_000
"""Lines that one page of a narrowed history looks through; the next page goes on from there."""

MAX_SEARCH = 200
"""Characters of what is looked for in a history: as long as a transaction id may be."""


class HistoryKind(StrEnum):
    """What a line of the history is."""

    EARN = "earn"  # a purchase
    BURN = "burn"  # set aside or spent for a reward or a discount
    CANCELLATION = "cancellation"  # came back from a burn that was cancelled, or not confirmed in time
    RETURN = "return"  # taken back for goods that came back
    RECOVERY = "recovery"  # what a return could not take back before
    EXPIRY = "expiry"  # not used in time
    LEAVING = "leaving"  # given up by leaving the program


_KINDS = {
    "earn": HistoryKind.EARN,
    "burn": HistoryKind.BURN,
    "hold": HistoryKind.BURN,
    "release": HistoryKind.CANCELLATION,
    "return": HistoryKind.RETURN,
    "recovery": HistoryKind.RECOVERY,
    "expiry": HistoryKind.EXPIRY,
    "left": HistoryKind.LEAVING,
}


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """What a history is narrowed to.

    Attributes:
        since: the first instant that counts.
        until: the first that no longer counts.
        text: part of a shop's transaction or return id, or of a reward's name, whatever its case.
    """

    kind: HistoryKind | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out."""
        return self != _EVERYTHING


_EVERYTHING = HistoryFilter()


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One movement of a member's points, pending and active, and what it is about.

    Attributes:
        points: what it added; negative for what left.
        balance: what there was after it, pending and active.
        occurred_at: when the points moved; a purchase has its own time beside it.
        purchase: where it is about one, as `purchase_return` and `burn` are.
        reward: the name of the reward that was burned for.
        place: where it stands in the list.
    """

    kind: HistoryKind
    points: int
    balance: int
    occurred_at: datetime
    place: tuple[int, int]
    purchase: PurchaseRow | None = None
    purchase_return: ReturnRow | None = None
    burn: Burn | None = None
    reward: str | None = None

    @property
    def purchase_id(self) -> UUID | None:
        """The purchase that it is about, or that a return named."""
        about = self.purchase_return
        return self.purchase.id if self.purchase else about.purchase if about else None

    @property
    def transaction_id(self) -> str | None:
        """The shop's id of that."""
        about = self.purchase or self.purchase_return
        return about.transaction_id if about else None

    @property
    def return_id(self) -> str | None:
        """The shop's id of the return that it is about."""
        return self.purchase_return.return_id if self.purchase_return else None

    @property
    def amount(self) -> int | None:
        """What was paid or came back, in minor units; None where it is about neither."""
        about = self.purchase or self.purchase_return
        return about.amount if about else None

    @property
    def purchased_at(self) -> datetime | None:
        """When that happened at the shop."""
        about = self.purchase or self.purchase_return
        return about.occurred_at if about else None

    def mentions(self, text: str) -> bool:
        """Whether a text is part of what it is about; `text` is folded."""
        return any(name is not None and text in name.casefold() for name in (self.transaction_id, self.return_id, self.reward))


@dataclass(frozen=True, slots=True)
class History:
    """A part of a history.

    Attributes:
        following: where the next part begins: hand it in again; None at the end.
    """

    items: list[HistoryLine]
    following: tuple[int, int] | None = None


def list_history(
    connection: Connection,
    program_id: UUID,
    member_id: UUID,
    narrowed: HistoryFilter = _EVERYTHING,
    *,
    limit: int,
    before: tuple[int, int] | None = None,
) -> History:
    """A member's movements as posted, the last one first.

    A narrowed history looks through at most `MAX_SCANNED` lines a page, so a
    page may hold fewer than `limit`, or none, and still be followed by another.
    """
    scanned = MAX_SCANNED if narrowed.is_narrow else limit
    lines = statement(connection, [points(program_id, member_id)], limit=scanned + 1, before=before)
    found = _narrowed(connection, lines[:scanned], narrowed)
    if len(found) > limit:
        return History(found[:limit], found[limit - 1].place)
    more = len(lines) > scanned
    return History(found, (lines[scanned - 1].sequence, lines[scanned - 1].position) if more else None)


def walk_history(
    connect: Callable[[], Any], program_id: UUID, member_id: UUID, narrowed: HistoryFilter = _EVERYTHING, *, most: int
) -> Iterator[HistoryLine]:
    """The same without pages, for a file: read in pieces, each with a connection of its own, so that a slow reader holds none.

    Args:
        most: lines; what is older is left out.
    """
    before: tuple[int, int] | None = None
    left = most
    while left > 0:
        with connect() as connection:
            part = list_history(connection, program_id, member_id, narrowed, limit=min(left, MAX_SCANNED), before=before)
        yield from part.items
        left -= len(part.items)
        before = part.following
        if before is None:
            return


def _narrowed(connection: Connection, lines: Sequence[Line], narrowed: HistoryFilter) -> list[HistoryLine]:
    kept = [line for line in lines if _is_meant(line, narrowed)]
    told = _told(connection, kept)
    text = narrowed.text.casefold()
    return [line for line in told if line.mentions(text)] if text else told


def _is_meant(line: Line, narrowed: HistoryFilter) -> bool:
    return (
        (narrowed.kind is None or _KINDS[line.kind] is narrowed.kind)
        and (narrowed.since is None or line.occurred_at >= narrowed.since)
        and (narrowed.until is None or line.occurred_at < narrowed.until)
    )


def _told(connection: Connection, lines: Sequence[Line]) -> list[HistoryLine]:
    """Lines with what they are about: a purchase, a return or a burn, whichever their reference names."""
    about = {line.reference for line in lines if line.reference is not None}
    purchases = _by_id(connection, purchase, PurchaseRow, about)
    returns = _by_id(connection, purchase_return, ReturnRow, about)
    burns = _by_id(connection, burn, Burn, about)
    names = _reward_names(connection, {one.reward for one in burns.values() if one.reward is not None})
    return [_line(line, purchases, returns, burns, names) for line in lines]


def _line(
    line: Line, purchases: dict[UUID, PurchaseRow], returns: dict[UUID, ReturnRow], burns: dict[UUID, Burn], names: dict[UUID, str]
) -> HistoryLine:
    about = line.reference
    burned = None if about is None else burns.get(about)
    return HistoryLine(
        kind=_KINDS[line.kind],
        points=line.amount,
        balance=line.balance,
        occurred_at=line.occurred_at,
        place=(line.sequence, line.position),
        purchase=None if about is None else purchases.get(about),
        purchase_return=None if about is None else returns.get(about),
        burn=burned,
        reward=None if burned is None or burned.reward is None else names.get(burned.reward),
    )


def _by_id(connection: Connection, table: Table, kind: type[T], ids: Iterable[UUID]) -> dict[UUID, T]:
    rows = connection.execute(select(table).where(among(connection.dialect, table.c.id, sorted(ids))))
    return {row.id: kind(*row) for row in rows}


def _reward_names(connection: Connection, ids: set[UUID]) -> dict[UUID, str]:
    rows = connection.execute(select(reward.c.id, reward.c.name).where(among(connection.dialect, reward.c.id, sorted(ids))))
    return {row.id: row.name for row in rows}
