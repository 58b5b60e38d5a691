"""A member's statement: every credit that came or went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias
from uuid import UUID

from sqlalchemy import Connection

from laurels.core.windows import month_of
from laurels.ledger.reader import Line, statement
from laurels.products.recognition.accounts import allowance, received
from laurels.products.recognition.queries.listed import Listed
from laurels.products.recognition.rules import Policy

PurseName: TypeAlias = Literal["allowance", "received"]


class LineKind(StrEnum):
    """What a line of the statement is."""

    RECOGNITION_IN = "RECOGNITION_IN"  # received with a recognition
    RECOGNITION_OUT = "RECOGNITION_OUT"  # given with one
    REDEMPTION = "REDEMPTION"  # set aside for a voucher; what comes back if none is issued has it too
    RESET = "RESET"  # a month's grant
    CARRY_FORWARD = "CARRY_FORWARD"  # out of an ended month, and into the next
    CARRY_FORWARD_CAP = "CARRY_FORWARD_CAP"  # lapsed, because more was unused than carries
    REVERSAL = "REVERSAL"  # a recognition taken back, and what its receiver owed after it


_KINDS = {
    "redemption": LineKind.REDEMPTION,
    "refund": LineKind.REDEMPTION,
    "grant": LineKind.RESET,
    "carry": LineKind.CARRY_FORWARD,
    "lapse": LineKind.CARRY_FORWARD_CAP,
    "reversal": LineKind.REVERSAL,
    "recovery": LineKind.REVERSAL,
}


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement of one purse.

    Attributes:
        source_ref: what it is about: a recognition, a redemption, or the member whose month was opened.
        credits_delta: what it added; negative for what left.
        running_balance: what the purse held after it.
        month_bucket: the month it belongs to.
        place: where it stands in the list.
    """

    kind: LineKind
    purse: PurseName
    source_ref: UUID | None
    credits_delta: int
    running_balance: int
    month_bucket: str
    created_at: datetime
    place: tuple[int, int]


def list_statement(
    connection: Connection,
    member_id: UUID,
    *,
    policy: Policy,
    limit: int,
    purses: Sequence[PurseName] = ("allowance", "received"),
    before: tuple[int, int] | None = None,
) -> Listed[StatementLine]:
    """The lines of a member's purses as posted, newest first. A month that nothing has touched yet has none."""
    accounts = {"allowance": allowance(member_id), "received": received(member_id)}
    names: dict[str, PurseName] = {accounts[name].id: name for name in purses}
    lines = statement(connection, [accounts[name] for name in purses], limit=limit + 1, before=before)
    items = [_line(line, names[line.account_id], policy) for line in lines[:limit]]
    return Listed(items, items[-1].place if len(lines) > limit else None)


def _line(line: Line, purse: PurseName, policy: Policy) -> StatementLine:
    gift = LineKind.RECOGNITION_IN if line.amount > 0 else LineKind.RECOGNITION_OUT
    return StatementLine(
        kind=_KINDS.get(line.kind, gift),
        purse=purse,
        source_ref=line.reference,
        credits_delta=line.amount,
        running_balance=line.balance,
        month_bucket=line.window or month_of(line.occurred_at, policy.zone),
        created_at=line.occurred_at,
        place=(line.sequence, line.position),
    )
