"""A parlour for the pot's tests: members with coins, rounds whose seeds are known, and the ledger seen from behind."""

from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, update

from laurels.core.ids import new_id
from laurels.core.seal import Seal
from laurels.identity.audit_log import new_action
from laurels.identity.tables import Member, member
from laurels.ledger import Account
from laurels.ledger.reader import balances, statement
from laurels.ledger.tables import outbox
from laurels.ledger.writer import Posted
from laurels.products.pot.accounts import MAIN, coins, pot_of
from laurels.products.pot.actions.opening import open_pot
from laurels.products.pot.decisions import ChangeCoins, CoinsMoved, Paid, SendPaidMessage
from laurels.products.pot.house import House
from laurels.products.pot.queries import find_pot
from laurels.products.pot.rules import DEFAULT_RULES, MILLION, PotRules, label_of, read_params, wins
from laurels.products.pot.seeds import FreshSeed, Seeds
from laurels.products.pot.tables import Pot, PotMessage, PotRound, Sender, pot, pot_message, pot_round, pot_sender
from support.site import Site

FIRST_SEED = bytes(range(32))
"""The seed of the vector; of the first round here."""


class KnownSeeds(Seeds):
    """Seeds that tests know beforehand: those that are set, then real ones."""

    def __init__(self) -> None:
        super().__init__(Seal(bytes(32)))
        self.coming: list[bytes] = []

    def fresh(self) -> FreshSeed:
        """The one that is set, however often it is asked for before a round begins by it."""
        if not self.coming:
            return super().fresh()
        seed_id = new_id()
        return FreshSeed(seed_id, self.coming[0], self._seal.close(seed_id, self.coming[0].hex()))


