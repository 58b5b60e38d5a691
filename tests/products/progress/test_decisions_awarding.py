"""What an award does at once: purse, boards, activity, streak, lifetimes, goals, quests, badges, announcements."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from laurels.core.errors import DomainError, Missing
from laurels.core.ids import new_id
from laurels.identity.errors import MemberInactive
from laurels.identity.tables import Member
from laurels.ledger import AlreadyRecorded, BusinessKey, LimitReached
from laurels.ledger.writer import Proposal
from laurels.products.progress.accounts import capped
from laurels.products.progress.decisions.awarding import Awarded, AwardPoints
from laurels.products.progress.decisions.giving import Effects
from laurels.products.progress.errors import ClaimTooLarge, ProgressChanged, TypeNotAllowed, UnknownTopic
from laurels.products.progress.rules import ActivityType, Badge, Goal, GoalMeasure, Measure, Multiplier, Quest, QuestType, Source
from laurels.products.progress.tables import PointsDay
from products.progress.circle import COMMENT, QUIZ, Circle

SELF = {"source": Source.SELF.value}


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """An instant of 2026, in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def refused(circle: Circle, kind: type[DomainError], who: Member, *asked: Any, **more: Any) -> DomainError:
    """Check that an award is refused in this way, and that nothing happened."""
    before = circle.heads()
    with pytest.raises(kind) as raised:
        circle.award(who, *asked, **more)
    assert circle.heads() == before
    return raised.value


def test_an_award_moves_points_counts_on_boards_and_is_on_record(circle: Circle) -> None:
    circle.add_topics("chemistry")
    ana, study = circle.make_member(), new_id()
    giving = circle.giving(ana, 40, topic="chemistry", class_id=study, awarded_by=ana.id)
    assert circle.post_award(giving).answer == Awarded(giving.activity, 40, 0, 40)
    assert circle.postings(ana) == [("quiz_complete", 40, 40)]
    windows = ["2026-11", "2026-W47", "topic/chemistry", f"class/{study}"]
    assert [circle.stands(ana, window) for window in windows] == [40] * 4
    [kept] = circle.activities(ana)
    assert (kept.amount, kept.asked_amount, kept.activity_type, kept.tier_at_time) == (40, 40, "quiz_complete", "ember")
    assert (kept.source, kept.awarded_by, kept.day, kept.created_at) == ("staff", ana.id, date(2026, 11, 20), circle.clock.at)
    effects = Effects.read(kept.effects)
    assert list(effects.windows) == windows
    assert circle.days() == [PointsDay(date(2026, 11, 20), "quiz_complete", 1, 40, 0)]
    assert circle.told("progress.awarded") == [{"activity": str(kept.id), "member": str(ana.id), "points": 40, "total": 40}]


@pytest.mark.parametrize(
    ("before", "after", "tier"), [(249, 250, "spark"), (499, 500, "blaze"), (999, 1_000, "beacon"), (2_499, 2_500, "phoenix")]
)
def test_p01_tier_edges_are_announced_when_they_are_reached(circle: Circle, before: int, after: int, tier: str) -> None:
    ana = circle.make_member()
    circle.award(ana, before)
    told = len(circle.told("tier.reached"))
    circle.award(ana, after - before)
    assert len(circle.told("tier.reached")) == told + 1
    keys = [one.key for one in circle.basis.rules.tiers]
    assert keys[circle.told("tier.reached")[-1]["after"]] == tier
    circle.award(ana, 1)
    assert circle.activities(ana)[-1].tier_at_time == tier


def test_p02_2500_at_once_is_one_upgrade_to_the_last_tier(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana, 2_500)
    assert circle.told("tier.reached") == [{"member": str(ana.id), "before": 0, "after": 4}]
    assert circle.told("level.reached") == [{"member": str(ana.id), "level": 10}]
    progress = circle.progress(ana)
    assert (progress.announced_tier, progress.announced_level) == (4, 10)


def test_p15_an_award_that_crosses_a_threshold_has_the_tier_before_it(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana, 240)
    circle.award(ana, 300)
    circle.award(ana, 1, COMMENT)
    assert [one.tier_at_time for one in circle.activities(ana)] == ["ember", "ember", "blaze"]


