"""Badges over HTTP: how far each is, and when it was earned."""

from typing import Any

from sqlalchemy import update

from laurels.identity.tables import Member
from laurels.products.progress.rules import DEFAULT_BADGES, Badge, Measure
from laurels.products.progress.tables import badge, member_badge
from products.progress.circle import COMMENT, Circle


def seen(circle: Circle, who: Member) -> dict[str, Any]:
    """A member's badges by slug, in their order: number, number wanted, when earned."""
    items = circle.read(who, "/progress/badges")["items"]
    return {item["slug"]: (item["current"], item["at_least"], item["earned_at"]) for item in items}


def test_those_that_ship_are_shown_with_how_far_each_is(served: Circle) -> None:
    ana = served.make_member()
    assert list(seen(served, ana)) == [one.slug for one in DEFAULT_BADGES]
    assert set(seen(served, ana).values()) == {(0, one.at_least, None) for one in DEFAULT_BADGES}
    served.award(ana)
    served.award(ana, kind=COMMENT)
    shown = seen(served, ana)
    assert shown["first-step"] == (20, 1, "2026-11-20T10:00:00+00:00")
    assert (shown["quiz-ten"], shown["good-company"], shown["week-in-a-row"]) == ((1, 10, None), (1, 25, None), (1, 7, None))


def test_of_topics_the_points_of_that_topic_count(served: Circle) -> None:
    served.add_topics("physics", "chemistry")
    served.set_badges(
        Badge("physicist", "Physicist", "", "book", Measure.TOPIC_POINTS, "physics", 50, 1),
        Badge("chemist", "Chemist", "", "book", Measure.TOPIC_POINTS, "chemistry", 50, 2),
        Badge("climber", "Climber", "", "book", Measure.LEVEL, None, 9, 3),
    )
    ana = served.make_member()
    served.award(ana, 30, kind=COMMENT, topic="physics")
    assert seen(served, ana) == {"physicist": (30, 50, None), "chemist": (0, 50, None), "climber": (1, 9, None)}
    served.award(ana, 20, kind=COMMENT, topic="physics")
    assert seen(served, ana)["physicist"] == (50, 50, "2026-11-20T10:00:00+00:00")


def test_one_is_earned_though_anothers_lasting_name_ends_like_its_own(served: Circle) -> None:
    served.set_badges(Badge("first-step", "First step", "", "spark", Measure.TOTAL_POINTS, None, 1, 1))
    ana = served.make_member()
    served.award(ana)
    served.set_badges(Badge("step", "Step", "", "spark", Measure.TOTAL_POINTS, None, 20, 1))
    served.award(ana)
    assert served.badges(ana) == {"first-step", "step"}
    assert served.progress(ana).badges == "first-step step "


def test_one_that_is_no_longer_offered_is_shown_to_those_who_have_it(served: Circle) -> None:
    ana, bo = served.make_member(), served.make_member()
    served.award(ana)
    served.set_rules()
    with served.database.write.begin() as connection:
        connection.execute(update(badge).where(badge.c.slug == "first-step").values(is_active=False))
    served.set_rules()
    assert seen(served, ana)["first-step"][2] == "2026-11-20T10:00:00+00:00"
    assert "first-step" not in seen(served, bo)
    served.set_badges(Badge("other", "Other", "", "book", Measure.QUIZZES, None, 5, 1))
    assert list(seen(served, ana)) == ["first-step", "other"]  # as it shipped, though its row is gone


def test_one_that_was_taken_back_isnt_had(served: Circle) -> None:
    ana = served.make_member()
    served.award(ana)
    with served.database.write.begin() as connection:
        connection.execute(update(member_badge).where(member_badge.c.member == ana.id).values(revoked_at=served.clock.at))
    assert seen(served, ana)["first-step"][2] is None
