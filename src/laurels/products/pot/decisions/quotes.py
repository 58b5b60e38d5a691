"""What a member's next message would cost, and might win."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.core.windows import day_of
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.pot.accounts import BOOK, MAIN, coins, paid, pot_of
from laurels.products.pot.decisions.purses import limit_of, open_purse, pause_of, purse_needs
from laurels.products.pot.decisions.terms import terms_of
from laurels.products.pot.tables import Pot, Sender


@dataclass(frozen=True, slots=True)
class Quote:
    """What a member's next message would cost, and might win.

    Attributes:
        in_pot: what is in the pot now.
        ppm: its chance, in millionths, were it the next of the round.
        commitment: what the round's draws are bound by, in hex.
        params_hash: what the round's rules hash to, in hex.
        number: the place that it would have in the round.
        messages: how many they paid, ever.
        room: coins that the day's limit leaves; None: no limit.
    """

    price: int
    price_number: int
    in_pot: int
    ppm: int
    round: int
    commitment: str
    params_hash: str
    number: int
    balance: int
    messages: int
    room: int | None
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class ReadQuote:
    """Tell what a member's next message would cost: previewed, never posted."""

    name: ClassVar[str] = "read_quote"
    answers: ClassVar[type] = Quote
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    member: UUID
    at: datetime
    zone: ZoneInfo
    pot: str = MAIN

    def needs(self) -> Needs:
        accounts = [*purse_needs(self.member), pot_of(self.pot), paid(self.member, day_of(self.at, self.zone))]
        return Needs(accounts, [(Pot, self.pot), (Sender, self.member)])

    def decide(self, draft: Draft) -> Quote:
        terms = terms_of(draft, self.pot, self.member, at=self.at, zone=self.zone)
        open_purse(draft, self.member, terms.rules, self.zone)
        in_pot, sender = draft.balance(pot_of(self.pot)), terms.sender
        limit = limit_of(sender, terms.rules, terms.day)
        return Quote(
            price=terms.price,
            price_number=terms.place,
            in_pot=in_pot,
            ppm=terms.params.odds.odds(terms.price, in_pot + terms.price),
            round=terms.pot.round,
            commitment=terms.pot.commitment,
            params_hash=terms.pot.params_hash,
            number=terms.pot.messages + 1,
            balance=draft.balance(coins(self.member)),
            messages=sender.messages,
            room=None if limit is None else draft.room(paid(self.member, terms.day), limit),
            paused_until=pause_of(sender, self.at),
        )