def test_lifetimes_count_quizzes_projects_and_comments(circle: Circle) -> None:
    ana = circle.make_member()
    for kind in (QUIZ, QUIZ, ActivityType.PROJECT_CREATE, ActivityType.PROJECT_UPDATE, COMMENT, ActivityType.REFERRAL):
        circle.award(ana, 1, kind)
    progress = circle.progress(ana)
    assert (progress.lifetime_quizzes, progress.lifetime_projects, progress.lifetime_comments) == (2, 1, 1)
    assert (progress.revision, progress.last_active_at) == (6, circle.clock.at)


def test_last_activity_is_the_latest_by_when_it_occurred(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana)
    circle.award(ana, at=circle.clock.at - timedelta(days=3))
    assert circle.progress(ana).last_active_at == circle.clock.at


def test_p14_active_on_days_1_2_3_5_is_current_1_and_longest_3(circle: Circle) -> None:
    ana = circle.make_member()
    for day in (1, 2, 3, 5):
        circle.award(ana, at=at(11, day))
    kept = circle.streak(ana)
    assert (kept.current_days, kept.longest_days, kept.last_day) == (1, 3, date(2026, 11, 5))


def test_p04_the_same_day_twice_is_one_day_of_the_streak(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana, at=at(11, 20, 0))
    circle.award(ana, at=at(11, 20, 23, 59))
    kept = circle.streak(ana)
    assert (kept.current_days, kept.longest_days) == (1, 1)


@pytest.mark.parametrize("days", [(date(2026, 10, 24), date(2026, 10, 25)), (date(2026, 3, 28), date(2026, 3, 29))])
def test_p04_days_of_25_and_of_23_hours_follow_the_one_before(circle: Circle, days: tuple[date, date]) -> None:
    ana = circle.make_member(time_zone="Europe/Madrid")
    for day in days:
        circle.award(ana, at=datetime(day.year, day.month, day.day, 22, 30, tzinfo=UTC) - timedelta(hours=2))
    assert circle.streak(ana).current_days == 2


def test_p05_tokyo_to_los_angeles_repeats_a_date_that_neither_breaks_nor_doubles(circle: Circle) -> None:
    ana = circle.make_member(time_zone="Asia/Tokyo")
    circle.clock.set(at(11, 19, 3))
    circle.award(ana)  # 19 November, noon in Tokyo
    circle.later(days=1)
    circle.award(ana)  # the 20th
    circle.move_to(ana, "America/Los_Angeles")
    circle.clock.set(at(11, 20, 14))
    circle.award(ana)  # still the 20th in Tokyo: the change is noted
    circle.clock.set(at(11, 20, 20))
    circle.award(ana)  # the 20th again, in Los Angeles
    assert circle.streak(ana).current_days == 2
    circle.later(days=1)
    circle.award(ana)  # the 21st there
    kept = circle.streak(ana)
    assert (kept.current_days, kept.longest_days, kept.last_day) == (3, 3, date(2026, 11, 21))


def test_p06_a_missed_day_with_a_freeze_in_hand_is_saved(circle: Circle) -> None:
    ana = circle.make_member()
    for day in range(1, 8):
        circle.award(ana, at=at(11, day))
    assert circle.streak(ana).freezes == 1
    circle.award(ana, at=at(11, 9))
    kept = circle.streak(ana)
    assert (kept.current_days, kept.longest_days, kept.freezes) == (8, 8, 0)


@pytest.mark.parametrize("order", [(1, 2, 3, 4), (4, 3, 2, 1), (1, 3, 4, 2)])
def test_p08_a_late_event_gives_the_same_streak_whatever_the_order(circle: Circle, order: tuple[int, ...]) -> None:
    ana = circle.make_member()
    for day in order:
        circle.award(ana, at=at(11, day))
    kept = circle.streak(ana)
    assert (kept.current_days, kept.longest_days, kept.last_day) == (4, 4, date(2026, 11, 4))


