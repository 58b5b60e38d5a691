"""Rounds: how the first begins, how the next follows, and a reset by an admin."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from laurels.identity.tables import StaffAction
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.pot.accounts import BOOK, RESET, pot_of
from laurels.products.pot.errors import RoundEnded
from laurels.products.pot.facts import PotReset
from laurels.products.pot.rules import ONE, PotRules, canonical, commitment_of, hash_of, label_of, read_rules
from laurels.products.pot.seeds import FreshSeed, Seeds
from laurels.products.pot.tables import Pot, PotRound


@dataclass(frozen=True, slots=True)
class RoundBegun:
    """The round that goes on now."""

    pot: str
    round: int
    commitment: str


@dataclass(frozen=True, slots=True)
class OpenPot:
    """Begin the first round, by the rules that ship; once for a pot."""

    name: ClassVar[str] = "open_pot"
    answers: ClassVar[type] = RoundBegun
    book: ClassVar[str] = BOOK
    reference: ClassVar[UUID | None] = None

    pot: str
    rules: PotRules
    fresh: FreshSeed

    @property
    def key(self) -> BusinessKey:
        """A second one gives the first's answer."""
        return BusinessKey(f"open/{self.pot}")

    def needs(self) -> Needs:
        return Needs([pot_of(self.pot)])

    def decide(self, draft: Draft) -> RoundBegun:
        begun = begun_by(self.rules, 1, self.fresh, draft.at)
        document = self.rules.model_dump_json()
        row = Pot(id=self.pot, version=1, rules=document, heat=ONE, heat_window=0, heat_used=0, updated_at=draft.at, **begun)
        draft.record(row)
        return RoundBegun(row.id, row.round, row.commitment)


def begun_by(rules: PotRules, number: int, fresh: FreshSeed, at: datetime) -> dict[str, Any]:
    """What a pot's row says of a round that begins: by the rules now in force, under a fresh seed."""
    params = canonical(rules.params())
    params_hash = hash_of(params)
    return {
        "round": number,
        "params": params,
        "params_hash": params_hash,
        "commitment": commitment_of(label_of(number), params_hash, fresh.secret),
        "seed_id": fresh.id,
        "seed_sealed": fresh.sealed,
        "messages": 0,
        "paid": 0,
        "contributed": 0,
        "opened_at": at,
    }


def end_round(draft: Draft, pot: Pot, seeds: Seeds, fresh: FreshSeed, **ended: Any) -> Pot:
    """Record a round as ended, its seed revealed, and begin the next; gives the pot as it then is.

    Args:
        ended: `ended_by`, `amount`, and who won by which message, or why it was reset.
    """
    values: dict[str, Any] = {"winner": None, "message": None, "reason": None} | ended
    draft.record(
        PotRound(
            pot=pot.id,
            number=pot.round,
            params=pot.params,
            params_hash=pot.params_hash,
            commitment=pot.commitment,
            seed=seeds.open(pot.seed_id, pot.seed_sealed).hex(),
            messages=pot.messages,
            paid=pot.paid,
            contributed=pot.contributed,
            opened_at=pot.opened_at,
            ended_at=draft.at,
            **values,
        )
    )
    return draft.change(pot, **begun_by(read_rules(pot.rules), pot.round + 1, fresh, draft.at))


@dataclass(frozen=True, slots=True)
class PotEmptied:
    """A reset's answer.

    Attributes:
        ended: the round that it ended.
        amount: what was in the pot.
        round: the one that goes on now.
    """

    pot: str
    ended: int
    amount: int
    round: int


@dataclass(frozen=True, slots=True)
class ResetPot:
    """Empty a pot and begin a new round: for admins, on record. Nobody wins, and the seed is revealed.

    Attributes:
        expected: the round that is to be ended; None: whichever goes on.

    Raises:
        RoundEnded: another one goes on already.
    """

    name: ClassVar[str] = "reset_pot"
    answers: ClassVar[type] = PotEmptied
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    pot: str
    reason: str
    audit: StaffAction
    seeds: Seeds
    fresh: FreshSeed
    expected: int | None = None

    def needs(self) -> Needs:
        return Needs([pot_of(self.pot), RESET], [(Pot, self.pot)])

    def decide(self, draft: Draft) -> PotEmptied:
        pot = draft.row(Pot, self.pot)
        if self.expected is not None and pot.round != self.expected:
            raise RoundEnded(round=self.expected)
        amount = draft.balance(pot_of(self.pot))
        draft.move(pot_of(self.pot), RESET, amount, "reset")
        draft.record(self.audit)
        following = end_round(draft, pot, self.seeds, self.fresh, ended_by="reset", amount=amount, reason=self.reason)
        draft.announce(PotReset(pot.id, pot.round, amount, 0, following.round, 0))
        return PotEmptied(pot.id, pot.round, amount, following.round)
