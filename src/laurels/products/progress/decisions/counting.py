"""What an activity counts on: weekly goals, quests in progress, badges, lifetimes, and what was reached for the first time."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

import orjson

from laurels.core.windows import week_of
from laurels.ledger import Draft, Needs
from laurels.products.progress.accounts import points, standing
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.giving import Effects, Giving, give, giving_needs, together
from laurels.products.progress.facts import BadgeEarned, GoalCompleted, LevelReached, TierReached
from laurels.products.progress.rules import LIFETIME, ActivityType, Goal, Measures, Rules, level_of, merited, tier_index, topic_window
from laurels.products.progress.tables import MemberBadge, MemberProgress, MemberQuest, WeeklyGoal


def new_progress(member: UUID, at: datetime) -> MemberProgress:
    """The row of somebody who has done nothing yet."""
    return MemberProgress(member, 0, 0, 0, 0, 0, 0, 0, 1, "", is_anonymous=False, last_active_at=None, decay_from=None, created_at=at)


def progress_row(draft: Draft, member: UUID) -> MemberProgress:
    """A member's row, recorded now where they have none."""
    row = draft.find(MemberProgress, member)
    if row is None:
        row = new_progress(member, draft.at)
        draft.record(row)
    return row


def reward_of(giving: Giving, goal_type: str, asked: int, at: datetime) -> Giving:
    """What completing a goal pays: an activity of its own, whose id follows from that of the completing one."""
    return Giving(
        activity=uuid5(giving.activity, f"goal/{goal_type}"),
        member=giving.member,
        asked=asked,
        kind=ActivityType.WEEKLY_GOAL,
        description=goal_type,
        occurred_at=at,
        source="system",
        caused_by=giving.activity,
    )


def counting_needs(basis: Basis, giving: Giving, at: datetime) -> Needs:
    """What `count_goals`, `count_quests` and `merit_badges` read and move."""
    goals = basis.goals_of(giving.kind)
    week = week_of(giving.occurred_at, basis.zone)
    rows: list[tuple[type, Any]] = [(WeeklyGoal, (giving.member, week, goal.goal_type)) for goal in goals]
    rows += [(MemberQuest, (giving.member, quest.id)) for quest in basis.quests_of(giving.kind) if quest.is_about(giving.topic)]
    rewards = [giving_needs(basis, reward_of(giving, "", 0, at))] if goals else []
    return together([Needs(rows=rows), *rewards])


def count_goals(draft: Draft, basis: Basis, giving: Giving, day: date | None, effects: Effects) -> list[WeeklyGoal]:
    """Count an activity for the goals of the week in which it occurred; gives those that it completed, to be paid.

    A goal that nobody has opened yet is opened by this. One that was completed
    counts on, and is never completed again.

    Args:
        day: the local day that it made an active one; None for the system's.
    """
    week, counted, completed = week_of(giving.occurred_at, basis.zone), [], []
    for goal in basis.goals_of(giving.kind):
        item = goal.item(topic=giving.topic, day=day)
        row = draft.find(WeeklyGoal, (giving.member, week, goal.goal_type))
        if item is None or (row is not None and item and item in seen_of(row)):
            continue
        row = _count_goal(draft, row or _open_goal(draft, giving.member, week, goal), item)
        counted.append((week, goal.goal_type, item or None))
        if row.completed_at is None and row.current_progress >= row.target_progress:
            completed.append(row)
    effects.goals = counted
    return completed


def pay_goal(draft: Draft, basis: Basis, row: WeeklyGoal, giving: Giving, at: datetime) -> None:
    """Pay a goal that an activity completed, once."""
    reward = reward_of(giving, row.goal_type, row.points_reward, at)
    give(draft, basis, reward, row.points_reward)
    draft.change(row, completed_at=at, reward=reward.activity)
    draft.announce(GoalCompleted(row.member, reward.activity, row.points_reward))


def seen_of(row: WeeklyGoal) -> list[str]:
    """The days or topics that were counted."""
    seen: list[str] = orjson.loads(row.seen) if row.seen else []
    return seen


