"""Spending points: what is taken is taken together or not at all, and comes back whole, once."""

from datetime import timedelta

import pytest

from laurels.core.errors import Missing
from laurels.core.ids import new_id
from laurels.identity.errors import MemberInactive
from laurels.ledger import InsufficientBalance, LimitReached
from laurels.products.loyalty.decisions.burning import BurnPoints, CancelBurn, ConfirmBurn, Price, Settled
from laurels.products.loyalty.errors import (
    BurnSettled,
    NotAMember,
    NothingDue,
    ProgramChanged,
    ProgramClosed,
    ReservationLapsed,
    RewardSoldOut,
    RewardUnavailable,
)
from laurels.products.loyalty.tables import Burn, burn
from products.loyalty.counter import Counter, open_counter, refusal
from products.loyalty.town import Town

MONTH = {"expiry": {"kind": "months", "months": 1}}


def kept(counter: Counter, burned: object) -> Burn:
    """A burn as it is kept."""
    with counter.town.database.read.connect() as connection:
        return Burn(*connection.execute(burn.select().where(burn.c.id == burned)).one())


def test_at_once_it_is_spent(town: Town) -> None:
    counter, ana = open_counter(town)
    reward = counter.reward(30, stock=2, per_member=2)
    town.earned(counter.program, ana, 100_000)
    burned = counter.take(ana, 30, reward=reward, has_stock=True, per_member=2)
    assert (burned.status, burned.points, burned.left) == ("fulfilled", 30, 20)
    row = kept(counter, burned.burn)
    assert (row.status, row.points, row.reward, row.has_stock, row.fulfilled_at) == ("fulfilled", 30, reward, True, town.clock.at)
    assert (counter.stock(reward), counter.bought(ana, reward)) == (1, 1)
    assert town.held(counter.program, ana) == {"points": 20, "earned": 50}
    refusal(BurnSettled, lambda: town.confirm(counter.program, ana, burned))
    refusal(BurnSettled, lambda: town.cancel(counter.program, ana, burned))


def test_reserved_and_confirmed(town: Town) -> None:
    counter, ana = open_counter(town)
    reward = counter.reward(30, stock=1, per_member=1)
    town.earned(counter.program, ana, 100_000)
    burned = counter.take(ana, 30, minutes=15, reward=reward, has_stock=True, per_member=1)
    assert (burned.status, burned.left) == ("reserved", 20)
    assert town.held(counter.program, ana) == {"points": 20, "held": 30, "earned": 50}
    assert kept(counter, burned.burn).confirm_by == town.clock.at + timedelta(minutes=15)
    refusal(RewardSoldOut, lambda: counter.take(ana, 30, reward=reward, has_stock=True, per_member=1))
    town.later(minutes=14, seconds=59)
    counter.become("paused")
    decision = ConfirmBurn(counter.program.id, burned.burn, ana.id, "sealed", town.clock.at + timedelta(days=30))
    assert town.post_now(decision).answer == Settled(burned.burn, "fulfilled", 30)
    row = kept(counter, burned.burn)
    assert (row.status, row.code_sealed, row.fulfilled_at) == ("fulfilled", "sealed", town.clock.at)
    assert town.held(counter.program, ana) == {"points": 20, "earned": 50}
    assert (counter.stock(reward), counter.bought(ana, reward)) == (0, 1)
    refusal(BurnSettled, lambda: town.confirm(counter.program, ana, burned))
    assert refusal(BurnSettled, lambda: town.cancel(counter.program, ana, burned)).fields == {"burn_status": "fulfilled"}


def test_reserved_and_cancelled_all_comes_back_into_its_lots(town: Town) -> None:
    counter, ana = open_counter(town, MONTH)
    reward = counter.reward(15, stock=1, per_member=1)
    for days in (10, 5):
        town.earned(counter.program, ana, 20_000, at=town.clock.at - timedelta(days=days))
    before = counter.lots(ana)
    burned = counter.take(ana, 15, minutes=15, reward=reward, has_stock=True, per_member=1)
    assert counter.left(ana) == [5]
    assert town.cancel(counter.program, ana, burned) == Settled(burned.burn, "cancelled", 15)
    assert (counter.lots(ana), counter.stock(reward), counter.bought(ana, reward)) == (before, 1, 0)
    row = kept(counter, burned.burn)
    assert (row.status, row.cancelled_at, row.fulfilled_at) == ("cancelled", town.clock.at, None)
    refusal(BurnSettled, lambda: town.cancel(counter.program, ana, burned))
    refusal(BurnSettled, lambda: town.confirm(counter.program, ana, burned))
    counter.take(ana, 15, reward=reward, has_stock=True, per_member=1)
    assert counter.left(ana) == [5]


