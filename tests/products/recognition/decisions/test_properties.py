"""Recognition's decisions against a model that knows no ledger: whatever is done in whatever order, both say the same."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.strategies import booleans, data, integers, sampled_from

from laurels.core.errors import DomainError
from laurels.core.windows import Month
from laurels.products.recognition.accounts import allowance, owed, received, redeeming, sent, standing
from laurels.products.recognition.decisions import RequestRedemption, ReverseRecognition, SettleRedemption
from laurels.products.recognition.rules import Policy
from products.recognition.decisions.books import ANA, BO, CY, STAFF, Books, audit_row, gift

PEOPLE = (ANA, BO, CY)
GRANT, LIMIT, CARRY = 100, 100, 50


@dataclass
class Person:
    """What the model knows of a member, in plain numbers."""

    month: int | None = None
    allowance: int = 0
    received: int = 0
    redeeming: int = 0
    owed: int = 0
    standing: int = 0
    sent: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def open(self, month: int) -> None:
        """The requirement, month by month."""
        while self.month is None or self.month < month:
            self.allowance = min(self.allowance, CARRY) + GRANT if self.month is not None else GRANT
            self.month = month if self.month is None else self.month + 1

    def get(self, credits: int) -> None:
        """Receive, and pay what is owed."""
        self.received += credits
        paid = min(self.owed, self.received)
        self.received -= paid
        self.owed -= paid


@dataclass
class Given:
    """A gift that the model remembers."""

    entry: int
    number: int
    giver: UUID
    receiver: UUID
    credits: int
    month: int
    is_reversed: bool = False


class Recognition(RuleBasedStateMachine):
    """Members give, redeem and are taken back from, as months go by."""

    @initialize()
    def begin(self) -> None:
        """January 2026, and nothing has happened."""
        self.books = Books()
        self.people = {who: Person() for who in PEOPLE}
        self.month = 1
        self.number = 1000
        self.gifts: list[Given] = []
        self.pending: list[tuple[int, UUID, int]] = []

    @rule(months=integers(1, 3))
    def pass_months(self, months: int) -> None:
        """Time goes on."""
        self.month += months

    @rule(giver=sampled_from(PEOPLE), receiver=sampled_from(PEOPLE), credits=integers(1, 120))
    def give(self, giver: UUID, receiver: UUID, credits: int) -> None:
        """A gift is accepted exactly where the model has the credits and the limit for it."""
        person = self.people[giver]
        unopened = Person(person.month, person.allowance)
        unopened.open(self.month)
        is_possible = giver != receiver and person.sent[self.month] + credits <= LIMIT and credits <= unopened.allowance
        number = self._next()
        if self._decided(lambda: self.books.decide(gift(credits, giver=giver, receiver=receiver, at=self.now, number=number), self.now)):
            assert is_possible
            person.open(self.month)
            person.allowance -= credits
            person.sent[self.month] += credits
            self.people[receiver].get(credits)
            self.people[receiver].standing += credits
            self.gifts.append(Given(self.books.entry, number, giver, receiver, credits, self.month))
        else:
            assert not is_possible

    @precondition(lambda self: self.gifts)
    @rule(chosen=data())
    def reverse(self, chosen: object) -> None:
        """A gift is taken back once; what can't be had is owed."""
        given = chosen.draw(sampled_from(self.gifts))  # type: ignore[attr-defined]  # hypothesis's data object
        decision = ReverseRecognition(
            recognition=UUID(int=given.number),
            entry=given.entry,
            giver=given.giver,
            receiver=given.receiver,
            credits=given.credits,
            month=self._name(given.month),
            staff=STAFF,
            reason="Because",
            audit=audit_row(number=self._next()),
            policy=Policy(),
        )
        if not self._decided(lambda: self.books.decide(decision, self.now)):
            assert given.is_reversed
            return
        assert not given.is_reversed
        given.is_reversed = True
        giver, receiver = self.people[given.giver], self.people[given.receiver]
        giver.open(self.month)
        if given.month == self.month:
            giver.allowance += given.credits
        taken = min(given.credits, receiver.received)
        receiver.received -= taken
        receiver.owed += given.credits - taken
        receiver.standing -= given.credits
        giver.sent[given.month] -= given.credits

    @rule(who=sampled_from(PEOPLE), credits=integers(1, 120))
    def redeem(self, who: UUID, credits: int) -> None:
        """Only received credits become vouchers."""
        number = self._next()
        decision = RequestRedemption(UUID(int=number), who, credits, self.now, Policy())
        if self._decided(lambda: self.books.decide(decision, self.now)):
            self.people[who].received -= credits
            self.people[who].redeeming += credits
            self.pending.append((number, who, credits))
            assert self.people[who].received >= 0
        else:
            assert self.people[who].received < credits

    @precondition(lambda self: self.pending)
    @rule(place=integers(0, 1000), is_issued=booleans())
    def settle(self, place: int, is_issued: bool) -> None:
        """A redemption ends with a voucher, or all comes back."""
        number, who, credits = self.pending.pop(place % len(self.pending))
        sealed, failure = ("sealed", None) if is_issued else (None, "refused")
        decision = SettleRedemption(UUID(int=number), who, credits, issued_by="x", code_sealed=sealed, failure=failure)
        assert self._decided(lambda: self.books.decide(decision, self.now))
        self.people[who].redeeming -= credits
        if not is_issued:
            self.people[who].get(credits)

    @invariant()
    def both_say_the_same(self) -> None:
        """Every account is what the model says, and nobody is below zero or above the limit."""
        for who, person in self.people.items():
            held = [self.books.held(name(who)) for name in (allowance, received, redeeming, owed, standing)]
            assert held == [person.allowance, person.received, person.redeeming, person.owed, person.standing]
            assert min(held) >= 0
            assert person.received == 0 or person.owed == 0, "what is owed is paid at once"
            for month, credits in person.sent.items():
                assert self.books.held(sent(who, self._name(month))) == credits <= LIMIT

    @invariant()
    def every_asset_sums_to_zero(self) -> None:
        """Value comes from somewhere and goes somewhere."""
        totals: dict[str, int] = defaultdict(int)
        for state in self.books.view.accounts.values():
            totals[state.account.asset] += state.balance
        assert set(totals.values()) <= {0}

    @invariant()
    def the_board_is_what_stands(self) -> None:
        """Standing is the sum of gifts that weren't taken back."""
        received_by: dict[UUID, int] = defaultdict(int)
        for given in self.gifts:
            received_by[given.receiver] += 0 if given.is_reversed else given.credits
        assert all(self.people[who].standing == received_by[who] for who in PEOPLE)

    @property
    def now(self) -> datetime:
        """The middle of the current month."""
        return datetime(2026 + (self.month - 1) // 12, (self.month - 1) % 12 + 1, 15, tzinfo=UTC)

    def _name(self, month: int) -> Month:
        return Month(f"{2026 + (month - 1) // 12:04d}-{(month - 1) % 12 + 1:02d}")

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _decided(self, decide: object) -> bool:
        try:
            decide()  # type: ignore[operator]  # a call with no arguments
        except DomainError:
            return False
        return True


TestRecognition = Recognition.TestCase
TestRecognition.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
