"""A university's messages of 193 days, sent as paid ones: the sums are those of a reader of its own, and every draw was fair.

Messages are paid by who sent them, at their times, with real seeds. Every sum
is made twice: out of what the decisions answered, and out of the tables.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
import os
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from laurels.identity.tables import Member
from laurels.ledger.reader import balances
from laurels.ledger.writer import Posted, Proposal
from laurels.products.pot.accounts import BOOK, ISSUED, coins, pot_of
from laurels.products.pot.decisions import Paid
from laurels.products.pot.queries import verify_pot
from laurels.products.pot.tables import pot_message, pot_round
from products.pot.parlour import Parlour

MESSAGES = 59_835
STEP = 5
DEVIATIONS = 4.9
"""Beyond so many deviations chance comes once in a million."""
GENEROUS = 10**9


def rows(path: Path) -> Iterator[tuple[str, datetime]]:
    """Who sent, and when."""
    with path.open() as lines:
        next(lines)
        for line in lines:
            source, _, seconds = line.split()
            yield source, datetime.fromtimestamp(int(seconds), UTC)


def messages_file() -> Path:
    return Path(os.environ["LAURELS_TEST_DATA"]) / "collegemsg" / "CollegeMsg.txt"


def replay(parlour: Parlour, sent: list[tuple[str, datetime]], students: dict[str, Member]) -> list[Paid]:
    """Post all messages through the writer, in their order."""

    def proposals() -> Iterator[Proposal[Paid]]:
        for place, (student, at) in enumerate(sent):
            decision = parlour.sending(students[student], f"Message {place}", at=at)
            yield Proposal(decision, at, f"member/{students[student].id}")

    outcomes = parlour.writer.post_all(proposals())
    return [outcome.answer for outcome in outcomes if isinstance(outcome, Posted)]


def check_sums(parlour: Parlour, members: dict[str, UUID], sent: list[tuple[str, datetime]], paid: list[Paid]) -> None:
    """Debits are the pot and what was paid out of it, to the coin, by three ways of summing."""
    counts = Counter(student for student, _ in sent)
    debits = sum(STEP * n * (n + 1) // 2 for n in counts.values())
    payouts = sum(one.prize for one in paid)
    assert sum(one.price for one in paid) == debits
    with parlour.database.read.connect() as connection:
        told = connection.execute(select(func.sum(pot_message.c.price), func.sum(pot_message.c.prize), func.count())).one()
        ended = connection.execute(select(func.sum(pot_round.c.amount), func.count())).one()
        purses = {student: coins(member) for student, member in members.items()}
        held = balances(connection, [ISSUED, pot_of("main"), *purses.values()])
    assert (int(told[0]), int(told[1]), told[2]) == (debits, payouts, len(sent))
    assert (int(ended[0] or 0), ended[1]) == (payouts, sum(1 for one in paid if one.prize))
    assert debits == payouts + held[pot_of("main")]
    assert -held[ISSUED] == sum(held[purse] for purse in purses.values()) + held[pot_of("main")]
    won = Counter[UUID]()
    by_message = {one.message: one.prize for one in paid if one.prize}
    with parlour.database.read.connect() as connection:
        for message, member in connection.execute(select(pot_round.c.message, pot_round.c.winner)):
            won[member] += by_message[message]
    begun = GENEROUS * len(counts)
    spent = {student: STEP * n * (n + 1) // 2 for student, n in counts.items()}
    assert {student: held[purse] for student, purse in purses.items()} == {
        student: GENEROUS - spent[student] + won[member] for student, member in members.items()
    }
    assert -held[ISSUED] == begun


def check_fairness(parlour: Parlour, paid: list[Paid]) -> None:
    """Every round verifies, and about a tenth of the draws won."""
    with parlour.database.read.connect() as connection:
        seen = verify_pot(connection)
    wins = sum(1 for one in paid if one.prize)
    assert (seen.findings, seen.wins) == ([], wins)
    expected, deviation = len(paid) * 0.1, (len(paid) * 0.1 * 0.9) ** 0.5
    assert abs(wins - expected) <= DEVIATIONS * deviation


def check_replay(parlour: Parlour, sent: list[tuple[str, datetime]]) -> None:
    """Begin with generous coins and no allowance, send all, and check."""
    parlour.clock.set(sent[0][1])
    parlour.begin(seed=None, starting_coins=GENEROUS, weekly_allowance=0, daily_limit=None)
    students = {student: parlour.make_member(student) for student in dict.fromkeys(student for student, _ in sent)}
    paid = replay(parlour, sent, students)
    assert len(paid) == len(sent)
    check_sums(parlour, {student: who.id for student, who in students.items()}, sent, paid)
    check_fairness(parlour, paid)
    assert [head[0] for head in parlour.heads()] == [BOOK]


def test_made_up_messages_come_to_their_sums(parlour: Parlour) -> None:
    """The same on a few hundred, wherever the file isn't."""
    sent = [(str(place % 7 * (place % 3) + 1), datetime.fromtimestamp(1_082_040_961 + 3_600 * place, UTC)) for place in range(400)]
    check_replay(parlour, sent)


@pytest.mark.slow
@pytest.mark.skipif("LAURELS_TEST_DATA" not in os.environ, reason="LAURELS_TEST_DATA names no folder with collegemsg/")
def test_college_messages_come_to_their_sums(parlour: Parlour) -> None:
    sent = list(rows(messages_file()))
    assert len(sent) == MESSAGES
    check_replay(parlour, sent)