class Parlour(Site):
    """What a test needs at hand. What jobs do goes straight to the ledger; what people ask goes over HTTP, once it is open."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.seeds = KnownSeeds()
        self.house = House(self.seeds)

    def begin(self, *, seed: bytes | None = FIRST_SEED, **changes: Any) -> None:
        """Have the first round begin, with a known seed or a real one, by the rules that ship but for these changes."""
        self.seeds.coming = [] if seed is None else [seed]
        rules = PotRules.model_validate_json(orjson.dumps({**DEFAULT_RULES.model_dump(mode="json"), **changes}))
        open_pot(self.database, self.writer, self.clock, self.seeds, rules=rules)
        self.seeds.coming = []

    def serve(self) -> None:
        """Have the application use these seeds: call it once it is open."""
        self.app.state.pot = replace(self.app.state.pot, seeds=self.seeds)

    def set_rules(self, **changes: Any) -> None:
        """Other rules from now on: those in force, but for what differs. The round that goes on keeps what it is drawn by."""
        rules = PotRules.model_validate_json(orjson.dumps({**orjson.loads(self.pot().rules), **changes}))
        with self.database.write.begin() as connection:
            connection.execute(update(pot).values(rules=rules.model_dump_json(), version=pot.c.version + 1))

    # What happens

    def sending(self, who: Member, words: str = "Hello", **more: Any) -> SendPaidMessage:
        """A paid message as it is posted, where nothing else is said."""
        fields: dict[str, Any] = {
            "message": new_id(),
            "member": who.id,
            "words": words,
            "client_seed": self.dull(who),
            "at": self.clock.at,
            "zone": self.place.settings.zone,
            "seeds": self.seeds,
            "fresh": self.seeds.fresh(),
            "answer": lambda *happened: "Thank you.",
        }
        return SendPaidMessage(**{**fields, **more})

    def send(self, who: Member, words: str = "Hello", **more: Any) -> Paid:
        """Pay for a message."""
        done: Paid = self.post_now(self.sending(who, words, **more)).answer
        return done

    def give(self, who: Member, amount: int) -> None:
        """Add coins to a member's purse, or take some."""
        self.change_coins(who, amount)

    def change_coins(self, who: Member, amount: int) -> Posted[CoinsMoved]:
        """The same, with its answer."""
        audit = new_action(actor_id=None, action="coins.changed", subject=f"member/{who.id}", before={}, after={}, now=self.clock.at)
        return self.post_now(ChangeCoins(new_id(), who.id, amount, "a test", None, audit, self.place.settings.zone))

    def lucky(self, who: Member, *, wins_at: int, seed: bytes = FIRST_SEED, round: int = 1, ppm: int = 100_000) -> str:
        """A client seed with which a member wins at a place of a round that has this seed."""
        return next(text for n in range(10_000) if wins(seed, label_of(round), wins_at, str(who.id), text := f"lucky-{n}", ppm=ppm))

    def unlucky(self, who: Member, *, until: int, seed: bytes = FIRST_SEED, round: int = 1, ppm: int = 100_000) -> str:
        """A client seed with which a member wins at none of the places up to one."""
        places = range(1, until + 1)
        return next(
            text
            for n in range(1_000_000)
            if not any(wins(seed, label_of(round), place, str(who.id), text := f"unlucky-{n}", ppm=ppm) for place in places)
        )

    def dull(self, who: Member) -> str:
        """A client seed with which a member's next message doesn't win, whatever the round's seed is; where all win, none."""
        with self.database.read.connect() as connection:
            row = find_pot(connection)
        if row is None or (ppm := read_params(row.params).odds.ppm) == MILLION:
            return ""
        seed, place = self.seeds.open(row.seed_id, row.seed_sealed), row.messages + 1
        texts = (f"dull-{n}" for n in count())
        return next(text for text in texts if not wins(seed, label_of(row.round), place, str(who.id), text, ppm=ppm))

    def suspend(self, who: Member) -> None:
        """Suspend a member."""
        with self.database.write.begin() as connection:
            connection.execute(update(member).where(member.c.id == who.id).values(status="suspended"))

    # What is

    def coins(self, who: Member) -> int:
        """What a member has, as last posted."""
        return self.held(coins(who.id))

    def in_pot(self) -> int:
        """What is in the pot."""
        return self.held(pot_of(MAIN))

    def held(self, account: Account) -> int:
        """What an account holds."""
        with self.database.read.connect() as connection:
            return balances(connection, [account])[account]

    def postings(self, who: Member) -> list[tuple[str, int, int]]:
        """A member's statement, oldest first: kind, amount, balance after it."""
        with self.database.read.connect() as connection:
            lines = statement(connection, [coins(who.id)], limit=1_000)
        return [(line.kind, line.amount, line.balance) for line in reversed(lines)]

    def pot(self) -> Pot:
        """The pot's row."""
        with self.database.read.connect() as connection:
            return Pot(*connection.execute(select(pot)).one())

    def rounds(self) -> list[PotRound]:
        """The rounds that ended, oldest first."""
        with self.database.read.connect() as connection:
            return [PotRound(*row) for row in connection.execute(select(pot_round).order_by(pot_round.c.number))]

    def messages(self) -> list[PotMessage]:
        """All paid messages, in the order of their draws."""
        with self.database.read.connect() as connection:
            found = select(pot_message).order_by(pot_message.c.round, pot_message.c.number)
            return [PotMessage(*row) for row in connection.execute(found)]

    def message(self, message_id: UUID) -> PotMessage:
        """One of them."""
        return next(one for one in self.messages() if one.id == message_id)

    def sender(self, who: Member) -> Sender:
        """What a member has sent."""
        with self.database.read.connect() as connection:
            return Sender(*connection.execute(select(pot_sender).where(pot_sender.c.member == who.id)).one())

    def told(self, name: str) -> list[dict[str, Any]]:
        """The facts of a name that were told, oldest first."""
        with self.database.read.connect() as connection:
            found = select(outbox.c.payload).where(outbox.c.name == name).order_by(outbox.c.sequence, outbox.c.position)
            return [orjson.loads(payload) for payload in connection.scalars(found)]
