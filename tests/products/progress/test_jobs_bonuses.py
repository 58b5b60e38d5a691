"""Streak bonuses: once a member and day, however often, late or doubled the job is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from laurels.identity.tables import Member
from laurels.products.progress.jobs import pay_bonuses
from laurels.products.progress.rules import ActivityType
from laurels.products.progress.tables import PointActivity
from products.progress.circle import Circle

BONUS = ActivityType.STREAK_BONUS


def noon(day: int, month: int = 11) -> datetime:
    """A noon of 2026, in UTC."""
    return datetime(2026, month, day, 12, tzinfo=UTC)


def active(circle: Circle, who: Member, *days: int) -> None:
    """Have a member do something that counts for no goal on days of November, at noon."""
    for day in days:
        circle.clock.set(noon(day))
        circle.award(who, kind=ActivityType.PROJECT_UPDATE)


def bonuses(circle: Circle, who: Member) -> list[PointActivity]:
    """What a member got for their streak, by day."""
    return sorted((one for one in circle.activities(who) if one.activity_type == BONUS), key=lambda one: one.occurred_at)


def paid(circle: Circle, who: Member) -> list[int]:
    """How much of it for each day."""
    return [one.amount for one in bonuses(circle, who)]


def test_p7_bonus_job_twice_pays_one_bonus_and_streaks_of_3_and_5_pay_15_and_25(circle: Circle) -> None:
    ana, bo = circle.make_member(), circle.make_member()
    active(circle, bo, 2, 3, 4, 5, 6)
    active(circle, ana, 7, 8, 9)
    circle.clock.set(noon(6) + timedelta(hours=12))
    assert pay_bonuses(circle.job()) == 5 + 10 + 15 + 20 + 25
    circle.clock.set(noon(9) + timedelta(hours=12))
    assert pay_bonuses(circle.job()) == 5 + 10 + 15
    assert pay_bonuses(circle.job()) == 0
    assert (paid(circle, ana)[-1], paid(circle, bo)[-1]) == (15, 25)
    assert (circle.total(ana), circle.total(bo)) == (3 * 10 + 30, 5 * 10 + 75)


def test_bonus_is_an_activity_of_the_system_at_the_days_last_moment(circle: Circle) -> None:
    """A Sunday's counts in the week and month of that Sunday."""
    ana = circle.make_member()
    circle.clock.set(datetime(2026, 5, 31, 12, tzinfo=UTC))
    circle.award(ana)
    circle.clock.set(datetime(2026, 6, 1, 0, 0, tzinfo=UTC))
    pay_bonuses(circle.job())
    [bonus] = bonuses(circle, ana)
    assert (bonus.amount, bonus.source, bonus.day) == (5, "system", None)
    assert bonus.occurred_at == datetime(2026, 5, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert (circle.stands(ana, "2026-05"), circle.stands(ana, "2026-W22")) == (15, 15)
    assert circle.streak(ana).current_days == 1, "what the system awards extends no streak"
    assert circle.postings(ana)[-1] == ("streak_bonus", 5, 15)


def test_day_is_over_at_its_members_midnight(circle: Circle) -> None:
    ana, bo = circle.make_member(time_zone="Pacific/Kiritimati"), circle.make_member(time_zone="America/Los_Angeles")
    circle.clock.set(datetime(2026, 11, 20, 9, 59, tzinfo=UTC))  # 23:59 of the 20th, and 01:59
    circle.award(ana)
    circle.award(bo)
    assert pay_bonuses(circle.job()) == 0
    circle.clock.set(datetime(2026, 11, 20, 10, 0, tzinfo=UTC))
    assert pay_bonuses(circle.job()) == 5
    circle.clock.set(datetime(2026, 11, 21, 7, 59, tzinfo=UTC))
    assert pay_bonuses(circle.job()) == 0
    circle.clock.set(datetime(2026, 11, 21, 8, 0, tzinfo=UTC))
    assert pay_bonuses(circle.job()) == 5
    assert (paid(circle, ana), paid(circle, bo)) == ([5], [5])


def test_job_that_was_missing_for_days_pays_each_of_them(circle: Circle) -> None:
    ana = circle.make_member()
    active(circle, ana, 2, 3, 4)
    circle.clock.set(noon(20))
    assert pay_bonuses(circle.job()) == 5 + 10 + 15
    assert [one.occurred_at.date() for one in bonuses(circle, ana)] == [date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)]


