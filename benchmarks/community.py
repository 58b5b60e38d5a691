"""Who gives to whom: the same members and gifts for every program that is measured."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from sqlalchemy import insert

from benchmarks.people import member_rows
from laurels.core.clock import SystemClock
from laurels.core.database import Database
from laurels.core.ids import new_id
from laurels.core.windows import Month, month_of
from laurels.identity.tables import member
from laurels.ledger.writer import Proposal, Writer
from laurels.products.recognition.decisions import GiveCredits
from laurels.products.recognition.rules import Policy

MEMBERS = 1_000
MESSAGE = "Thanks for explaining recursion until it made sense!"
POLICY = Policy(grant=10**7, sending_limit=10**7)
"""So much to give that nothing is refused: every gift is written."""


@dataclass(frozen=True, slots=True)
class Gift:
    """One credit from a member to another."""

    id: UUID
    giver: UUID
    receiver: UUID


@dataclass(frozen=True, slots=True)
class Community:
    """Members, and the month that all of it happens in."""

    members: list[UUID]
    month: Month

    def gifts(self, shape: str) -> Iterator[Gift]:
        """Gifts without end: `spread` over all members, or all from one member to another (`hot`)."""
        size = len(self.members)
        for number in count():
            giver = number % size if shape == "spread" else 0
            receiver = (giver + 1 + number // size % (size - 1)) % size if shape == "spread" else 1
            yield Gift(new_id(), self.members[giver], self.members[receiver])


def settle(database: Database) -> Community:
    """Write the members, and have each give and receive once, so that every account is there before the clock starts."""
    now = datetime.now(UTC)
    community = Community([new_id() for _ in range(MEMBERS)], month_of(now, POLICY.zone))
    with database.write.begin() as connection:
        connection.execute(insert(member), member_rows(community.members, now))
    writer = Writer(database, SystemClock())
    writer.start()
    stream = community.gifts("spread")
    for outcome in writer.post_all(Proposal(decision(next(stream), community.month), now) for _ in range(MEMBERS)):
        if isinstance(outcome, Exception):
            raise outcome
    writer.stop()
    if not database.is_sqlite:
        with database.write.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
            connection.exec_driver_sql("CHECKPOINT")
    return community


def decision(gift: Gift, month: Month) -> GiveCredits:
    """The gift as Laurels decides it."""
    return GiveCredits(gift.id, gift.giver, gift.receiver, 1, MESSAGE, None, month, POLICY)
