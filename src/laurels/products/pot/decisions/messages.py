"""A paid message: its price into the pot, its draw, and perhaps the whole pot back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.core.windows import day_of
from laurels.identity.rules import require_active
from laurels.identity.tables import Participant
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.pot.accounts import BOOK, MAIN, coins, paid, pot_of
from laurels.products.pot.decisions.purses import keep_sender, open_purse, pay_in, purse_needs
from laurels.products.pot.decisions.rounds import end_round
from laurels.products.pot.decisions.terms import Terms, heat_of, price_number, terms_of
from laurels.products.pot.errors import PriceMoved
from laurels.products.pot.facts import MessagePaid, PotWon
from laurels.products.pot.rules import Params, PotRules, label_of, read_params, wins
from laurels.products.pot.seeds import FreshSeed, Seeds
from laurels.products.pot.tables import Pot, PotMessage, Sender

REPLY_LEASE = timedelta(seconds=90)
"""How long whoever paid for a message has time to ask the bot; then others may."""


@dataclass(frozen=True, slots=True)
class Paid:
    """A paid message's answer.

    Attributes:
        number: its place in the round.
        price_number: the n of its price.
        ppm: its chance, in millionths.
        prize: what it won; 0: nothing.
        pot: what is in the pot now.
        current: the round that goes on now.
        next_price: what the member's next message costs.
        messages: how many the member paid, ever.
    """

    message: UUID
    round: int
    number: int
    price_number: int
    price: int
    ppm: int
    prize: int
    balance: int
    pot: int
    current: int
    next_price: int
    messages: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw: what was in the pot with the message's price in it, its chance in millionths, what it won."""

    in_pot: int
    ppm: int
    prize: int


@dataclass(frozen=True, slots=True)
class SendPaidMessage:
    """Pay for a message, draw, and take the pot if it wins.

    The price goes into the pot first, so that a winner gets their own message
    back with all the rest, and a new round begins.

    Attributes:
        max_price: the most that its writer is ready to pay; None: whatever it costs.
        fresh: a seed for the round that may begin.
        answer: writes the reply at once, from what happened, the rules in force, and what the round that goes on
            is drawn by; None: the bot is asked afterwards.

    Raises:
        Missing, MemberInactive: who sends, or to what.
        PriceMoved: it costs more than `max_price`.
        Paused, LimitReached, InsufficientBalance: it can't be paid.
    """

    name: ClassVar[str] = "send_message"
    answers: ClassVar[type] = Paid
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    message: UUID
    member: UUID
    words: str
    client_seed: str
    at: datetime
    zone: ZoneInfo
    seeds: Seeds
    fresh: FreshSeed
    max_price: int | None = None
    answer: Callable[[Paid, PotRules, Params], str] | None = None
    pot: str = MAIN

    @property
    def reference(self) -> UUID:
        return self.message

    def needs(self) -> Needs:
        accounts = [*purse_needs(self.member), pot_of(self.pot), paid(self.member, day_of(self.at, self.zone))]
        return Needs(accounts, [(Pot, self.pot), (Sender, self.member), (Participant, self.member)])

    def decide(self, draft: Draft) -> Paid:
        require_active(draft.row(Participant, self.member))
        terms = terms_of(draft, self.pot, self.member, at=self.at, zone=self.zone)
        if self.max_price is not None and terms.price > self.max_price:
            raise PriceMoved(price=terms.price, max_price=self.max_price)
        open_purse(draft, self.member, terms.rules, self.zone)
        pay_in(draft, terms.sender, terms.rules, terms.price, "message", pot=self.pot, day=terms.day, zone=self.zone)
        drawn = self.draw(draft, terms)
        draft.move(pot_of(self.pot), coins(self.member), drawn.prize, "prize")
        sender = counted(terms.sender, terms.pot.round, terms.day)
        keep_sender(draft, sender)
        following = self.count(draft, terms, drawn)
        done = self.done(draft, terms, drawn, sender, following)
        reply = None if self.answer is None else self.answer(done, terms.rules, read_params(following.params))
        self.record(draft, done, terms, drawn, reply)
        draft.announce(
            MessagePaid(
                pot=self.pot,
                message=self.message,
                member=self.member,
                round=done.round,
                number=done.number,
                price=done.price,
                left=done.pot,
                current=following.round,
                messages=following.messages,
            )
        )
        return done

    def draw(self, draft: Draft, terms: Terms) -> Drawn:
        """Draw, once the price is in the pot: by the round's seed and odds."""
        pot, in_pot = terms.pot, draft.balance(pot_of(self.pot))
        ppm = terms.params.odds.odds(terms.price, in_pot)
        seed = self.seeds.open(pot.seed_id, pot.seed_sealed)
        has_won = wins(seed, label_of(pot.round), pot.messages + 1, str(self.member), self.client_seed, ppm=ppm)
        return Drawn(in_pot, ppm, in_pot if has_won else 0)

    def count(self, draft: Draft, terms: Terms, drawn: Drawn) -> Pot:
        """Count the message in its round, and end that where it won; gives the pot as it then is."""
        before, heat = terms.pot, terms.heat
        pot = draft.change(
            before,
            messages=before.messages + 1,
            paid=before.paid + terms.price,
            heat=heat.multiplier,
            heat_window=heat.window,
            heat_used=heat.used + 1,
        )
        if not drawn.prize:
            return pot
        draft.announce(PotWon(pot.id, self.message, self.member, pot.round, drawn.prize))
        won: dict[str, Any] = {"ended_by": "won", "winner": self.member, "message": self.message, "amount": drawn.prize}
        return end_round(draft, pot, self.seeds, self.fresh, **won)

    def done(self, draft: Draft, terms: Terms, drawn: Drawn, sender: Sender, following: Pot) -> Paid:
        """What happened, and what comes next."""
        params = read_params(following.params)
        place = price_number(sender, params, following.round, terms.day)
        return Paid(
            message=self.message,
            round=terms.pot.round,
            number=terms.pot.messages + 1,
            price_number=terms.place,
            price=terms.price,
            ppm=drawn.ppm,
            prize=drawn.prize,
            balance=draft.balance(coins(self.member)),
            pot=draft.balance(pot_of(self.pot)),
            current=following.round,
            next_price=params.price.price(place, heat_of(following, params, self.at)),
            messages=sender.messages,
        )

    def record(self, draft: Draft, done: Paid, terms: Terms, drawn: Drawn, reply: str | None) -> None:
        """Write the message's row, answered at once where that can be."""
        draft.record(
            PotMessage(
                id=self.message,
                entry=draft.entry,
                pot=self.pot,
                round=done.round,
                number=done.number,
                member=self.member,
                client_seed=self.client_seed,
                price_number=done.price_number,
                price=done.price,
                heat=terms.heat.multiplier,
                pot_after=drawn.in_pot,
                ppm=done.ppm,
                prize=done.prize,
                balance_after=done.balance,
                day=terms.day,
                words=self.words,
                reply=reply,
                reply_status="pending" if reply is None else "answered",
                tries=0 if reply is None else 1,
                next_try_at=self.at + REPLY_LEASE if reply is None else None,
                is_refunded=False,
                created_at=self.at,
            )
        )


def counted(sender: Sender, round: int, day: date) -> Sender:
    """A member's counts with one message more."""
    return replace(
        sender,
        messages=sender.messages + 1,
        round=round,
        in_round=1 + (sender.in_round if sender.round == round else 0),
        day=day,
        in_day=1 + (sender.in_day if sender.day == day else 0),
    )
