"""Monday's goals: opened for members who were active lately, whoever runs the job and however often."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from laurels.products.progress.jobs import open_goals
from laurels.products.progress.jobs.goals import MEMBERS_AT_ONCE
from laurels.products.progress.rules import DEFAULT_GOALS, ActivityType
from laurels.products.progress.tables import weekly_goal
from products.progress.circle import Circle

MONDAY = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
ALL = {f"2026-W48/{goal.goal_type}" for goal in DEFAULT_GOALS}


def test_goals_are_opened_for_members_who_were_active_in_two_weeks(circle: Circle) -> None:
    ana, bo, idle = circle.make_member(), circle.make_member(), circle.make_member()
    circle.at(2026, 11, 8, 23, 59, 59)
    circle.award(idle)
    circle.at(2026, 11, 9, 0)
    circle.award(ana)
    circle.at(2026, 11, 22, 23)
    circle.award(bo)
    circle.clock.set(MONDAY)
    assert open_goals(circle.job()) == 8
    assert set(circle.goals(ana)) >= ALL
    row = circle.goals(bo)["2026-W48/help_5"]
    assert (row.current_progress, row.target_progress, row.points_reward, row.completed_at) == (0, 5, 40, None)
    assert not ALL & set(circle.goals(idle))


def test_job_that_is_late_or_run_again_opens_what_is_missing_alone(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana)
    circle.clock.set(MONDAY + timedelta(days=2))
    circle.award(ana, kind=ActivityType.COMMENT)
    counted = circle.goals(ana)["2026-W48/help_5"]
    assert open_goals(circle.job()) == len(ALL - {"2026-W48/help_5", "2026-W48/streak_7"})
    assert circle.goals(ana)["2026-W48/help_5"] == counted
    assert open_goals(circle.job()) == 0


def test_what_is_opened_counts_and_pays_as_ever(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana)
    circle.clock.set(MONDAY)
    open_goals(circle.job())
    before = circle.total(ana)
    for _ in range(5):
        circle.award(ana, 1, ActivityType.COMMENT)
    assert circle.total(ana) == before + 5 + 40
    assert circle.goals(ana)["2026-W48/help_5"].completed_at == MONDAY


def test_suspended_members_get_none(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana)
    circle.suspend(ana)
    circle.clock.set(MONDAY)
    assert open_goals(circle.job()) == 0


def test_goals_are_those_of_now_and_the_week_is_the_communitys(circle: Circle) -> None:
    """Sunday evening in Los Angeles is Monday in UTC, which is the community's zone here."""
    ana = circle.make_member(time_zone="America/Los_Angeles")
    circle.award(ana)
    circle.set_goals(replace(DEFAULT_GOALS[2], target=2, points_reward=7))
    circle.clock.set(MONDAY)
    assert open_goals(circle.job()) == 1
    row = circle.goals(ana)["2026-W48/help_5"]
    assert (row.target_progress, row.points_reward) == (2, 7)


def test_no_goals_open_none(circle: Circle) -> None:
    circle.award(circle.make_member())
    circle.set_goals()
    circle.clock.set(MONDAY)
    assert open_goals(circle.job()) == 0


def test_two_workers_at_once_open_each_goal_once_and_members_come_in_pages(circle: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.products.progress.jobs.goals.MEMBERS_AT_ONCE", 3)
    for _ in range(10):
        circle.award(circle.make_member())
    before = circle.count(weekly_goal)
    circle.clock.set(MONDAY)
    with ThreadPoolExecutor(2) as pool:
        opened = [each.result() for each in [pool.submit(open_goals, circle.job()) for _ in range(2)]]
    assert sum(opened) == 40
    assert circle.count(weekly_goal) == before + 40


def test_stopping_worker_leaves_the_rest(circle: Circle) -> None:
    circle.award(circle.make_member())
    circle.clock.set(MONDAY)
    assert open_goals(replace(circle.job(), is_stopping=lambda: True)) == 0
    assert open_goals(circle.job()) == 4
    assert MEMBERS_AT_ONCE <= 5_000, "no award is decided while a piece is written"
