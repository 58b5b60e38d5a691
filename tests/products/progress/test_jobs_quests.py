"""Quests that weren't completed in time expire, once."""

from datetime import UTC, datetime, timedelta

from laurels.core.ids import new_id
from laurels.products.progress.jobs import expire_quests
from laurels.products.progress.rules import ActivityType, Quest, QuestType
from products.progress.circle import Circle

ENDS = datetime(2026, 11, 21, tzinfo=UTC)


def quest() -> Quest:
    """Three comments."""
    kinds = frozenset({ActivityType.COMMENT})
    return Quest(new_id(), QuestType.SIDE, None, 20, 3, kinds, cooldown_hours=None, starts_at=None, ends_at=ENDS, is_active=True)


def test_quests_that_werent_completed_in_time_expire_once(circle: Circle) -> None:
    short, long = circle.add_quest(quest()), circle.add_quest(quest())
    ana, bo = circle.make_member(), circle.make_member()
    circle.begin(ana, short, steps=3, ends_at=ENDS)
    circle.begin(ana, long, steps=3)
    circle.begin(bo, short, steps=3, ends_at=ENDS + timedelta(hours=1))
    circle.clock.set(ENDS - timedelta(seconds=1))
    assert expire_quests(circle.job()) == 0
    circle.clock.set(ENDS)
    assert expire_quests(circle.job()) == 1
    assert expire_quests(circle.job()) == 0
    assert {one.quest: one.status for one in circle.quests(ana).values()} == {short: "expired", long: "in_progress"}
    assert circle.quests(bo)[short].status == "in_progress"


def test_expired_quest_counts_no_more_steps(circle: Circle) -> None:
    short = circle.add_quest(quest())
    ana = circle.make_member()
    circle.begin(ana, short, steps=3, ends_at=ENDS)
    circle.award(ana, 5, ActivityType.COMMENT)
    circle.clock.set(ENDS)
    expire_quests(circle.job())
    circle.award(ana, 5, ActivityType.COMMENT)
    assert (circle.quests(ana)[short].current_progress, circle.quests(ana)[short].status) == (1, "expired")