def test_days_pay_a_bonus_unless_they_are_long_past_or_imported(circle: Circle) -> None:
    ana, bo = circle.make_member(), circle.make_member()
    circle.award(ana, at=circle.clock.at - timedelta(days=40))
    assert circle.streak(ana).bonus_due is None
    circle.award(ana, at=circle.clock.at - timedelta(days=31))
    circle.award(ana)
    assert (circle.streak(ana).bonus_due, circle.streak(ana).unpaid) == (date(2026, 10, 20), "[739909,739940]")
    circle.post_award(circle.giving(bo, source=Source.IMPORT.value), is_past=True)
    assert (circle.streak(bo).bonus_due, circle.streak(bo).current_days) == (None, 1)
    assert circle.goals(bo) == {}, "what is past opens no goal"


def test_the_systems_awards_extend_no_streak(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana, 15, ActivityType.STREAK_BONUS, source=Source.SYSTEM.value)
    [kept] = circle.activities(ana)
    assert (kept.day, kept.amount, circle.progress(ana).last_active_at) == (None, 15, None)
    assert circle.goals(ana) == {}


def test_p16_a_goal_counts_and_pays_once(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana, 10)
    row = circle.goals(ana)["2026-W47/activities_3"]
    assert (row.current_progress, row.target_progress, row.completed_at) == (1, 3, None)
    circle.award(ana, 10)
    assert circle.award(ana, 10).total == 60
    row = circle.goals(ana)["2026-W47/activities_3"]
    assert (row.current_progress, row.completed_at) == (3, circle.clock.at)
    circle.award(ana, 10)
    assert (circle.total(ana), circle.goals(ana)["2026-W47/activities_3"].current_progress) == (70, 4)
    paid = circle.activities(ana)[3]
    assert (paid.activity_type, paid.amount, paid.id, paid.caused_by) == ("weekly_goal", 30, row.reward, circle.activities(ana)[2].id)
    assert (paid.source, paid.entry, paid.day) == ("system", circle.activities(ana)[2].entry, None)
    assert circle.postings(ana)[-3:] == [("quiz_complete", 10, 30), ("weekly_goal", 30, 60), ("quiz_complete", 10, 70)]
    assert circle.told("goal.completed") == [{"member": str(ana.id), "reward": str(paid.id), "points": 30}]
    assert circle.progress(ana).goals_completed == 1


def test_goals_of_days_and_topics_count_each_once_in_the_week_of_the_activity(circle: Circle) -> None:
    circle.add_topics("art", "biology")
    ana = circle.make_member()
    circle.award(ana, 1, topic="art", at=at(11, 16))
    circle.award(ana, 1, topic="art", at=at(11, 17))
    circle.award(ana, 1, topic="art", at=at(11, 15))  # a Sunday: the week before
    goals = circle.goals(ana)
    assert (goals["2026-W47/streak_7"].seen, goals["2026-W47/topics_2"].seen) == ('["2026-11-16","2026-11-17"]', '["art"]')
    assert goals["2026-W46/streak_7"].current_progress == 1
    circle.award(ana, 1, topic="biology", at=at(11, 16))
    assert circle.goals(ana)["2026-W47/topics_2"].completed_at == circle.clock.at
    assert circle.total(ana) == 4 + 25 + 30, "three quizzes of a week are a goal, too"


def test_p11_29_december_and_4_january_are_of_one_week(circle: Circle) -> None:
    ana = circle.make_member()
    circle.at(2026, 1, 4)
    circle.award(ana, 1, at=datetime(2025, 12, 29, 12, tzinfo=UTC))
    circle.award(ana, 1)
    assert circle.goals(ana)["2026-W01/activities_3"].current_progress == 2


def test_a_goal_is_opened_as_it_is_set_then(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana)
    circle.set_goals(Goal("activities_3", "Two", "", GoalMeasure.ACTIVITIES, frozenset({QUIZ}), 2, 99))
    circle.award(ana)
    assert circle.goals(ana)["2026-W47/activities_3"].completed_at is None, "the week began with three"
    circle.later(days=7)
    circle.award(ana)
    assert circle.award(ana).total == 40 + 99


