"""The whole of a pot verified: every round's draws, and the rows against the ledger's postings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from laurels.ledger.reader import number_of, posting
from laurels.products.pot.accounts import BOOK, MAIN, pot_of
from laurels.products.pot.queries.pots import find_pot, read_pot
from laurels.products.pot.queries.rounds import Draw, each_draw, get_round
from laurels.products.pot.rules import Finding, PublishedRound, verify_round
from laurels.products.pot.tables import Pot, PotRound, pot_message, pot_round

ROUNDS_AT_ONCE = 100
"""Rounds that are read together."""
FINDINGS_KEPT = 1_000
"""Findings that are told one by one; more are only counted."""


@dataclass(slots=True)
class Verified:
    """What was seen.

    Attributes:
        draws: of the rounds that ended.
        paid_in: coins of messages and contributions that the ledger moved into the pot; None where one round was asked for.
        paid_out: coins that it moved out: prizes, refunds, resets.
        faults: how many findings there were; `findings` holds the first of them.
    """

    rounds: int = 0
    draws: int = 0
    wins: int = 0
    paid_in: int | None = None
    paid_out: int | None = None
    faults: int = 0
    findings: list[Finding] = field(default_factory=list)

    def note(self, finding: Finding) -> None:
        """Count a finding."""
        self.faults += 1
        if len(self.findings) < FINDINGS_KEPT:
            self.findings.append(finding)


def verify_pot(
    connection: Connection, *, number: int | None = None, pot_id: str = MAIN, advance: Callable[[int], None] = lambda _: None
) -> Verified:
    """Verify every round that ended, or one, with nothing but what is published of it; then that the ledger moved the same coins.

    Where all are verified, the sums of the whole book are too: what went into
    the pot is what came out of it and what is in it. Memory doesn't grow with
    the number of rounds or draws.

    Args:
        connection: in a transaction that sees one state.
        advance: told of each round.

    Raises:
        RoundGoesOn, Missing: the one that was asked for.
    """
    seen = Verified()
    for row in _each_round(connection, pot_id) if number is None else [get_round(connection, number, pot_id=pot_id).row]:
        _verify_ended(connection, row, seen)
        advance(1)
    current = find_pot(connection, pot_id)
    if number is None and current is not None:
        for finding in chain(_faults_of_ledger(connection, pot_id, current.round), _faults_of_order(connection, current, seen)):
            seen.note(finding)
        _verify_sums(connection, current, seen)
    return seen


def _each_round(connection: Connection, pot_id: str) -> Iterator[PotRound]:
    """Rounds that ended, oldest first."""
    after, has_more = 0, True
    while has_more:
        wanted = select(pot_round).where(pot_round.c.pot == pot_id, pot_round.c.number > after).order_by(pot_round.c.number)
        rows = [PotRound(*row) for row in connection.execute(wanted.limit(ROUNDS_AT_ONCE))]
        yield from rows
        has_more = len(rows) == ROUNDS_AT_ONCE
        after = rows[-1].number if rows else after


def _verify_ended(connection: Connection, row: PotRound, seen: Verified) -> None:
    told = PublishedRound(
        number=row.number,
        params=row.params,
        params_hash=row.params_hash,
        commitment=row.commitment,
        seed=row.seed,
        ended_by=row.ended_by,
        winner=None if row.winner is None else str(row.winner),
        amount=row.amount,
    )
    count = _Counting()
    for finding in verify_round(told, count.each(each_draw(connection, row.number, pot_id=row.pot))):
        seen.note(finding)
    if (count.draws, count.paid) != (row.messages, row.paid):
        what = f"it tells {row.messages} messages of {row.paid} coins, and has {count.draws} of {count.paid}"
        seen.note(Finding(row.number, None, what))
    if row.message is not None and row.message != count.last:
        seen.note(Finding(row.number, None, f"message {row.message} won, and its last is {count.last}"))
    for finding in _faults_of_ledger(connection, row.pot, row.number):
        seen.note(finding)
    seen.rounds += 1
    seen.draws += count.draws
    seen.wins += row.ended_by == "won"


class _Counting:
    """Counts draws on their way."""

    def __init__(self) -> None:
        self.draws, self.paid = 0, 0
        self.last: object = None

    def each(self, draws: Iterator[Draw]) -> Iterator[Draw]:
        for draw in draws:
            self.draws += 1
            self.paid += draw.price
            self.last = draw.message
            yield draw


def _faults_of_ledger(connection: Connection, pot_id: str, number: int) -> Iterator[Finding]:
    """Draws of a round whose price or prize isn't what their entry moved."""
    account = pot_of(pot_id).id
    paid, won = posting.alias("paid"), posting.alias("won")
    book = number_of(BOOK)
    row = pot_message.c

    def of(moved: Any, kind: str, side: str) -> ColumnElement[bool]:
        return and_(moved.c.book == book, moved.c.sequence == row.entry, moved.c.kind == kind, moved.c[side] == account)

    wrong = or_(
        paid.c.amount.is_(None),
        paid.c.amount != row.price,
        paid.c.target_balance != row.pot_after,
        func.coalesce(won.c.amount, 0) != row.prize,
    )
    found: Select[Any] = (
        select(row.number)
        .select_from(pot_message.outerjoin(paid, of(paid, "message", "target")).outerjoin(won, of(won, "prize", "source")))
        .where(row.pot == pot_id, row.round == number, wrong)
        .order_by(row.number)
        .limit(FINDINGS_KEPT)
    )
    for draw in connection.scalars(found).all():
        yield Finding(number, draw, "the ledger moved other coins than it tells")


