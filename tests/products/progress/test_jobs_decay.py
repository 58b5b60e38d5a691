"""Decay: announced before it bites, once an interval however late the job is, never below the tier."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from laurels.identity.tables import Member, member
from laurels.products.progress.jobs import decay_points
from laurels.products.progress.rules import ActivityType
from products.progress.circle import Circle

DECAY = {"after_days": 90, "every_days": 30, "percent": 10, "notice_days": 14}


@pytest.fixture
def fading(circle: Circle) -> Iterator[tuple[Circle, Member]]:
    """Decay is on, and a member has 490 points: 240 above their tier."""
    circle.set_rules(decay=DECAY, streak_bonus=None)
    ana = circle.make_member()
    circle.award(ana, 490)
    yield circle, ana


def decays(circle: Circle, who: Member) -> list[int]:
    """What decay took, in order."""
    taken = [one for one in circle.activities(who) if one.activity_type == ActivityType.DECAY]
    return [one.amount for one in sorted(taken, key=lambda one: one.occurred_at)]


def test_decay_is_announced_then_bites_each_interval_by_its_percentage(fading: tuple[Circle, Member]) -> None:
    circle, ana = fading
    began = circle.clock.at
    circle.later(days=75)
    decay_points(circle.job())
    assert circle.told("decay.announced") == []
    circle.later(days=1)
    assert decay_points(circle.job()) == 0
    [told] = circle.told("decay.announced")
    assert told == {"member": str(ana.id), "decays_at": int((began + timedelta(days=90)).timestamp() * 1_000_000)}
    assert circle.progress(ana).decay_from == began + timedelta(days=90)
    circle.later(days=13)
    assert decay_points(circle.job()) == 0
    circle.later(days=1)
    assert decay_points(circle.job()) == 49
    assert decay_points(circle.job()) == 0, "twice on one night"
    circle.later(days=30)
    assert decay_points(circle.job()) == 44
    assert (circle.total(ana), decays(circle, ana)) == (490 - 49 - 44, [-49, -44])
    assert len(circle.told("decay.announced")) == 1
    assert circle.postings(ana)[-1] == ("decay", -44, 397)


def test_boards_keep_what_was_reached_and_the_days_sums_tell_what_decay_cost(fading: tuple[Circle, Member]) -> None:
    circle, ana = fading
    circle.later(days=76)
    decay_points(circle.job())
    circle.later(days=14)
    decay_points(circle.job())
    assert (circle.stands(ana, "2026-11"), circle.total(ana)) == (490, 441)
    [day] = [one for one in circle.days() if one.activity_type == ActivityType.DECAY]
    assert (day.awards, day.points, day.taken) == (1, 0, 49)


def test_late_run_takes_each_missed_interval_once_and_stops_at_the_tier(fading: tuple[Circle, Member]) -> None:
    circle, ana = fading
    circle.later(days=76)
    decay_points(circle.job())
    circle.later(days=14 + 300)
    assert decay_points(circle.job()) == 240
    assert decays(circle, ana) == [-49, -44, -39, -35, -32, -29, -12], "each of what was left, the last down to 250"
    assert (circle.total(ana), circle.progress(ana).decay_from) == (250, None)
    circle.later(days=30)
    assert decay_points(circle.job()) == 0
    assert len(circle.told("decay.announced")) == 1, "who has nothing to lose isn't told again"


def test_run_that_comes_late_gives_the_whole_notice(fading: tuple[Circle, Member]) -> None:
    circle, ana = fading
    circle.later(days=200)
    assert decay_points(circle.job()) == 0
    assert circle.progress(ana).decay_from == circle.clock.at + timedelta(days=14)
    circle.later(days=13)
    assert decay_points(circle.job()) == 0
    circle.later(days=1)
    assert decay_points(circle.job()) == 49


def test_activity_calls_it_off(fading: tuple[Circle, Member]) -> None:
    circle, ana = fading
    circle.later(days=80)
    decay_points(circle.job())
    circle.award(ana, 5)
    assert circle.progress(ana).decay_from is None
    circle.later(days=75)
    assert decay_points(circle.job()) == 0
    assert (circle.total(ana), len(circle.told("decay.announced"))) == (495, 1)
    circle.later(days=1)
    decay_points(circle.job())
    assert len(circle.told("decay.announced")) == 2


def test_who_comes_back_from_a_suspension_is_told_anew(fading: tuple[Circle, Member]) -> None:
    circle, ana = fading
    circle.later(days=76)
    decay_points(circle.job())
    circle.suspend(ana)
    circle.later(days=100)
    assert decay_points(circle.job()) == 0
    assert circle.progress(ana).decay_from is None
    with circle.database.write.begin() as connection:
        connection.execute(update(member).values(status="active"))
    assert decay_points(circle.job()) == 0
    assert circle.progress(ana).decay_from == circle.clock.at + timedelta(days=14)


def test_decay_that_staff_turn_off_is_called_off(fading: tuple[Circle, Member]) -> None:
    circle, ana = fading
    circle.later(days=76)
    decay_points(circle.job())
    circle.set_rules(decay=None)
    circle.later(days=100)
    assert decay_points(circle.job()) == 0
    assert (circle.progress(ana).decay_from, circle.total(ana)) == (None, 490)


def test_two_workers_take_an_interval_once_and_pages_reach_all(fading: tuple[Circle, Member], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.products.progress.jobs.decay.PAGE", 3)
    circle, ana = fading
    people = [ana, *(circle.make_member() for _ in range(7))]
    for who in people[1:]:
        circle.award(who, 490)
    poor = circle.make_member()
    circle.award(poor, 5)
    circle.later(days=76)
    decay_points(circle.job())
    circle.later(days=14 + 30)
    with ThreadPoolExecutor(2) as pool:
        taken = [each.result() for each in [pool.submit(decay_points, circle.job()) for _ in range(2)]]
    assert sum(taken) == 8 * (49 + 44)
    assert [decays(circle, who) for who in people] == [[-49, -44]] * 8
    assert (decays(circle, poor), circle.total(poor)) == ([], 5)
