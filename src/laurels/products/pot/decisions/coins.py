"""Coins that move without a message: contributions, what staff add and take, what is earned elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.core.windows import day_of
from laurels.identity.rules import require_active
from laurels.identity.tables import Participant, StaffAction
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.pot.accounts import BOOK, ISSUED, MAIN, TAKEN, coins, paid, pot_of
from laurels.products.pot.decisions.purses import keep_sender, open_purse, pay_in, purse_needs, sender_of
from laurels.products.pot.facts import CoinsChanged, PotContributed
from laurels.products.pot.rules import Earning, read_rules
from laurels.products.pot.tables import CoinChange, Pot, Sender


@dataclass(frozen=True, slots=True)
class Contributed:
    """A contribution's answer: what the member has left, and what is in the pot."""

    id: UUID
    amount: int
    balance: int
    pot: int
    round: int


@dataclass(frozen=True, slots=True)
class Contribute:
    """Put coins into the pot without a message: it draws nothing, and counts against the day's limit.

    Raises:
        Missing, MemberInactive, Paused, LimitReached, InsufficientBalance.
    """

    name: ClassVar[str] = "contribute"
    answers: ClassVar[type] = Contributed
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    id: UUID
    member: UUID
    amount: int
    at: datetime
    zone: ZoneInfo
    pot: str = MAIN

    @property
    def reference(self) -> UUID:
        return self.id

    def needs(self) -> Needs:
        accounts = [*purse_needs(self.member), pot_of(self.pot), paid(self.member, day_of(self.at, self.zone))]
        return Needs(accounts, [(Pot, self.pot), (Sender, self.member), (Participant, self.member)])

    def decide(self, draft: Draft) -> Contributed:
        require_active(draft.row(Participant, self.member))
        pot, day = draft.row(Pot, self.pot), day_of(self.at, self.zone)
        rules, sender = read_rules(pot.rules), sender_of(draft, self.member, day)
        open_purse(draft, self.member, rules, self.zone)
        pay_in(draft, sender, rules, self.amount, "contribution", pot=pot.id, day=day, zone=self.zone)
        keep_sender(draft, sender)
        draft.change(pot, contributed=pot.contributed + self.amount)
        left = draft.balance(pot_of(pot.id))
        draft.announce(PotContributed(pot.id, self.member, self.amount, left, pot.round, pot.messages))
        return Contributed(self.id, self.amount, draft.balance(coins(self.member)), left, pot.round)


@dataclass(frozen=True, slots=True)
class CoinsMoved:
    """The answer to what staff added or took."""

    id: UUID
    member: UUID
    amount: int
    balance: int


@dataclass(frozen=True, slots=True)
class ChangeCoins:
    """Add coins to a member's purse, or take some: for staff, on record.

    Attributes:
        amount: coins; below zero they are taken.

    Raises:
        Missing: there is no such member.
        MemberInactive: they are suspended or deleted, and would get some.
        InsufficientBalance: they have less than is to be taken.
    """

    name: ClassVar[str] = "change_coins"
    answers: ClassVar[type] = CoinsMoved
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    id: UUID
    member: UUID
    amount: int
    reason: str
    staff: UUID | None
    audit: StaffAction
    zone: ZoneInfo

    @property
    def reference(self) -> UUID:
        return self.id

    def needs(self) -> Needs:
        return Needs([*purse_needs(self.member), TAKEN], [(Pot, MAIN), (Participant, self.member)])

    def decide(self, draft: Draft) -> CoinsMoved:
        participant, purse = draft.row(Participant, self.member), coins(self.member)
        if self.amount > 0:
            require_active(participant)
        open_purse(draft, self.member, read_rules(draft.row(Pot, MAIN).rules), self.zone)
        if self.amount > 0:
            draft.move(ISSUED, purse, self.amount, "top_up")
        else:
            draft.move(purse, TAKEN, -self.amount, "deduction")
        draft.record(CoinChange(self.id, draft.entry, self.member, self.amount, self.reason, self.staff, draft.at))
        draft.record(self.audit)
        balance = draft.balance(purse)
        draft.announce(CoinsChanged(self.member, "top_up" if self.amount > 0 else "deduction", abs(self.amount), balance))
        return CoinsMoved(self.id, self.member, self.amount, balance)


@dataclass(frozen=True, slots=True)
class CoinsEarned:
    """What something done elsewhere earned; 0 where it earns nothing."""

    member: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class EarnCoins:
    """Give coins for something that a member did elsewhere: once for each, by the rules in force.

    Attributes:
        source: the id of what they did.
    """

    name: ClassVar[str] = "earn_coins"
    answers: ClassVar[type] = CoinsEarned
    book: ClassVar[str] = BOOK

    member: UUID
    trigger: Earning
    source: str
    about: UUID
    zone: ZoneInfo

    @property
    def key(self) -> BusinessKey:
        """What earned it: again it gives the first answer."""
        return BusinessKey(f"earn/{self.trigger}/{self.source}/{self.member}")

    @property
    def reference(self) -> UUID:
        return self.about

    def needs(self) -> Needs:
        return Needs(purse_needs(self.member), [(Pot, MAIN), (Participant, self.member)])

    def decide(self, draft: Draft) -> CoinsEarned:
        participant, rules = draft.row(Participant, self.member), read_rules(draft.row(Pot, MAIN).rules)
        amount = rules.coins_for(self.trigger)
        if participant.status != "active" or not amount:
            return CoinsEarned(self.member, 0)
        open_purse(draft, self.member, rules, self.zone)
        draft.move(ISSUED, coins(self.member), amount, "earned")
        draft.announce(CoinsChanged(self.member, "earned", amount, draft.balance(coins(self.member))))
        return CoinsEarned(self.member, amount)
