"""Members who chat with the pot: the same for every program that is measured."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
import json
from uuid import UUID

import orjson
from sqlalchemy import insert

from benchmarks.people import member_rows, sign_in
from laurels.core.clock import SystemClock
from laurels.core.database import Database
from laurels.core.ids import new_id
from laurels.core.settings import Settings
from laurels.identity.tables import member
from laurels.ledger.writer import Proposal, Writer
from laurels.products.pot.accounts import MAIN
from laurels.products.pot.actions import open_pot
from laurels.products.pot.decisions import SendPaidMessage
from laurels.products.pot.house import open_house
from laurels.products.pot.rules import DEFAULT_RULES, PotRules
from laurels.products.pot.seeds import Seeds

MEMBERS = 256
WORDS = "How full is the pot, and what would it take to win it?"
REPLY = "A built-in bot's reply, about as long as those that it gives to questions about the pot."
OWN = "own"
"""The client seed that has the benchmark's server draw for a pot of the caller's."""
SHARED = "one"
"""Another of the same length, for the pot of all."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Members with coins without end, an access token each, and how their rounds' seeds are kept."""

    members: list[UUID]
    tokens: list[str]
    settings: Settings
    seeds: Seeds

    def sendings(self) -> Iterator[SendPaidMessage]:
        """Messages without end, over all members."""
        for number in count():
            who = self.members[number % len(self.members)]
            yield self.sending(who)

    def sending(self, who: UUID, *, pot: str = MAIN) -> SendPaidMessage:
        """A message that is answered at once."""
        return SendPaidMessage(
            message=new_id(),
            member=who,
            words=WORDS,
            client_seed=SHARED,
            at=datetime.now(UTC),
            zone=self.settings.zone,
            seeds=self.seeds,
            fresh=self.seeds.fresh(),
            answer=lambda *happened: REPLY,
            pot=pot,
        )

    def plan(self, port: int, *, client_seed: str, connections: int, requests: int) -> dict[str, object]:
        """What the load client is told."""
        return {
            "host": "127.0.0.1",
            "path": "/api/v1/messaging/send",
            "tokens": self.tokens,
            "bodies": [json.dumps({"message": WORDS, "client_seed": client_seed})] * len(self.tokens),
            "port": port,
            "connections": connections,
            "requests": requests,
        }


def gather(database: Database, settings: Settings, *, with_pots: bool = False) -> Crowd:
    """Write the members, open the pot, and have each send once, so that every row is there before the clock starts.

    Args:
        with_pots: open one for each member too.
    """
    now, seeds = datetime.now(UTC), open_house(settings, None).seeds
    members = [new_id() for _ in range(MEMBERS)]
    with database.write.begin() as connection:
        connection.execute(insert(member), member_rows(members, now))
    crowd = Crowd(members, sign_in(database, settings, members, now), settings, seeds)
    writer = Writer(database, SystemClock())
    writer.start()
    try:
        pots = [MAIN, *(map(str, members) if with_pots else ())]
        for pot in pots:
            open_pot(database, writer, SystemClock(), seeds, pot=pot, rules=_rules())
        first = (crowd.sending(who, pot=pot) for who in members for pot in ([MAIN, str(who)] if with_pots else [MAIN]))
        for outcome in writer.post_all(Proposal(one, one.at) for one in first):
            if isinstance(outcome, Exception):
                raise outcome
    finally:
        writer.stop()
    if not database.is_sqlite:
        with database.write.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
            connection.exec_driver_sql("CHECKPOINT")
    return crowd


def _rules() -> PotRules:
    """Those that ship, but for coins without end and a price that doesn't grow out of bounds."""
    changed = {"starting_coins": 10**9, "weekly_allowance": 0, "daily_limit": None, "price": {"kind": "capped", "step": 5, "most": 100}}
    return PotRules.model_validate_json(orjson.dumps({**DEFAULT_RULES.model_dump(mode="json"), **changed}))
