"""Taking an activity back: points, boards, caps, streak, lifetimes, goals, quests and badges follow as if it had not been."""

from datetime import UTC, date, datetime, timedelta

import pytest

from laurels.core.errors import Missing
from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.progress.accounts import capped
from laurels.products.progress.actions.reversing import Reverser, reverse_activity
from laurels.products.progress.decisions.bonuses import PayStreakBonus, bonus_activity
from laurels.products.progress.decisions.counting import seen_of
from laurels.products.progress.decisions.decaying import AnnounceDecay, DecayPoints
from laurels.products.progress.decisions.quests import CompleteQuest
from laurels.products.progress.decisions.reversing import ReverseActivity, Reversed
from laurels.products.progress.errors import NothingToReverse, NotReversible, ProgressChanged
from laurels.products.progress.queries.traces import read_traces
from laurels.products.progress.rules import ActivityType, Badge, Goal, GoalMeasure, Measure, Quest, QuestType, Source, Zones
from laurels.products.progress.tables import PointActivity, PointsDay
from products.progress.circle import COMMENT, QUIZ, Circle

STAFF = Reverser("test", "by mistake")


def at(month: int, day: int, hour: int = 12) -> datetime:
    """An instant of 2026, in UTC."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def reverse(circle: Circle, activity: PointActivity) -> Reversed:
    """Take an activity back."""
    return reverse_activity(circle.office, activity.id, STAFF, at=circle.clock.at).answer


def awarded(circle: Circle, who: Member, amount: int = 10, kind: ActivityType = QUIZ, **more: object) -> PointActivity:
    """Award, and give the activity as it is kept."""
    return circle.activity(circle.award(who, amount, kind, **more).activity)  # type: ignore[arg-type]


def test_p03_a_reversal_below_a_threshold_gives_the_lower_tier_which_is_announced_no_more(circle: Circle) -> None:
    ana = circle.make_member()
    awarded(circle, ana, 240)
    second = awarded(circle, ana, 10, COMMENT)
    assert circle.progress(ana).announced_tier == 1
    done = reverse(circle, second)
    assert (done.before, done.total, done.taken, done.amount) == (250, 240, 10, 10)
    assert circle.postings(ana)[-1] == ("reversal", -10, 240)
    awarded(circle, ana, 10, ActivityType.REFERRAL)
    assert circle.activities(ana)[-1].tier_at_time == "ember", "below the threshold the tier is the lower one again"
    assert len(circle.told("tier.reached")) == 1, "and reached again it isn't announced again"
    assert circle.told("progress.reversed") == [{"activity": str(second.id), "member": str(ana.id), "taken": 10, "total": 240}]


def test_boards_caps_lifetimes_and_sums_are_counted_back(circle: Circle) -> None:
    circle.add_topics("art")
    ana, study = circle.make_member(), new_id()
    kept = awarded(circle, ana, 5, COMMENT)
    gone = awarded(circle, ana, 30, COMMENT, source=Source.SELF.value, topic="art", class_id=study)
    assert circle.held(capped(ana.id, "comments", "2026-11-20")) == 30
    reverse(circle, gone)
    assert [circle.stands(ana, window) for window in ("2026-11", "2026-W47", "topic/art", f"class/{study}")] == [5, 5, 0, 0]
    assert circle.held(capped(ana.id, "comments", "2026-11-20")) == 0
    assert circle.days() == [PointsDay(date(2026, 11, 20), "comment", 2, 35, 30)]
    progress = circle.progress(ana)
    assert (progress.lifetime_comments, progress.revision, progress.last_active_at) == (1, 3, kept.occurred_at)
    row = circle.activity(gone.id)
    assert (row.reversed_at, row.reversal_reason, row.amount) == (circle.clock.at, "by mistake", 30)


def test_it_is_reversed_once(circle: Circle) -> None:
    ana = circle.make_member()
    one = awarded(circle, ana)
    reverse(circle, one)
    before = circle.heads()
    with pytest.raises(NothingToReverse):
        reverse(circle, one)
    with pytest.raises(Missing):
        reverse_activity(circle.office, new_id(), STAFF, at=circle.clock.at)
    assert circle.heads() == before


def test_the_day_stays_active_while_another_activity_made_it_so(circle: Circle) -> None:
    ana = circle.make_member()
    for day in (1, 2, 4):
        awarded(circle, ana, 1, at=at(11, day))
    first, second = awarded(circle, ana, 1, at=at(11, 3, 9)), awarded(circle, ana, 1, at=at(11, 3, 20))
    assert not reverse(circle, first).is_day_gone
    assert circle.streak(ana).current_days == 4
    assert reverse(circle, second).is_day_gone
    kept = circle.streak(ana)
    assert (kept.current_days, kept.longest_days, kept.last_day) == (1, 2, date(2026, 11, 4))
    assert date(2026, 11, 3).toordinal() not in [int(day) for day in kept.unpaid.strip("[]").split(",")]


def test_without_any_day_left_there_is_no_streak_and_a_new_day_begins_one(circle: Circle) -> None:
    ana = circle.make_member()
    reverse(circle, awarded(circle, ana, at=at(11, 3)))
    kept = circle.streak(ana)
    assert (kept.current_days, kept.longest_days, kept.bonus_due, kept.days) == (0, 0, None, "0")
    assert circle.progress(ana).last_active_at is None
    awarded(circle, ana)
    assert (circle.streak(ana).current_days, circle.streak(ana).last_day) == (1, date(2026, 11, 20))


def test_a_day_that_is_gone_loses_its_bonus_too(circle: Circle) -> None:
    ana = circle.make_member()
    one = awarded(circle, ana, 10, at=at(11, 18))
    ends_at = Zones.read(circle.streak(ana).zones).day_end(date(2026, 11, 18))
    circle.post_now(PayStreakBonus(ana.id, date(2026, 11, 18), ends_at, circle.basis))
    assert circle.total(ana) == 15
    done = reverse(circle, one)
    assert (done.taken, done.rewards, done.total) == (15, 1, 0)
    assert circle.activity(bonus_activity(ana.id, date(2026, 11, 18))).reversed_at == circle.clock.at


def test_a_goal_that_is_no_longer_reached_is_open_again_and_unpaid(circle: Circle) -> None:
    ana = circle.make_member()
    first, *_ = [awarded(circle, ana) for _ in range(3)]
    assert circle.total(ana) == 60
    done = reverse(circle, first)
    assert (done.taken, done.rewards, done.total) == (40, 1, 20)
    row = circle.goals(ana)["2026-W47/activities_3"]
    assert (row.current_progress, row.completed_at, row.reward) == (2, None, None)
    assert circle.progress(ana).goals_completed == 0
    awarded(circle, ana)
    assert (circle.total(ana), circle.progress(ana).goals_completed) == (60, 1), "it is completed and paid anew"


def test_a_goal_that_is_reached_all_the_same_stays_paid(circle: Circle) -> None:
    ana = circle.make_member()
    activities = [awarded(circle, ana) for _ in range(4)]
    done = reverse(circle, activities[2])
    assert (done.rewards, done.total) == (0, 60)
    assert circle.goals(ana)["2026-W47/activities_3"].current_progress == 3


def test_days_and_topics_of_goals_are_counted_back_when_nothing_else_stands_for_them(circle: Circle) -> None:
    circle.add_topics("art", "biology")
    ana = circle.make_member()
    first = awarded(circle, ana, 1, COMMENT, topic="art")
    second = awarded(circle, ana, 1, COMMENT, topic="art")
    awarded(circle, ana, 1, COMMENT, topic="biology", at=at(11, 17))
    assert circle.total(ana) == 3 + 25
    assert reverse(circle, first).rewards == 0, "the second stands for the topic and the day"
    assert circle.goals(ana)["2026-W47/streak_7"].seen == '["2026-11-20","2026-11-17"]'
    assert reverse(circle, second).rewards == 1
    goals = circle.goals(ana)
    assert (goals["2026-W47/topics_2"].seen, goals["2026-W47/topics_2"].completed_at) == ('["biology"]', None)
    assert (goals["2026-W47/streak_7"].seen, goals["2026-W47/help_5"].current_progress) == ('["2026-11-17"]', 1)
    assert circle.total(ana) == 1


def test_a_goal_that_staff_put_aside_is_counted_back_too(circle: Circle) -> None:
    circle.add_topics("art")
    ana = circle.make_member()
    first, second = [awarded(circle, ana, 1, topic="art") for _ in range(2)]
    circle.set_goals(Goal("help_5", "Other", "", GoalMeasure.ACTIVITIES, frozenset({COMMENT}), 5, 1))
    reverse(circle, first)
    goals = circle.goals(ana)
    assert (goals["2026-W47/activities_3"].current_progress, goals["2026-W47/topics_2"].seen) == (1, '["art"]')
    reverse(circle, second)
    assert circle.goals(ana)["2026-W47/activities_3"].current_progress == 0


def test_a_reward_alone_is_taken_back_and_its_goal_stays_completed_unpaid(circle: Circle) -> None:
    ana = circle.make_member()
    activities = [awarded(circle, ana) for _ in range(3)]
    reward = circle.activities(ana)[-1]
    done = reverse(circle, reward)
    assert (done.is_unpaid, done.taken, done.total, done.is_day_gone) == (True, 30, 30, False)
    row = circle.goals(ana)["2026-W47/activities_3"]
    assert (row.current_progress, row.completed_at is not None, row.reward) == (3, True, reward.id)
    done = reverse(circle, activities[-1])
    assert (done.taken, done.rewards, done.total) == (10, 0, 20), (
        "the entry of both can be reversed still, and the reward isn't taken twice"
    )


def test_quests_in_progress_lose_a_step_and_completed_ones_stay(circle: Circle) -> None:
    ana = circle.make_member()
    quest = circle.add_quest(Quest(new_id(), QuestType.SIDE, None, 20, 3, frozenset({QUIZ})))
    early = awarded(circle, ana, 1)
    circle.later(minutes=1)
    circle.begin(ana, quest, steps=3)
    step = awarded(circle, ana, 1)
    reverse(circle, early)
    assert circle.quests(ana)[quest].current_progress == 1
    reverse(circle, step)
    assert circle.quests(ana)[quest].current_progress == 0
    last = [awarded(circle, ana, 1) for _ in range(3)][-1]
    known = next(one for one in circle.basis.quests if one.id == quest)
    circle.post_now(CompleteQuest(known, "A quest", ana.id, circle.basis, circle.clock.at))
    reverse(circle, last)
    row = circle.quests(ana)[quest]
    assert (row.status, row.current_progress, row.points_awarded) == ("completed", 3, 20)


def test_badges_that_are_no_longer_merited_are_taken_back(circle: Circle) -> None:
    circle.add_topics("art")
    badges = (
        Badge("fifty", "Fifty", "", "spark", Measure.TOTAL_POINTS, None, 50),
        Badge("one", "One quiz", "", "book", Measure.QUIZZES, None, 1),
        Badge("artist", "Artist", "", "heart", Measure.TOPIC_POINTS, "art", 40),
        Badge("day", "A day", "", "heart", Measure.LONGEST_STREAK, None, 1),
    )
    circle.set_badges(*badges)
    ana = circle.make_member()
    one, two = awarded(circle, ana, 30), awarded(circle, ana, 40, topic="art")
    assert circle.badges(ana) == {"fifty", "one", "artist", "day"}
    assert reverse(circle, two).badges == 2
    assert circle.badges(ana) == {"one", "day"}
    assert circle.progress(ana).badges == "day one "
    circle.set_badges(*badges[:3])
    assert reverse(circle, one).badges == 1
    assert circle.badges(ana) == {"day"}, "one that staff put aside stays"
    awarded(circle, ana, 60, topic="art")
    assert circle.badges(ana) == {"fifty", "one", "artist", "day"}, "merited anew, they are given anew"
    assert len(circle.badges(ana, with_revoked=True)) == 4


def test_what_decay_had_isnt_taken_twice(circle: Circle) -> None:
    circle.set_rules(decay={"after_days": 10, "every_days": 10, "percent": 40, "notice_days": 10})
    ana = circle.make_member()
    one = awarded(circle, ana, 10)
    circle.post_now(AnnounceDecay(ana.id, circle.basis))
    circle.later(days=11)
    due = circle.progress(ana).decay_from
    assert due is not None
    circle.post_now(DecayPoints(ana.id, due, circle.basis))
    decayed = circle.activities(ana)[-1]
    with pytest.raises(NotReversible):
        reverse(circle, decayed)
    done = reverse(circle, one)
    assert (done.amount, done.taken, done.total) == (10, 6, 0)
    assert circle.stands(ana, "2026-11") == 0


def test_what_was_awarded_since_it_was_read_makes_it_stale(circle: Circle) -> None:
    ana = circle.make_member()
    one = awarded(circle, ana)
    with circle.database.read.connect() as connection:
        traces = read_traces(connection, circle.basis, one.id)
    awarded(circle, ana)
    with pytest.raises(ProgressChanged):
        circle.post_now(ReverseActivity(traces, circle.basis, "late"))
    circle.add_topics("art")
    with circle.database.read.connect() as connection:
        traces = read_traces(connection, circle.basis, one.id)
    basis = circle.basis
    circle.add_topics("biology")
    with pytest.raises(ProgressChanged):
        circle.post_now(ReverseActivity(traces, basis, "late"))
    assert reverse(circle, one).total == 10


def test_as_if_it_had_not_been(circle: Circle) -> None:
    circle.add_topics("art", "biology")
    ana, bo = circle.make_member(), circle.make_member()
    plan = [(7, QUIZ, "art", 16), (9, COMMENT, None, 17), (5, QUIZ, "biology", 17), (3, ActivityType.PROJECT_CREATE, "art", 18)] * 3
    extra = []
    for number, (amount, kind, topic, day) in enumerate(plan):
        when = at(11, day, number)
        circle.award(bo, amount, kind, topic=topic, at=when)
        extra.append(
            awarded(circle, ana, 11, (QUIZ, COMMENT)[number % 2], topic=("art", None)[number % 2], at=when - timedelta(days=number % 4))
        )
        circle.award(ana, amount, kind, topic=topic, at=when)
    for one in extra:
        reverse(circle, one)
    windows = ["2026-11", "2026-W47", "2026-W46", "topic/art", "topic/biology"]
    assert [circle.stands(ana, window) for window in windows] == [circle.stands(bo, window) for window in windows]
    assert circle.total(ana) == circle.total(bo)
    assert _counted(circle, ana) == _counted(circle, bo)


def _counted(circle: Circle, who: Member) -> list[object]:
    """What is counted of a member beside their points."""
    kept, row = circle.streak(who), circle.progress(who)
    goals = {name: (one.current_progress, one.completed_at) for name, one in circle.goals(who).items() if one.current_progress}
    seen = {name: set(seen_of(one)) for name, one in circle.goals(who).items() if one.current_progress}
    lifetimes = (row.lifetime_quizzes, row.lifetime_projects, row.lifetime_comments, row.goals_completed, row.last_active_at)
    return [kept.days, kept.current_days, kept.longest_days, kept.unpaid, goals, seen, lifetimes, circle.badges(who)]