def count_quests(draft: Draft, basis: Basis, giving: Giving, effects: Effects) -> None:
    """Count an activity as a step of the quests that its member has in progress."""
    counted: list[UUID] = []
    for quest in basis.quests_of(giving.kind):
        row = draft.find(MemberQuest, (giving.member, quest.id)) if quest.is_about(giving.topic) else None
        if row is not None and row.status == "in_progress" and is_within(row, giving.occurred_at):
            draft.change(row, current_progress=row.current_progress + 1)
            counted.append(quest.id)
    effects.quests = counted


def is_within(row: MemberQuest, at: datetime) -> bool:
    """Whether an instant lies in a quest's run."""
    return row.started_at <= at and (row.ends_at is None or at < row.ends_at)


def note_activity(draft: Draft, row: MemberProgress, giving: Giving, *, goals: int = 0, quests: int = 0) -> MemberProgress:
    """Count an activity on its member's lifetimes."""
    changes: dict[str, Any] = {"revision": row.revision + 1}
    if (name := LIFETIME.get(giving.kind)) is not None:
        changes[name] = getattr(row, name) + 1
    if goals:
        changes["goals_completed"] = row.goals_completed + goals
    if quests:
        changes["quests_completed"] = row.quests_completed + quests
    if not giving.kind.is_system and (row.last_active_at is None or giving.occurred_at > row.last_active_at):
        changes["last_active_at"] = giving.occurred_at
        if row.decay_from is not None:
            changes["decay_from"] = None
    return draft.change(row, **changes)


def measures_of(draft: Draft, basis: Basis, row: MemberProgress, *, longest: int, topic: str | None) -> Measures:
    """A member's numbers, as badges' rules read them: of topics the one at hand."""
    counted = measured(basis.rules, row, total=draft.balance(points(row.member)), longest=longest)
    return replace(counted, topic=topic, topic_points=draft.balance(standing(row.member, topic_window(topic)))) if topic else counted


def measured(rules: Rules, row: MemberProgress, *, total: int, longest: int) -> Measures:
    """A member's numbers, but for those of topics.

    Args:
        longest: days of their longest streak.
    """
    return Measures(
        total_points=total,
        level=level_of(rules, total),
        tier=tier_index(rules, total),
        longest_streak=longest,
        quizzes=row.lifetime_quizzes,
        projects=row.lifetime_projects,
        comments=row.lifetime_comments,
        quests=row.quests_completed,
        goals=row.goals_completed,
    )


def merit_badges(draft: Draft, basis: Basis, row: MemberProgress, giving: Giving, *, longest: int) -> MemberProgress:
    """Give the badges that a member merits now and doesn't have."""
    held = set(row.badges.split())  # whole slugs: `maker` isn't had with `book-maker`
    missing = [badge for badge in basis.badges if badge.slug not in held]
    if not missing:
        return row
    measures = measures_of(draft, basis, row, longest=longest, topic=giving.topic)
    given = [badge.slug for badge in missing if merited(badge, measures)]
    for slug in given:
        draft.record(MemberBadge(giving.activity, slug, row.member, draft.at))
        draft.announce(BadgeEarned(row.member, giving.activity))
    return draft.change(row, badges=row.badges + "".join(f"{slug} " for slug in given)) if given else row


def announce_reached(draft: Draft, basis: Basis, row: MemberProgress, before: int) -> MemberProgress:
    """Announce a tier and a level that were reached for the first time: of several, the last alone.

    Args:
        before: the member's total before.
    """
    total, changes = draft.balance(points(row.member)), {}
    tier, level = tier_index(basis.rules, total), level_of(basis.rules, total)
    if tier > row.announced_tier:
        draft.announce(TierReached(row.member, tier_index(basis.rules, before), tier))
        changes["announced_tier"] = tier
    if level > row.announced_level:
        draft.announce(LevelReached(row.member, level))
        changes["announced_level"] = level
    return draft.change(row, **changes) if changes else row


def _open_goal(draft: Draft, member: UUID, week: str, goal: Goal) -> WeeklyGoal:
    row = WeeklyGoal(member, week, goal.goal_type, 0, goal.target, goal.points_reward)
    draft.record(row)
    return row


def _count_goal(draft: Draft, row: WeeklyGoal, item: str) -> WeeklyGoal:
    """Count one more; an item (a day, a topic) is remembered, so that it counts once."""
    if not item:
        return draft.change(row, current_progress=row.current_progress + 1)
    seen = [*seen_of(row), item]
    return draft.change(row, current_progress=len(seen), seen=orjson.dumps(seen).decode())
