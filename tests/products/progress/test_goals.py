"""Weekly goals: what a member sees of a week, and that each pays once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from laurels.identity.tables import Member
from laurels.products.progress.rules import ActivityType, Goal, GoalMeasure
from products.progress.circle import COMMENT, QUIZ, Circle
from support.site import refused


def seen(circle: Circle, who: Member, goal_type: str, **query: Any) -> Any:
    """A goal of a week, as the member sees it."""
    items = circle.read(who, "/progress/goals", **query)["items"]
    [found] = [item for item in items if item["goal_type"] == goal_type]
    return found


def test_a_week_is_shown_as_if_it_were_opened(served: Circle) -> None:
    ana = served.make_member()
    items = served.read(ana, "/progress/goals")["items"]
    assert [(item["goal_type"], item["target_progress"], item["points_reward"]) for item in items] == [
        ("activities_3", 3, 30),
        ("streak_7", 7, 50),
        ("help_5", 5, 40),
        ("topics_2", 2, 25),
    ]
    assert {(item["week_start"], item["week_end"]) for item in items} == {("2026-11-16", "2026-11-22")}
    assert {(item["current_progress"], item["percent"], item["is_completed"], item["completed_at"]) for item in items} == {
        (0, 0, False, None)
    }
    assert served.goals(ana) == {}


def test_p16_a_third_is_33_percent_and_three_thirds_pay_once(served: Circle) -> None:
    ana = served.make_member()
    for percent in (33, 66):
        served.award(ana)
        goal = seen(served, ana, "activities_3")
        assert (goal["percent"], goal["is_completed"]) == (percent, False)
    before = served.total(ana)
    served.award(ana)
    goal = seen(served, ana, "activities_3")
    assert (goal["current_progress"], goal["percent"], goal["is_completed"]) == (3, 100, True)
    assert goal["completed_at"] == "2026-11-20T10:00:00+00:00"
    assert served.total(ana) == before + 10 + 30
    served.later(hours=1)
    served.award(ana)
    goal = seen(served, ana, "activities_3")
    assert (goal["current_progress"], goal["percent"], goal["completed_at"]) == (4, 100, "2026-11-20T10:00:00+00:00")
    assert served.total(ana) == before + 10 + 30 + 10


def test_reached_several_times_at_one_instant_it_pays_once(circle: Circle) -> None:
    ana = circle.make_member()
    circle.together(*[lambda: circle.award(ana)] * 8)
    assert circle.total(ana) == 8 * 10 + 30
    assert [row.activity_type for row in circle.activities(ana)].count("weekly_goal") == 1


def test_p11_from_29_december_to_4_january_it_is_one_week(served: Circle) -> None:
    ana = served.make_member()
    for year, month, day in ((2025, 12, 29), (2025, 12, 31), (2026, 1, 4)):
        served.at(year, month, day)
        served.award(ana)
    goal = seen(served, ana, "activities_3")
    assert (goal["week_start"], goal["week_end"], goal["current_progress"]) == ("2025-12-29", "2026-01-04", 3)
    assert [(key, row.current_progress) for key, row in served.goals(ana).items() if key.endswith("activities_3")] == [
        ("2026-W01/activities_3", 3)
    ]
    assert [row.amount for row in served.activities(ana) if row.activity_type == "weekly_goal"] == [30]
    served.at(2026, 1, 5)
    assert seen(served, ana, "activities_3")["current_progress"] == 0
    assert seen(served, ana, "activities_3", week="2026-W01")["is_completed"] is True


def test_a_week_begins_in_the_communitys_zone(circle: Circle) -> None:
    with circle.open(time_zone="Asia/Kolkata"):  # where Monday begins at 18:30 UTC on Sunday
        ana = circle.make_member()
        circle.clock.set(datetime(2026, 11, 22, 18, 29, 59, tzinfo=UTC))
        assert seen(circle, ana, "help_5")["week_start"] == "2026-11-16"
        circle.clock.set(datetime(2026, 11, 22, 18, 30, tzinfo=UTC))
        assert seen(circle, ana, "help_5")["week_start"] == "2026-11-23"


def test_what_comes_late_counts_in_its_own_week(served: Circle) -> None:
    ana = served.make_member()
    for _ in range(3):
        served.award(ana, at=datetime(2026, 11, 15, 23, 59, tzinfo=UTC))
    last_week = seen(served, ana, "activities_3", week="2026-W46")
    assert (last_week["current_progress"], last_week["is_completed"]) == (3, True)
    assert last_week["completed_at"] == "2026-11-20T10:00:00+00:00"
    assert seen(served, ana, "activities_3")["current_progress"] == 0


def test_days_and_topics_count_once_a_week_each(served: Circle) -> None:
    served.add_topics("physics", "chemistry")
    ana = served.make_member()
    for topic in ("physics", "physics", None):
        served.award(ana, kind=COMMENT, topic=topic)
    assert (seen(served, ana, "streak_7")["current_progress"], seen(served, ana, "topics_2")["current_progress"]) == (1, 1)
    before = served.total(ana)
    served.award(ana, kind=COMMENT, topic="chemistry")
    assert seen(served, ana, "topics_2")["is_completed"] is True
    assert served.total(ana) == before + 10 + 25


def test_weeks_that_nobody_opened_are_empty(served: Circle) -> None:
    ana = served.make_member()
    for week in ("2026-W46", "2026-W48", "2020-W53"):
        assert served.read(ana, "/progress/goals", week=week) == {"items": []}


@pytest.mark.parametrize("week", ["2026-W54", "2026-W00", "2026-47", "1969-W01", "next", "2026-W47 "])
def test_a_week_of_another_form_is_refused(served: Circle, week: str) -> None:
    refused(served.get(served.make_member(), "/progress/goals", week=week), 422, "validation-failed")


def test_a_week_that_the_year_hasnt_is_refused(served: Circle) -> None:
    problem = refused(served.get(served.make_member(), "/progress/goals", week="2025-W53"), 422, "invalid")
    assert problem["field"] == "week"


def test_what_staff_changed_counts_from_the_next_week_where_it_was_opened(served: Circle) -> None:
    quizzes = frozenset({QUIZ})
    served.set_goals(Goal("read_2", "Read", "Two quizzes.", GoalMeasure.ACTIVITIES, quizzes, 2, 15, 1))
    ana, bo = served.make_member(), served.make_member()
    served.award(ana)
    served.set_goals(Goal("read_2", "Read on", "Four quizzes.", GoalMeasure.ACTIVITIES, quizzes, 4, 60, 1))
    opened, unopened = seen(served, ana, "read_2"), seen(served, bo, "read_2")
    assert (opened["title"], opened["target_progress"], opened["points_reward"]) == ("Read on", 2, 15)
    assert (unopened["target_progress"], unopened["points_reward"]) == (4, 60)
    served.at(2026, 11, 23)
    assert seen(served, ana, "read_2")["target_progress"] == 4


def test_a_goal_that_staff_retired_is_told_while_its_row_is_there(served: Circle) -> None:
    ana = served.make_member()
    served.award(ana)
    served.set_goals(Goal("swim_1", "Swim", "", GoalMeasure.ACTIVITIES, frozenset({ActivityType.SPECIAL_EVENT}), 1, 5, 9))
    listed = served.read(ana, "/progress/goals")["items"]
    assert [(item["goal_type"], item["title"]) for item in listed] == [
        ("activities_3", "Three activities"),
        ("streak_7", "Seven days"),
        ("swim_1", "Swim"),
    ]
