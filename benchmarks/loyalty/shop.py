"""A program, its members and its key: what every measurement of loyalty begins with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from benchmarks.people import SECRET, member_rows
from laurels.core.clock import SystemClock
from laurels.core.database import Database
from laurels.core.ids import new_id
from laurels.core.settings import Settings
from laurels.identity.editing import OPERATOR
from laurels.identity.parts import open_identity
from laurels.identity.service_keys import create_key
from laurels.identity.tables import member
from laurels.ledger.writer import Proposal, Writer
from laurels.products.loyalty.actions.programs import NewProgram, create_program
from laurels.products.loyalty.actions.rewards import NewReward
from laurels.products.loyalty.decisions.memberships import JoinProgram
from laurels.products.loyalty.queries.configuration import configuration_of
from laurels.products.loyalty.rules import Terms

MEMBERS = 1_000
STOCK = 100
COST = 50
TERMS = Terms.model_validate({"rules": [{"name": "Everything", "spend_per": 10_000, "points": 5}]})


@dataclass(frozen=True, slots=True)
class Shop:
    """A program that runs, with members 0 to 999.

    Attributes:
        reward: of which there are `STOCK` pieces.
        token: a service key that may do all.
    """

    program: UUID
    reward: UUID
    token: str

    def purchases(self, prefix: str, number: int) -> Iterator[dict[str, Any]]:
        """So many purchases of 123.45, over all members."""
        at = datetime.now(UTC).isoformat()
        for place in range(number):
            yield {
                "transaction_id": f"{prefix}-{place}",
                "member": str(place % MEMBERS),
                "amount": 12_345,
                "currency": "EUR",
                "occurred_at": at,
            }

    def bodies(self, prefix: str, number: int) -> list[str]:
        """The same, as request bodies."""
        return [json.dumps(one) for one in self.purchases(prefix, number)]


def open_shop(database: Database, home: Path) -> Shop:
    """Write the members and the program, and have every member join."""
    now = datetime.now(UTC)
    members = [new_id() for _ in range(MEMBERS)]
    with database.write.begin() as connection:
        connection.execute(insert(member), member_rows(members, now))
    new = NewProgram(
        "Benchmark", "EUR", "UTC", TERMS, burn_points=1, burn_minor=1, rewards=(NewReward("Scarce", COST, stock=STOCK),), is_active=True
    )
    program = create_program(database, OPERATOR, new, now=now).id
    _join(database, program, members, now)
    settings = Settings(home=home, secret_key=SECRET)
    identity = open_identity(settings, database, SystemClock())
    try:
        created = create_key(identity, subject=f"program/{program}", name="bench", scopes=["earn", "burn", "read"], by=None)
    finally:
        identity.stop()
    with database.read.connect() as connection:
        reward: UUID = UUID(str(connection.exec_driver_sql("SELECT id FROM reward").scalar_one()))
    return Shop(program, reward, created.token)


def _join(database: Database, program: UUID, members: list[UUID], now: datetime) -> None:
    version = configuration_of(database, program).program.version
    writer = Writer(database, SystemClock())
    writer.start()
    try:
        for outcome in writer.post_all(Proposal(JoinProgram(program, one, version, needs_invitation=False), now) for one in members):
            if isinstance(outcome, Exception):
                raise outcome
    finally:
        writer.stop()
