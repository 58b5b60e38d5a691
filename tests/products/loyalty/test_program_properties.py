"""A program against a model that knows no ledger: whatever shops and members do, in whatever order, both say the same."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from hypothesis.strategies import booleans, integers, sampled_from
import pytest

from laurels.core.errors import DomainError
from laurels.identity.tables import Member
from laurels.ledger import held_of
from laurels.products.loyalty.accounts import capped, earned, owed, points
from laurels.products.loyalty.decisions.burning import Burned
from laurels.products.loyalty.decisions.expiring import ExpirePoints
from laurels.products.loyalty.decisions.memberships import LeaveProgram
from products.loyalty.counter import Counter
from products.loyalty.ledgerless import CAP, COST, GRACE, PENDING, PIECES, SHARE, Reserved, Shelf
from products.loyalty.terms_paper import rule as earn_rule
from products.loyalty.terms_paper import terms
from products.loyalty.town import Town

BEGINNING = datetime(2026, 1, 20, 9, 30, tzinfo=UTC)
PEOPLE = integers(0, 1)
AMOUNTS = integers(0, 60_000)
RESERVED_FOR = timedelta(days=2)


class Program(RuleBasedStateMachine):
    """Two members buy, return, burn, come and go, as time goes by. Each example is a program of its own in one database."""

    town: ClassVar[Town]
    members: ClassVar[list[Member]]

    @initialize(policy=sampled_from(["within_balance", "only_pending", "allow_negative"]))
    def begin(self, policy: str) -> None:
        """An active program with a reward, and two members: one has reserved points, one has spent some."""
        self.town.clock.set(BEGINNING)
        known = terms(
            earn_rule(cap={"points": CAP, "window": "month"}),
            pending_days=PENDING.days,
            expiry={"kind": "months", "months": 1},
            return_policy=policy,
            unknown_members="refuse",
        )
        self.counter = Counter(self.town, self.town.make_program(known, self.members))
        self.reward = self.counter.reward(COST, stock=PIECES, per_member=SHARE)
        self.model = Shelf(policy)
        self.open: list[tuple[Burned, Reserved]] = []
        self.told: list[tuple[str, int, int, datetime]] = []
        for who in (0, 1):
            self.buy(who, 40_000, 48)
            self.burn(who, 50, is_reward=False, is_reserved=who == 0)

    # Time

    @rule(hours=sampled_from([1, 1, 24, 24, 24 * 3, 24 * 25]))
    def pass_time(self, hours: int) -> None:
        """Time goes on."""
        self.town.later(hours=hours)

    # Shops

    @rule(who=PEOPLE, amount=AMOUNTS, hours=integers(0, 24 * 6))
    def buy(self, who: int, amount: int, hours: int) -> None:
        """A purchase, told late."""
        self._tell((f"T-{len(self.told)}", who, amount, self.now - timedelta(hours=hours)))

    @precondition(lambda self: self.told)
    @rule(place=integers(0, 1_000), is_another=booleans())
    def tell_again(self, place: int, is_another: bool) -> None:
        """The same purchase again, or one of the other member under its id."""
        name, who, amount, at = self.told[place % len(self.told)]
        self._tell((name, 1 - who, amount, at) if is_another else (name, who, amount, at))

    def _tell(self, told: tuple[str, int, int, datetime]) -> None:
        name, who, amount, at = told
        expected = self.model.earn(name, who, amount, at, self.now)
        decided = self.town.earn(self.counter.program, self.members[who], amount, at=at, transaction_id=name)
        assert (decided.status, decided.points) == (("refused", 0) if expected is None else ("earned", expected))
        if expected is not None:
            self.told.append(told)

    @precondition(lambda self: self.told)
    @rule(place=integers(0, 1_000), amount=integers(1, 90_000))
    def give_back(self, place: int, amount: int) -> None:
        """Goods of a purchase come back, perhaps more than were bought."""
        name = self.told[place % len(self.told)][0]
        expected = self.model.give_back(name, amount, self.now)
        self._given_back(self.town.give_back(self.counter.program, amount, transaction_id=name), expected)

    @rule(who=PEOPLE, amount=integers(1, 90_000))
    def give_back_alone(self, who: int, amount: int) -> None:
        """Goods of no known purchase come back."""
        expected = self.model.give_back_alone(who, amount, self.now)
        self._given_back(self.town.give_back(self.counter.program, amount, member=self.members[who]), expected)

    def _given_back(self, decided: Any, expected: int | None) -> None:
        assert (decided.status, decided.points) == (("refused", 0) if expected is None else ("applied", expected))

    # Members

    @rule(who=PEOPLE, percent=integers(10, 110), is_reward=booleans(), is_reserved=booleans())
    def burn(self, who: int, percent: int, *, is_reward: bool, is_reserved: bool) -> None:
        """A reward or a part of what there is, or a little more, at once or reserved."""
        usable = sum(lot.left for lot in self.model.alive(who, self.now) if lot.usable <= self.now)
        cost = COST if is_reward else 1 + usable * percent // 100
        reserved = self.model.burn(who, cost, self.now, is_reward=is_reward, until=self.now + RESERVED_FOR)
        price = {"reward": self.reward, "has_stock": True, "per_member": SHARE} if is_reward else {}
        burned: list[Burned] = []

        def take() -> None:
            burned.append(self.counter.take(self.members[who], cost, minutes=60 * 24 * 2 if is_reserved else None, **price))

        assert self._is_done(take) == (reserved is not None)
        if reserved is not None and is_reserved:
            self.model.people[who].held += cost
            self.open.append((burned[0], reserved))

    @precondition(lambda self: self.open)
    @rule(place=integers(0, 1_000), is_confirmed=booleans(), is_late=booleans())
    def settle(self, place: int, is_confirmed: bool, is_late: bool) -> None:
        """A reservation is confirmed in time, or cancelled at any, also when its lots are over."""
        if is_late:
            self.pass_time(24 * 32)
        burned, reserved = self.open[place % len(self.open)]
        who = self.members[reserved.who]
        if is_confirmed and self.now >= reserved.until:
            assert not self._is_done(lambda: self.town.confirm(self.counter.program, who, burned))
            return
        if is_confirmed:
            self.town.confirm(self.counter.program, who, burned)
        else:
            self.town.cancel(self.counter.program, who, burned, grace_days=GRACE.days)
            self.model.cancel(reserved, self.now)
        self.model.people[reserved.who].held -= reserved.points
        self.open.remove((burned, reserved))

    @rule(who=PEOPLE)
    def sweep(self, who: int) -> None:
        """What has expired is posted: nothing that shows changes."""
        basis = self.counter.basis()
        sweep = ExpirePoints(basis.program, self.members[who].id, basis.terms, basis.version, basis.zone)
        self._is_done(lambda: self.town.post_now(sweep))

    @rule(who=PEOPLE)
    def come_or_go(self, who: int) -> None:
        """A member leaves, or comes back."""
        member, basis = self.members[who], self.counter.basis()
        if self.model.people[who].is_member:
            leaving = LeaveProgram(basis.program, member.id, basis.terms, basis.version, basis.zone)
            assert self._is_done(lambda: self.town.post_now(leaving)) == self.model.leave(who)
        else:
            self.town.join(self.counter.program, member)
            self.model.people[who].is_member = True

    # What must always be

    @invariant()
    def both_say_the_same(self) -> None:
        """Every lot, meter and stock is what the model says, and what is owed is paid as soon as there is something."""
        program = self.counter.program.id
        assert self.counter.stock(self.reward) == self.model.stock
        for place, member in enumerate(self.members):
            person = self.model.people[place]
            found = [lot for lot in self.counter.lots(member) if lot.expires_at is None or lot.expires_at > self.now]
            assert [tuple(lot) for lot in found] == [
                (lot.left, lot.earned, lot.usable, lot.expires) for lot in self.model.alive(place, self.now)
            ]
            purse, held = points(program, member.id), self.counter.held
            meters = [held(account) for account in (held_of(purse), owed(program, member.id), earned(program, member.id))]
            assert meters == [person.held, person.owed, person.earned]
            assert not found or not person.owed
            assert self.counter.bought(member, self.reward) == person.taken_rewards <= SHARE
            for month, counted in person.capped.items():
                assert held(capped(program, member.id, "Everything", month)) == counted <= CAP

    @property
    def now(self) -> datetime:
        """What the clock says."""
        return self.town.clock.at

    def _is_done(self, call: Any) -> bool:
        try:
            call()
        except DomainError:
            return False
        return True


def run_machine(town: Town, examples: int) -> None:
    """Run the machine in one town; its books are proved at the end."""
    members = [town.make_member(), town.make_member()]
    machine = type("OneProgram", (Program,), {"town": town, "members": members})
    quietly = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=40, deadline=None, suppress_health_check=quietly)
    )


def test_a_program_is_what_plain_arithmetic_says(town: Town) -> None:
    run_machine(town, 40)


@pytest.mark.slow
def test_many_programs_are_what_plain_arithmetic_says(town: Town) -> None:
    run_machine(town, 300)