def test_late_day_pays_its_own_bonus_and_changes_no_other(circle: Circle) -> None:
    ana = circle.make_member()
    active(circle, ana, 2, 4)
    circle.clock.set(noon(5))
    pay_bonuses(circle.job())
    assert paid(circle, ana) == [5, 5]
    circle.award(ana, at=noon(3))
    pay_bonuses(circle.job())
    assert paid(circle, ana) == [5, 10, 5]
    assert circle.streak(ana).current_days == 3


def test_day_of_more_than_a_month_ago_pays_nothing(circle: Circle) -> None:
    ana = circle.make_member()
    circle.clock.set(noon(20))
    circle.award(ana, at=noon(20, month=10) - timedelta(days=1))
    circle.award(ana, at=noon(20, month=10))
    pay_bonuses(circle.job())
    assert [one.occurred_at.date() for one in bonuses(circle, ana)] == [date(2026, 10, 20)]


def test_suspended_members_are_paid_nothing_and_their_days_are_done_with(circle: Circle) -> None:
    ana = circle.make_member()
    active(circle, ana, 2)
    circle.suspend(ana)
    circle.clock.set(noon(5))
    assert pay_bonuses(circle.job()) == 0
    assert (circle.streak(ana).unpaid, circle.streak(ana).bonus_due) == ("[]", None)
    assert circle.total(ana) == 10


def test_no_bonus_where_staff_turned_it_off(circle: Circle) -> None:
    ana = circle.make_member()
    active(circle, ana, 2)
    circle.set_rules(streak_bonus=None)
    circle.clock.set(noon(3))
    assert pay_bonuses(circle.job()) == 0
    circle.set_rules(streak_bonus={"points_per_day": 5, "most_days": 100})
    assert pay_bonuses(circle.job()) == 0, "what was over by then stays unpaid"


def test_bonus_goes_by_the_rules_of_now(circle: Circle) -> None:
    """Another process changed them: the job's own memory of them is stale."""
    ana = circle.make_member()
    active(circle, ana, 2, 3, 4)
    stale = circle.basis
    circle.set_rules(streak_bonus={"points_per_day": 7, "most_days": 2})
    assert stale.version != circle.basis.version
    circle.clock.set(noon(5))
    assert pay_bonuses(circle.job()) == 7 + 14 + 14


def test_bonus_brings_badges_and_announces_a_tier(circle: Circle) -> None:
    ana = circle.make_member()
    circle.clock.set(noon(2))
    circle.award(ana, 246)
    circle.clock.set(noon(3))
    assert circle.told("tier.reached") == []
    pay_bonuses(circle.job())
    assert [(one["before"], one["after"]) for one in circle.told("tier.reached")] == [(0, 1)]
    assert [one["points"] for one in circle.told("progress.awarded")] == [246, 5]


def test_two_workers_at_once_pay_each_day_once(circle: Circle) -> None:
    people = [circle.make_member() for _ in range(12)]
    for who in people:
        active(circle, who, 2, 3)
    circle.clock.set(noon(5))
    with ThreadPoolExecutor(2) as pool:
        sums = [each.result() for each in [pool.submit(pay_bonuses, circle.job()) for _ in range(2)]]
    assert sum(sums) == 12 * (5 + 10)
    assert [paid(circle, who) for who in people] == [[5, 10]] * 12


def test_sweep_goes_through_all_in_pages(circle: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.products.progress.jobs.bonuses.PAGE", 3)
    people = [circle.make_member(time_zone="Pacific/Kiritimati" if number % 2 else "America/Los_Angeles") for number in range(8)]
    circle.clock.set(datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    for who in people:
        circle.award(who)
    circle.clock.set(datetime(2026, 11, 20, 11, 0, tzinfo=UTC))
    assert pay_bonuses(circle.job()) == 4 * 5
