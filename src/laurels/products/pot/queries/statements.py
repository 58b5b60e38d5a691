"""A member's statement: every coin that came or went."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.core.database import among
from laurels.ledger.reader import Line, statement
from laurels.products.pot.accounts import coins
from laurels.products.pot.tables import coin_change

LINES_AT_ONCE = 1_000
"""Lines that a walk reads together."""


@dataclass(frozen=True, slots=True)
class CoinLine:
    """One movement of a member's coins.

    Attributes:
        kind: `start`, `allowance`, `message`, `prize`, `contribution`, `top_up`, `deduction`, `earned`, `refund`.
        amount: what it added; below zero for what left.
        balance: what they had after it.
        source: what it is about: a message, a change by staff, ...
        reason: why staff did it.
        place: where it stands in the list.
    """

    kind: str
    amount: int
    balance: int
    source: UUID | None
    reason: str | None
    created_at: datetime
    place: tuple[int, int]


def list_statement(
    connection: Connection, member_id: UUID, *, limit: int, before: tuple[int, int] | None = None
) -> tuple[list[CoinLine], bool]:
    """A member's lines as posted, newest first, and whether there are more. A week that nothing has touched yet has none."""
    lines = statement(connection, [coins(member_id)], limit=limit + 1, before=before)
    reasons = _reasons(connection, lines[:limit])
    return [_line(one, reasons) for one in lines[:limit]], len(lines) > limit


def walk_statement(connect: Callable[[], AbstractContextManager[Connection]], member_id: UUID, *, most: int) -> Iterator[CoinLine]:
    """The same without pages, for a file: read in pieces, each with a connection of its own, so that a slow reader holds none.

    Args:
        most: lines; what is older is left out.
    """
    before, has_more, left = None, True, most
    while has_more and left > 0:
        with connect() as connection:
            lines, has_more = list_statement(connection, member_id, limit=min(left, LINES_AT_ONCE), before=before)
        yield from lines
        left -= len(lines)
        before = lines[-1].place if lines else before


def _line(line: Line, reasons: dict[UUID, str | None]) -> CoinLine:
    return CoinLine(
        kind=line.kind,
        amount=line.amount,
        balance=line.balance,
        source=line.reference,
        reason=reasons.get(line.reference) if line.reference is not None else None,
        created_at=line.occurred_at,
        place=(line.sequence, line.position),
    )


def _reasons(connection: Connection, lines: list[Line]) -> dict[UUID, str | None]:
    wanted = {line.reference for line in lines if line.kind in ("top_up", "deduction") and line.reference is not None}
    if not wanted:
        return {}
    rows = connection.execute(select(coin_change.c.id, coin_change.c.reason).where(among(connection.dialect, coin_change.c.id, wanted)))
    return {row.id: row.reason for row in rows}