def test_a_season_multiplies_what_is_not_the_systems_rounding_down(circle: Circle) -> None:
    ana = circle.make_member()
    season = circle.add_season(at(11, 1), at(12, 1), Multiplier(percent=150, activity_types=(QUIZ,)), Multiplier(percent=110))
    assert circle.award(ana, 7).amount == 10
    assert circle.award(ana, 9, COMMENT).amount == 9
    assert circle.award(ana, 10, ActivityType.STREAK_BONUS, source=Source.SYSTEM.value).amount == 10
    assert circle.award(ana, 7, at=at(10, 31)).amount == 7
    assert circle.stands(ana, f"season/{season}") == 29
    assert [one.asked_amount for one in circle.activities(ana)] == [7, 9, 10, 7]


def test_a_cap_denies_what_members_claim_and_lets_staff(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana, 60, COMMENT, **SELF)
    refusal = refused(circle, LimitReached, ana, 41, COMMENT, **SELF)
    assert (refusal.fields["limit"], refusal.fields["used"]) == (100, 60)
    assert refusal.fields["resets_at"] == "2026-11-21T00:00:00+00:00"
    circle.award(ana, 40, COMMENT, **SELF)
    circle.award(ana, 500, COMMENT)
    assert circle.held(capped(ana.id, "comments", "2026-11-20")) == 100
    circle.award(ana, 50, COMMENT, at=circle.clock.at - timedelta(days=1), **SELF)


def test_a_cap_clips_to_the_room_that_is_left(circle: Circle) -> None:
    circle.set_rules(
        caps=[{"name": "quizzes", "activity_types": [QUIZ], "window": "week", "points": 25, "mode": "clip", "applies_to": "all"}]
    )
    ana = circle.make_member()
    assert [circle.award(ana, 10).amount for _ in range(4)] == [10, 10, 5, 0]
    assert circle.total(ana) == 25 + 30, "the goal pays beside it"
    assert Effects.read(circle.activities(ana)[0].effects).caps == [("quizzes", "2026-W47")]


def test_p09_a_member_claims_what_the_rules_let_them(circle: Circle) -> None:
    ana = circle.make_member()
    refused(circle, TypeNotAllowed, ana, 10, QUIZ, **SELF)
    refused(circle, TypeNotAllowed, ana, 10, ActivityType.STREAK_BONUS, **SELF)
    circle.set_rules(self_reported=["quiz_complete"], max_self_points=300)
    refused(circle, TypeNotAllowed, ana, 10, COMMENT, **SELF)
    assert refused(circle, ClaimTooLarge, ana, 301, QUIZ, **SELF).fields == {"limit": 300}
    circle.award(ana, 300, QUIZ, **SELF)


@pytest.mark.parametrize("source", [Source.STAFF, Source.SERVICE, Source.REACTION, Source.IMPORT])
def test_nobody_else_awards_what_is_the_systems(circle: Circle, source: Source) -> None:
    ana = circle.make_member()
    refused(circle, TypeNotAllowed, ana, 10, ActivityType.WEEKLY_GOAL, source=source.value)
    circle.award(ana, 100_000, ActivityType.REFERRAL, source=source.value)


def test_quests_in_progress_count_their_steps(circle: Circle) -> None:
    circle.add_topics("art")
    ana = circle.make_member()
    drawing = circle.add_quest(Quest(new_id(), QuestType.SIDE, "art", 20, 3, frozenset({QUIZ})))
    told = circle.add_quest(Quest(new_id(), QuestType.SIDE, None, 20, 3, None))
    unbegun = circle.add_quest(Quest(new_id(), QuestType.SIDE, None, 20, 3, frozenset()))
    circle.award(ana, 1, topic="art")
    circle.begin(ana, drawing, steps=3)
    circle.begin(ana, told, steps=3)
    circle.later(hours=1)
    circle.award(ana, 1, topic="art")
    circle.award(ana, 1)
    circle.award(ana, 1, topic="art", at=circle.clock.at - timedelta(hours=2))
    quests = circle.quests(ana)
    assert (quests[drawing].current_progress, quests[told].current_progress, unbegun in quests) == (1, 0, False)
    assert Effects.read(circle.activities(ana)[1].effects).quests == [drawing]


