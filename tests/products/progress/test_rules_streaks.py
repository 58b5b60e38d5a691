"""Streaks by hand and against a model that lives day by day."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
import pytest

from laurels.products.progress.rules import Days, Freezes, Streak, StreakBonus, advance, bonus_for, freezes_on, replay, seen_on, streak_on

FIRST = date(2026, 11, 2)
USUAL = Freezes()
NONE = Freezes(most=0, earned_every=None, cost=None)


def day(number: int) -> date:
    """1 is 2 November 2026."""
    return FIRST + timedelta(days=number - 1)


def streak(*active: int, bought: Iterable[int] = (), excused: Iterable[int] = (), policy: Freezes = USUAL) -> Streak:
    days = Days.of(day(number) for number in active)
    return replay(days, bought=[day(number) for number in bought], excused={day(number) for number in excused}, policy=policy)


def test_days_one_two_three_and_five() -> None:
    """P14."""
    assert streak(1, 2, 3, 5) == Streak(current=1, longest=3, freezes=0, last_day=day(5))


def test_a_missed_day_with_a_freeze_is_kept_and_uses_it() -> None:
    """P6: the missed day isn't one of the streak's."""
    assert streak(1, 2, 3, 5, bought=[2]) == Streak(current=4, longest=4, freezes=0, last_day=day(5))
    assert streak(1, 2, 3, 5, bought=[2, 2]).freezes == 1


def test_a_freeze_bought_on_the_missed_day_saves_it() -> None:
    assert streak(1, 2, 4, bought=[3]) == Streak(3, 3, 0, day(4))


def test_a_freeze_bought_after_the_missed_day_does_not() -> None:
    assert streak(1, 2, 4, bought=[4]) == Streak(1, 2, 1, day(4))


def test_freezes_are_used_one_a_day_until_the_streak_breaks() -> None:
    assert streak(1, 2, 5, bought=[1, 1]) == Streak(3, 3, 0, day(5))
    assert streak(1, 2, 6, bought=[1, 1]) == Streak(1, 2, 0, day(6))


def test_a_broken_streak_uses_no_more_freezes() -> None:
    assert streak(1, 9, bought=[4, 6]) == Streak(1, 1, 2, day(9))


def test_one_is_earned_every_seven_days_up_to_two() -> None:
    assert [streak(*range(1, last + 1)).freezes for last in (6, 7, 13, 14, 21, 70)] == [0, 1, 1, 2, 2, 2]
    assert streak(*range(1, 15), policy=Freezes(most=1)).freezes == 1


def test_none_is_earned_where_the_policy_says_so() -> None:
    assert streak(*range(1, 30), policy=NONE) == Streak(29, 29, 0, day(29))


def test_a_bought_one_is_not_lost_to_the_bound() -> None:
    assert streak(*range(1, 15), bought=[15, 14, 14]).freezes == 3
    assert streak(*range(1, 22), bought=[1, 1]).freezes == 2


def test_an_earned_one_saves_a_week_that_had_a_gap() -> None:
    assert streak(*range(1, 8), 9, 10) == Streak(9, 9, 0, day(10))


def test_an_excused_day_breaks_nothing_and_uses_none() -> None:
    assert streak(1, 2, 4, excused=[3]) == Streak(3, 3, 0, day(4))
    assert streak(1, 2, 5, excused=[3], bought=[1]) == Streak(3, 3, 0, day(5))
    assert streak(1, 2, 5, excused=[3]) == Streak(1, 2, 0, day(5))


def test_no_active_day_makes_no_streak() -> None:
    assert replay(Days(day(3)), bought=[day(1), day(3), day(4)], excused=(), policy=USUAL) == Streak(0, 0, 2, day(3))


@pytest.mark.parametrize(("today", "seen"), [(3, 3), (4, 3), (5, 0), (60, 0), (2, 3)])
def test_a_streak_is_seen_until_a_day_was_missed(today: int, seen: int) -> None:
    assert seen_on(streak(1, 2, 3), day(today), bought=(), excused=()) == seen


@pytest.mark.parametrize(("today", "seen", "freezes"), [(4, 3, 1), (5, 3, 0), (6, 0, 0)])
def test_a_freeze_in_hand_keeps_it_in_sight(today: int, seen: int, freezes: int) -> None:
    kept = streak(1, 2, 3, bought=[1])
    assert seen_on(kept, day(today), bought=[day(1)], excused=()) == seen
    assert freezes_on(kept, day(today), bought=[day(1)], excused=()) == freezes


def test_a_freeze_bought_since_counts() -> None:
    kept = streak(1, 2, 3)
    assert seen_on(kept, day(5), bought=[day(4)], excused=()) == 3
    assert freezes_on(kept, day(4), bought=[day(4)], excused=()) == 1
    assert freezes_on(kept, day(5), bought=[day(4), day(5)], excused=()) == 1
    assert freezes_on(streak(1, 2, 3, bought=[3]), day(3), bought=[day(3)], excused=()) == 1


def test_an_excused_day_since_does_not_end_it() -> None:
    assert seen_on(streak(1, 2, 3), day(5), bought=(), excused={day(4)}) == 3


def test_streak_as_of_a_day_knows_nothing_of_later_ones() -> None:
    days = Days.of(day(number) for number in (1, 2, 3, 5, 6))
    seen = [streak_on(days, day(number), bought=(), excused=(), policy=USUAL) for number in range(1, 8)]
    assert seen == [1, 2, 3, 0, 1, 2, 0]


def test_only_a_later_day_advances() -> None:
    with pytest.raises(ValueError, match="isn't after"):
        advance(streak(1, 2, 3), day(3), bought=(), excused=(), policy=USUAL)


@pytest.mark.parametrize(("streak_days", "points"), [(0, 0), (1, 5), (3, 15), (5, 25), (100, 500), (101, 500)])
def test_a_bonus_grows_with_the_streak_up_to_a_hundred_days(streak_days: int, points: int) -> None:
    assert bonus_for(StreakBonus(), streak_days) == points


def test_ten_years_of_days() -> None:
    days = Days(date(2016, 11, 20), (1 << 3652) - 1)
    assert replay(days, bought=(), excused=(), policy=USUAL) == Streak(3652, 3652, 2, date(2026, 11, 19))


def lived(active: Collection[date], bought: list[date], excused: Collection[date], policy: Freezes) -> Streak:
    """The same by going through every day of the calendar, up to the last active one."""
    current = longest = freezes = 0
    today = min([*active, *bought])
    while today <= max(active):
        freezes += bought.count(today)
        if today in active:
            current += 1
            longest = max(longest, current)
            if policy.earned_every and current % policy.earned_every == 0 and freezes < policy.most:
                freezes += 1
        elif today not in excused and current:
            current, freezes = (current, freezes - 1) if freezes else (0, 0)
        today += timedelta(days=1)
    return Streak(current, longest, freezes, max(active))


numbers = st.integers(1, 60).map(day)
policies = st.builds(Freezes, most=st.integers(0, 3), earned_every=st.none() | st.integers(1, 8))
purchases = st.lists(numbers, max_size=6)
excuses = st.sets(numbers, max_size=6)
# Long runs are what earns freezes: a set of all days without a few, beside any set.
actives = st.sets(numbers, min_size=1) | st.sets(numbers, max_size=12).map(lambda missed: {day(number) for number in range(1, 61)} - missed)


@given(active=actives, bought=purchases, excused=excuses, policy=policies)
def test_a_streak_is_that_of_living_through_the_days(active: set[date], bought: list[date], excused: set[date], policy: Freezes) -> None:
    assert replay(Days.of(active), bought=bought, excused=excused, policy=policy) == lived(active, bought, excused, policy)


@given(active=actives, bought=purchases, excused=excuses, policy=policies)
def test_advancing_day_by_day_is_replaying(active: set[date], bought: list[date], excused: set[date], policy: Freezes) -> None:
    first, *later = sorted(active)
    advanced = replay(Days(first, 1), bought=bought, excused=excused, policy=policy)
    for number, each in enumerate(later):
        advanced = advance(advanced, each, bought=bought, excused=excused, policy=policy)
        known = Days.of([first, *later[: number + 1]])
        assert advanced == replay(known, bought=bought, excused=excused, policy=policy)


@given(active=actives, bought=purchases, excused=excuses, policy=policies, today=st.integers(1, 70).map(day))
def test_a_streak_is_seen_where_another_day_would_go_on_with_it(
    active: set[date], bought: list[date], excused: set[date], policy: Freezes, today: date
) -> None:
    """What is shown before today's activity is what today's activity adds one to."""
    past = {each for each in active if each < today} or {day(1) - timedelta(days=1)}
    kept = replay(Days.of(past), bought=bought, excused=excused, policy=policy)
    then = advance(kept, today, bought=bought, excused=excused, policy=policy)
    assert seen_on(kept, today, bought=bought, excused=excused) == then.current - 1
    earned = then.freezes - freezes_on(kept, today, bought=bought, excused=excused)
    assert earned in (0, 1)
    assert streak_on(Days.of({*past, today}), today, bought=bought, excused=excused, policy=policy) == then.current