def _faults_of_order(connection: Connection, current: Pot, seen: Verified) -> Iterator[Finding]:
    """Rounds and draws that stand where none should, and what the round that goes on tells of itself."""
    if seen.rounds != current.round - 1:
        yield Finding(current.round, None, f"it goes on, and {seen.rounds} rounds ended before it")
    row = pot_message.c
    sums = select(func.count(), func.coalesce(func.sum(row.price), 0), func.coalesce(func.max(row.number), 0))
    messages, paid, last = connection.execute(sums.where(row.pot == current.id, row.round == current.round)).one()
    if (messages, paid, last) != (current.messages, current.paid, current.messages):
        yield Finding(current.round, None, f"it tells {current.messages} messages of {current.paid} coins, and has {messages} of {paid}")
    later = connection.scalar(select(func.min(row.round)).where(row.pot == current.id, row.round > current.round))
    if later is not None:
        yield Finding(later, None, f"it has messages, and round {current.round} goes on")


def _verify_sums(connection: Connection, current: Pot, seen: Verified) -> None:
    """Whether the ledger's sums are the rows', kind by kind, and what is in the pot is what is left."""
    moved, told = _moved(connection, current.id), _told(connection, current)
    wrong = []
    for kind in sorted((moved.keys() | told.keys()) - {"refund"}):
        there, here = moved.get(kind, 0), told.get(kind, 0)
        if there != here:
            wrong.append(f"of kind {kind} the ledger moved {there} coins, and the rows tell {here}")
    seen.paid_in = moved.get("message", 0) + moved.get("contribution", 0)
    seen.paid_out = moved.get("prize", 0) + moved.get("refund", 0) + moved.get("reset", 0)
    held = read_pot(connection, current.id).amount
    if seen.paid_in != seen.paid_out + held:
        wrong.append(f"{seen.paid_in} coins went into the pot, {seen.paid_out} came out of it, and {held} are in it")
    for what in wrong:
        seen.note(Finding(current.round, None, what))


def _moved(connection: Connection, pot_id: str) -> dict[str, int]:
    """Coins that the ledger moved into a pot or out of it, by kind."""
    account = pot_of(pot_id).id
    sums: dict[str, int] = {}
    for side in (posting.c.target, posting.c.source):
        kinds = select(posting.c.kind, func.sum(posting.c.amount)).where(posting.c.book == number_of(BOOK), side == account)
        for kind, amount in connection.execute(kinds.group_by(posting.c.kind)):
            sums[kind] = sums.get(kind, 0) + int(amount)
    return sums


def _told(connection: Connection, current: Pot) -> dict[str, int]:
    """The same as the pot's own rows tell it; refunds come out of the pot or out of new coins, so only the ledger knows."""
    row, ended = pot_message.c, pot_round.c

    def total(column: ColumnElement[Any], *where: ColumnElement[bool]) -> int:
        return int(connection.scalar(select(func.coalesce(func.sum(column), 0)).where(*where)) or 0)

    is_reset = case((ended.ended_by == "reset", ended.amount), else_=0)
    return {
        "message": total(row.price, row.pot == current.id),
        "prize": total(row.prize, row.pot == current.id),
        "contribution": total(ended.contributed, ended.pot == current.id) + current.contributed,
        "reset": total(is_reset, ended.pot == current.id),
    }
