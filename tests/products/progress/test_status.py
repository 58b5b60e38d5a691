"""Where a member stands, as they are told it."""

from datetime import timedelta

from laurels.products.progress.queries.status import reached, read_status
from laurels.products.progress.rules import ActivityType, preset
from products.progress.circle import COMMENT, QUIZ, Circle
from support.site import refused

STATUS = "/me/thrive-circle/my-status"
LADDER = ("tiers", "levels", "then_every")


def test_who_has_done_nothing_stands_at_the_beginning(served: Circle) -> None:
    ana = served.make_member()
    assert served.read(ana, STATUS) == {
        "user": {
            "id": str(ana.id),
            "username": ana.username,
            "total_points": 0,
            "tier": "ember",
            "tier_display": "Ember",
            "level": 1,
            "points_to_next_tier": 250,
            "points_to_next_level": 50,
        },
        "current_streak_days": 0,
        "longest_streak_days": 0,
        "last_activity_date": None,
        "lifetime_quizzes_completed": 0,
        "lifetime_projects_created": 0,
        "lifetime_comments_posted": 0,
        "freezes": 0,
        "next_tier": "spark",
        "next_tier_display": "Spark",
        "badges": [],
        "quests_completed": 0,
        "goals_completed": 0,
        "is_anonymous": False,
        "decays_at": None,
        "recent_activities": [],
    }


def test_it_tells_points_streak_lifetimes_badges_and_the_last_20_activities(served: Circle) -> None:
    ana = served.make_member()
    for days in range(9, -1, -1):
        served.award(ana, 25, QUIZ, at=served.clock.at - timedelta(days=days))
        served.award(ana, 1, COMMENT, at=served.clock.at - timedelta(days=days, minutes=1))
    served.award(ana, 5, ActivityType.PROJECT_CREATE, at=served.clock.at - timedelta(days=30), description="Old")
    told = served.read(ana, STATUS)
    assert told["user"]["total_points"] == served.total(ana) == sum(one.amount for one in served.activities(ana))
    assert (told["user"]["tier"], told["next_tier"], told["next_tier_display"]) == ("spark", "blaze", "Blaze")
    assert (told["current_streak_days"], told["longest_streak_days"], told["freezes"]) == (10, 10, 1)
    assert told["last_activity_date"] == "2026-11-20"
    assert [told[f"lifetime_{name}"] for name in ("quizzes_completed", "comments_posted", "projects_created")] == [10, 10, 1]
    assert set(told["badges"]) == {"first-step", "week-in-a-row", "quiz-ten"}
    listed = told["recent_activities"]
    assert len(listed) == 20
    assert "Old" not in [one["description"] for one in listed]
    assert set(listed[0]) == {"id", "amount", "activity_type", "description", "tier_at_time", "created_at"}


def test_a_streak_that_no_freeze_saved_is_over_when_the_day_after_is_missed(served: Circle) -> None:
    ana = served.make_member()
    served.award(ana)
    served.later(days=1)
    assert served.read(ana, STATUS)["current_streak_days"] == 1
    served.later(days=1)
    told = served.read(ana, STATUS)
    assert (told["current_streak_days"], told["longest_streak_days"], told["last_activity_date"]) == (0, 1, "2026-11-20")


def test_at_the_top_there_is_no_next_tier_and_always_a_next_level(served: Circle) -> None:
    ana = served.make_member()
    served.award(ana, 70_000, COMMENT)
    told = served.read(ana, STATUS)
    assert (told["next_tier"], told["next_tier_display"], told["user"]["points_to_next_tier"]) == (None, None, None)
    assert (told["user"]["level"], told["user"]["points_to_next_level"]) == (24, 10_000)


def test_a_reversed_activity_is_shown_still_and_counts_no_more(served: Circle) -> None:
    ana, staff = served.make_member(), served.make_member(role="staff")
    activity = served.award(ana, 10, COMMENT).activity
    answer = served.ask(staff, "POST", f"/progress/activities/{activity}/reversal", json={"reason": "Twice"})
    assert answer.status_code == 200
    told = served.read(ana, STATUS)
    assert (told["user"]["total_points"], told["lifetime_comments_posted"], len(told["recent_activities"])) == (0, 0, 1)


def test_nobody_is_told_where_nobody_is_signed_in(served: Circle) -> None:
    answer = served.http.get(f"/api/v1{STATUS}")
    refused(answer, 401, "unauthenticated")  # type: ignore[arg-type]
    refused(served.get(served.key("read"), STATUS), 403, "members-only")


def test_what_is_read_is_of_the_settings_that_another_process_wrote(served: Circle) -> None:
    ana = served.make_member()
    served.award(ana, 150)
    assert served.read(ana, STATUS)["user"]["level"] == 3
    with served.elsewhere() as database:
        mine, served.database = served.database, database
        served.set_rules(
            **{name: value for name, value in preset("garden").model_dump().items() if name in ("tiers", "levels", "then_every")}
        )
        served.database = mine
    told = served.read(ana, STATUS)["user"]
    assert (told["level"], told["tier"]) == (2, "seedling")


def test_p01_tiers_and_levels_change_exactly_at_their_thresholds() -> None:
    thrive, garden = preset("thrive"), preset("garden")
    for rules in (thrive, garden):
        for place, tier in enumerate(rules.tiers[1:], start=1):
            assert (reached(rules, tier.at - 1).tier_index, reached(rules, tier.at).tier_index) == (place - 1, place)
            assert reached(rules, tier.at - 1).points_to_next_tier == 1
        for number, points in enumerate(rules.levels[1:], start=2):
            assert (reached(rules, points - 1).level, reached(rules, points).level) == (number - 1, number)
            assert reached(rules, points - 1).next_level_at == points


def test_whoever_asks_may_want_no_activities(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana)
    with circle.database.read.connect() as connection:
        status = read_status(connection, circle.basis, ana.id, at=circle.clock.at, activities=1)
    assert (len(status.activities), status.member.student_id, status.last_active_at) == (1, ana.student_id, circle.clock.at)
