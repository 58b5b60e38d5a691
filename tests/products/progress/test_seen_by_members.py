"""What pages read of a member: points by week, days of the week, skills, quests that can be had, goals by their titles."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update

from laurels.core.ids import new_id
from laurels.products.progress.queries.goals import goal_titles
from laurels.products.progress.queries.quests import QuestFilter, list_quests
from laurels.products.progress.queries.skills import list_skills
from laurels.products.progress.queries.streaks import read_week_days
from laurels.products.progress.queries.weeks import read_weeks
from laurels.products.progress.rules import Goal, GoalMeasure, Quest, QuestType
from laurels.products.progress.tables import progress_topic
from products.progress.circle import QUIZ, Circle


def test_weeks_are_the_communitys_and_pass_the_year(circle: Circle) -> None:
    ana, zone = circle.make_member(), circle.place.settings.zone
    now = datetime(2027, 1, 4, 9, tzinfo=UTC)
    circle.clock.advance(now - circle.clock.at)
    for day, points in ((date(2026, 12, 27), 1), (date(2026, 12, 28), 2), (date(2027, 1, 3), 4), (date(2027, 1, 4), 8)):
        circle.award(ana, points, at=datetime(day.year, day.month, day.day, 8, tzinfo=UTC))
    with circle.database.read.connect() as connection:
        weeks = read_weeks(connection, ana.id, zone, at=now, number=4)
    assert [(one.week, one.number, one.points) for one in weeks] == [
        ("2026-W51", 51, 0),
        ("2026-W52", 52, 1),
        ("2026-W53", 53, 6),
        ("2027-W01", 1, 8),
    ]


def test_days_of_the_week_are_the_members(circle: Circle) -> None:
    ana, ben = circle.make_member(time_zone="Pacific/Auckland"), circle.make_member(time_zone="Pacific/Auckland")
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)  # Monday 23rd, 1 in the morning, in Auckland
    circle.clock.advance(now - circle.clock.at)
    circle.award(ana, at=now - timedelta(hours=2))
    circle.award(ana, at=now)
    with circle.database.read.connect() as connection:
        active, idle = (read_week_days(connection, who.id, "Pacific/Auckland", at=now) for who in (ana, ben))
    assert [one.day for one in active] == [date(2026, 11, 23) + timedelta(days=number) for number in range(7)]
    assert [one.is_active for one in active] == [True] + [False] * 6
    assert [one.is_today for one in active] == [True] + [False] * 6
    assert [one.is_ahead for one in active] == [False] + [True] * 6
    assert not any(one.is_active for one in idle)


def test_skills_follow_from_points_of_topics_and_outlive_their_topic(circle: Circle) -> None:
    circle.add_topics("algebra", "botany", "chemistry")
    ana = circle.make_member()
    for topic, points in (("algebra", 200), ("botany", 201), ("botany", 800)):
        circle.award(ana, points, QUIZ, topic=topic)
    with circle.database.write.begin() as connection:
        connection.execute(update(progress_topic).where(progress_topic.c.slug == "botany").values(is_active=False))
    with circle.database.read.connect() as connection:
        skills = list_skills(connection, circle.basis.rules, ana.id)
        assert list_skills(connection, circle.basis.rules, circle.make_member().id) == []
    assert [(one.topic.slug, one.points, one.skill.key, one.next_skill.key if one.next_skill else None) for one in skills] == [
        ("botany", 1001, "master", None),
        ("algebra", 200, "beginner", "intermediate"),
    ]


def test_quests_that_can_be_had_leave_out_those_begun_that_are_over(circle: Circle) -> None:
    ana, now = circle.make_member(), circle.clock.at

    def add(title: str, **fields: object) -> None:
        made = Quest(new_id(), QuestType.SIDE, None, 10, 1, None, **fields)  # type: ignore[arg-type]
        circle.begin(ana, circle.add_quest(made, title=title), steps=1)

    add("over", ends_at=now)
    add("aside", is_active=False)
    add("later", starts_at=now + timedelta(seconds=1))
    add("just begun", starts_at=now)
    add("not yet over", ends_at=now + timedelta(seconds=1))
    with circle.database.read.connect() as connection:
        offered = list_quests(connection, ana.id, QuestFilter(only_open=True), at=now, limit=10)
        everything = list_quests(connection, ana.id, QuestFilter(), at=now, limit=10)
    assert [one.row.title for one in offered] == ["not yet over", "just begun"]
    assert len(everything) == 5


def test_goals_that_staff_retired_keep_their_titles(circle: Circle) -> None:
    circle.set_goals(Goal("own", "Our own", "", GoalMeasure.ACTIVITIES, frozenset(), 1, 10))
    with circle.database.read.connect() as connection:
        titles = goal_titles(connection, circle.basis, ["own", "help_5", "never"])
    assert (titles["own"], titles["help_5"]) == ("Our own", "Five comments")
    assert "never" not in titles