def test_what_isnt_confirmed_in_time_lapses(town: Town) -> None:
    counter, ana = open_counter(town)
    town.earned(counter.program, ana, 20_000)
    burned = counter.take(ana, 10, minutes=15)
    sweep = CancelBurn(counter.program.id, burned.burn, ana.id, counter.basis().version, timedelta(days=30), only_lapsed=True)
    town.later(minutes=14, seconds=59)
    refusal(NothingDue, lambda: town.post_now(sweep))
    town.later(seconds=1)
    lapsed = refusal(ReservationLapsed, lambda: town.confirm(counter.program, ana, burned))
    assert lapsed.fields == {"confirm_by": town.clock.at.isoformat()}
    assert town.post_now(sweep).answer.status == "cancelled"
    refusal(BurnSettled, lambda: town.post_now(sweep))
    assert town.held(counter.program, ana) == {"points": 10, "earned": 10}


@pytest.mark.parametrize("grace_days", [30, 1])
def test_a_lot_that_expired_meanwhile_comes_back_for_the_days_of_grace(town: Town, grace_days: int) -> None:
    counter, ana = open_counter(town, MONTH)
    town.earned(counter.program, ana, 20_000, at=town.clock.at - timedelta(days=30))
    burned = counter.take(ana, 6, minutes=60 * 24)
    town.later(days=2)
    assert town.expire(counter.program, ana) == 4, "expiry never takes what is held"
    town.cancel(counter.program, ana, burned, grace_days=grace_days)
    [lot] = counter.lots(ana)
    assert (lot.left, lot.expires_at) == (6, town.clock.at + timedelta(days=grace_days))
    town.later(days=grace_days)
    refusal(InsufficientBalance, lambda: counter.take(ana, 1))
    assert town.expire(counter.program, ana) == 6


@pytest.mark.parametrize("grace_days", [30, 0])
def test_what_is_owed_is_taken_out_of_what_comes_back(town: Town, grace_days: int) -> None:
    """Also where the lots that come back are expired, and the program knows no grace."""
    counter, ana = open_counter(town, MONTH)
    town.earned(counter.program, ana, 20_000, transaction_id="T-1", at=town.clock.at - timedelta(days=30))
    burned = counter.take(ana, 10, minutes=60 * 24)
    town.give_back(counter.program, 12_000, transaction_id="T-1")
    assert town.held(counter.program, ana) == {"held": 10, "owed": 6, "earned": 4}
    town.later(days=2)
    town.cancel(counter.program, ana, burned, grace_days=grace_days)
    assert kept(counter, burned.burn).status == "cancelled"
    if grace_days:
        assert town.held(counter.program, ana) == {"points": 4, "earned": 4}
    else:
        assert town.expire(counter.program, ana) == 10
        assert town.held(counter.program, ana) == {"owed": 6, "earned": 4}


def test_first_expiring_goes_first_and_pending_not_at_all(town: Town) -> None:
    counter, ana = open_counter(town, {**MONTH, "pending_days": 2})
    for days, amount in ((3, 20_000), (20, 20_000), (1, 20_000), (40, 20_000)):
        town.earned(counter.program, ana, amount, at=town.clock.at - timedelta(days=days))
    refused = refusal(InsufficientBalance, lambda: counter.take(ana, 21))
    assert (refused.fields["available"], refused.fields["needed"]) == (20, 21)
    assert counter.left(ana) == [10, 10, 10, 10], "a refusal posts nothing, not even what has expired"
    assert counter.take(ana, 15).left == 5
    assert counter.left(ana) == [5, 10]
    assert [kind for kind, _, _ in town.postings(counter.program, ana)][-2:] == ["expiry", "burn"]