def test_badges_are_given_when_they_are_merited_and_once(circle: Circle) -> None:
    circle.add_topics("art")
    circle.set_badges(
        Badge("thousand", "Thousand", "", "spark", Measure.TOTAL_POINTS, None, 1_000),
        Badge("two", "Two quizzes", "", "book", Measure.QUIZZES, None, 2),
        Badge("artist", "Artist", "", "heart", Measure.TOPIC_POINTS, "art", 50),
    )
    ana = circle.make_member()
    circle.award(ana, 10)
    assert circle.badges(ana) == set()
    circle.award(ana, 40, topic="art")
    assert circle.badges(ana) == {"two"}
    circle.award(ana, 1_000, COMMENT, topic="art")
    circle.award(ana, 1_000, COMMENT, topic="art")
    assert circle.badges(ana) == {"two", "artist", "thousand"}
    assert sorted(circle.progress(ana).badges.split()) == ["artist", "thousand", "two"]
    assert len(circle.told("badge.earned")) == 3


def test_unknown_topics_and_people_are_refused(circle: Circle) -> None:
    ana, bo = circle.make_member(), circle.make_member()
    refused(circle, UnknownTopic, ana, topic="art")
    circle.suspend(bo)
    refused(circle, MemberInactive, bo)
    gone = circle.giving(ana)
    gone = type(gone)(**{**{name: getattr(gone, name) for name in gone.__slots__}, "member": new_id()})
    with pytest.raises(Missing):
        circle.post_award(gone)


def test_an_event_is_accepted_once_for_ever(circle: Circle) -> None:
    ana = circle.make_member()
    first = circle.post_award(circle.giving(ana), event="event/1")
    again = circle.post_award(circle.giving(ana), event="event/1")
    assert (again.is_replay, again.answer, again.entry) == (True, first.answer, first.entry)
    with pytest.raises(AlreadyRecorded):
        circle.post_now(AwardPoints(circle.giving(ana), circle.basis, circle.clock.at, BusinessKey("event/1", "other")))
    assert circle.total(ana) == 10


def test_what_was_made_of_older_settings_is_stale(circle: Circle) -> None:
    ana, basis = circle.make_member(), circle.basis
    circle.add_topics("art")
    with pytest.raises(ProgressChanged):
        circle.post_now(AwardPoints(circle.giving(ana), basis, circle.clock.at))


def test_the_communitys_zone_decides_months_weeks_and_days_of_boards(circle: Circle) -> None:
    ana = circle.make_member()
    circle.award(ana, at=at(10, 31, 23))
    assert (circle.stands(ana, "2026-10"), circle.stands(ana, "2026-11")) == (10, 0)
    circle.award(ana, at=at(11, 1, 0))
    assert (circle.stands(ana, "2026-11"), circle.stands(ana, "2026-W44")) == (10, 20)


def test_many_in_one_batch_come_out_as_one_after_another(circle: Circle) -> None:
    ana, bo = circle.make_member(), circle.make_member()
    days = [at(11, 1 + number % 9, number % 24) for number in range(40)]
    given = [circle.giving(ana, 7, (QUIZ, COMMENT)[number % 2], at=day) for number, day in enumerate(days)]
    decided = [Proposal(AwardPoints(one, circle.basis, circle.clock.at), circle.clock.at, "test") for one in given]
    assert [one for one in circle.writer.post_all(decided) if isinstance(one, Exception)] == []
    for number, day in enumerate(days):
        circle.award(bo, 7, (QUIZ, COMMENT)[number % 2], at=day)
    assert _all_of(circle, ana) == _all_of(circle, bo)


def _all_of(circle: Circle, who: Member) -> list[Any]:
    """What is kept of a member, without what tells members apart."""
    goals = {name: (row.current_progress, row.seen, row.completed_at is not None) for name, row in circle.goals(who).items()}
    kept = circle.streak(who)
    progress = circle.progress(who)
    activities = [
        (one.amount, one.activity_type, one.tier_at_time, one.day, one.effects, one.caused_by is None) for one in circle.activities(who)
    ]
    streak = (kept.days, kept.current_days, kept.longest_days, kept.freezes, kept.unpaid)
    counted = (progress.revision, progress.lifetime_quizzes, progress.lifetime_comments, progress.badges, progress.announced_level)
    return [goals, streak, counted, circle.postings(who), activities]