def test_a_reward_must_be_on_sale(town: Town) -> None:
    counter, ana = open_counter(town)
    town.earned(counter.program, ana, 100_000)
    soon, past = town.clock.at + timedelta(hours=1), town.clock.at + timedelta(hours=2)
    reward = counter.reward(10, on_sale_from=soon, on_sale_until=past)
    refusal(RewardUnavailable, lambda: counter.take(ana, 10, reward=reward))
    town.clock.set(soon)
    assert counter.take(ana, 10, reward=reward).status == "fulfilled"
    town.clock.set(past)
    refusal(RewardUnavailable, lambda: counter.take(ana, 10, reward=reward))
    refusal(Missing, lambda: counter.take(ana, 10, reward=new_id()))


def test_members_have_their_share(town: Town) -> None:
    counter, ana = open_counter(town)
    reward = counter.reward(10, per_member=2)
    town.earned(counter.program, ana, 100_000)
    first = counter.take(ana, 10, minutes=5, reward=reward, per_member=2)
    counter.take(ana, 10, reward=reward, per_member=2)
    refused = refusal(LimitReached, lambda: counter.take(ana, 10, minutes=5, reward=reward, per_member=2))
    assert (refused.fields["limit"], refused.fields["used"]) == (2, 2)
    refusal(LimitReached, lambda: counter.take(ana, 10, reward=reward, per_member=2))
    town.cancel(counter.program, ana, first)
    counter.take(ana, 10, reward=reward, per_member=2)
    assert (counter.bought(ana, reward), town.held(counter.program, ana)["points"]) == (2, 30)


def test_too_few_points_take_neither_stock_nor_share(town: Town) -> None:
    counter, ana = open_counter(town)
    reward = counter.reward(10, stock=1, per_member=1)
    town.earned(counter.program, ana, 19_999)
    for minutes in (None, 5):
        refusal(InsufficientBalance, lambda minutes=minutes: counter.take(ana, 10, minutes=minutes, reward=reward, has_stock=True))  # type: ignore[misc]  # mypy can't infer this lambda
    assert (counter.stock(reward), counter.bought(ana, reward), town.count(burn)) == (1, 0, 0)


def test_who_may_burn(town: Town) -> None:
    counter, ana = open_counter(town)
    bo = town.make_member()
    refusal(NotAMember, lambda: counter.take(bo, 1))
    town.earned(counter.program, ana, 20_000)
    reserved = counter.take(ana, 5, minutes=5)
    stale = BurnPoints(new_id(), ana.id, Price(1, value_minor=1), counter.basis(), None)
    counter.reward()
    with pytest.raises(ProgramChanged):
        town.post_now(stale)
    counter.become("paused")
    refusal(ProgramClosed, lambda: counter.take(ana, 1))
    counter.become("active")
    program, version = counter.program.id, counter.basis().version
    for decision in (ConfirmBurn(program, new_id(), ana.id), CancelBurn(program, new_id(), ana.id, version, timedelta())):
        refusal(Missing, lambda decision=decision: town.post_now(decision))  # type: ignore[misc]  # as above
    counter.suspend(ana)
    refusal(MemberInactive, lambda: counter.take(ana, 1))
    refusal(MemberInactive, lambda: town.confirm(counter.program, ana, reserved))
    counter.become("archived")
    refusal(ProgramClosed, lambda: town.confirm(counter.program, ana, reserved))
    assert town.cancel(counter.program, ana, reserved).status == "cancelled", "what is held always comes back"


def test_burning_is_activity(town: Town) -> None:
    counter, ana = open_counter(town, {"expiry": {"kind": "inactivity", "months": 1}})
    town.earned(counter.program, ana, 40_000)
    counter.take(ana, 1)
    joined = counter.member_of(ana).last_activity_at
    town.later(days=30)
    counter.take(ana, 1, minutes=5)
    assert counter.member_of(ana).last_activity_at == town.clock.at > joined
    town.later(days=32)
    refusal(InsufficientBalance, lambda: counter.take(ana, 1))
