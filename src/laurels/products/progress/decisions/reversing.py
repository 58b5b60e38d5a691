"""Taking an activity back: as if it had not been.

A reversal leaves alone what was announced, and a quest that was completed. All
else that follows from the activity follows without it: see `ReverseActivity`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from laurels.core.windows import day_of
from laurels.identity.tables import StaffAction
from laurels.ledger import Account, BusinessKey, Draft, Needs
from laurels.products.progress.accounts import BOOK, REVERSED, capped, points, standing
from laurels.products.progress.decisions.basis import CONFIG_ROW, Basis, require_version
from laurels.products.progress.decisions.counting import is_within, measures_of
from laurels.products.progress.decisions.giving import Effects, count_day
from laurels.products.progress.decisions.streaking import change_streak, days_of, read_days, replayed, unpaid
from laurels.products.progress.decisions.traces import Traces, count_goal_back
from laurels.products.progress.errors import NothingToReverse, NotReversible, ProgressChanged
from laurels.products.progress.facts import AwardReversed
from laurels.products.progress.rules import LIFETIME, ActivityType, merited, topic_window
from laurels.products.progress.tables import (
    MemberBadge,
    MemberProgress,
    MemberQuest,
    PointActivity,
    PointsDay,
    StreakRow,
    WeeklyGoal,
)

REWARDS = frozenset({ActivityType.WEEKLY_GOAL, ActivityType.SIDE_QUEST})
"""Types that pay for something completed, which stays so when the reward alone is taken back."""


@dataclass(frozen=True, slots=True)
class Reversed:
    """What a reversal did.

    Attributes:
        amount: what the activity had brought.
        taken: of that and of the rewards, what was still there and is taken.
        before: the member's total before.
        total: after it.
        rewards: how many rewards were taken back with it: of goals that are no longer reached, of a day that is no longer active.
        badges: how many badges are no longer merited.
        is_day_gone: whether its local day is no longer an active one.
        is_unpaid: whether it was a goal's or a quest's reward: that stays completed, unpaid.
    """

    activity: UUID
    member: UUID
    amount: int
    taken: int
    before: int
    total: int
    rewards: int
    badges: int
    is_day_gone: bool
    is_unpaid: bool


@dataclass(frozen=True, slots=True)
class ReverseActivity:
    """Take an activity back, once.

    Its points leave the purse, as far as they are there: decay may have had
    some. Boards, caps, lifetimes, steps of quests in progress, weekly goals and
    the active day are counted back; a goal that is no longer reached is open
    again and loses its reward, a day that is no longer active its bonus; badges
    that are no longer merited are taken back.

    Attributes:
        audit: the row of the log of what staff change; None where nobody of them acts.

    Raises:
        ProgressChanged: something of what the action read has changed.
        NothingToReverse: it was reversed before.
        NotReversible: it is what decay took.
    """

    name: ClassVar[str] = "reverse_activity"
    answers: ClassVar[type] = Reversed
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    traces: Traces
    basis: Basis
    reason: str
    by: UUID | None = None
    audit: StaffAction | None = None

    @property
    def reference(self) -> UUID:
        return self.traces.activity.id

    # What is needed

    def needs(self) -> Needs:
        traces, member = self.traces, self.traces.activity.member
        taken = (traces.activity, *traces.rewards)
        accounts: list[Account] = [REVERSED, points(member)]
        accounts += [standing(member, window) for one in taken for window in Effects.read(one.effects).windows]
        accounts += [capped(member, *cap) for cap in traces.effects.caps]
        accounts += [standing(member, topic_window(badge.topic)) for badge in self.basis.badges if badge.topic is not None]
        rows: list[tuple[type, Any]] = [CONFIG_ROW, (MemberProgress, member), (StreakRow, member)]
        rows += [(PointActivity, one.id) for one in taken]
        rows += [(PointsDay, self.day_key(one)) for one in taken]
        rows += [(WeeklyGoal, (member, week, goal_type)) for week, goal_type in self.goal_keys()]
        rows += [(MemberQuest, (member, quest)) for quest in traces.effects.quests]
        rows += [(MemberBadge, (badge.activity, badge.badge)) for badge in traces.badges]
        return Needs(accounts, rows, [traces.activity.entry] if self.is_whole_entry else [])

    @property
    def is_whole_entry(self) -> bool:
        """Whether the activity is what its entry was made for: the reward of a goal stands in that of the activity that completed it."""
        return self.traces.activity.caused_by is None

    def day_key(self, activity: PointActivity) -> tuple[date, str]:
        """Which day's sums an activity is counted in."""
        return day_of(activity.occurred_at, self.basis.zone), activity.activity_type

    def goal_keys(self) -> list[tuple[str, str]]:
        """Week and type of the goals that it may have counted for."""
        counted = [(week, goal_type) for week, goal_type, _ in self.traces.effects.goals]
        return list(dict.fromkeys([*counted, *((self.traces.week, goal.goal_type) for goal in self.basis.goals_of(self.traces.kind))]))

    # What happens

    def decide(self, draft: Draft) -> Reversed:
        traces = self.traces
        require_version(draft, self.basis)
        activity = draft.row(PointActivity, traces.activity.id)
        row = draft.row(MemberProgress, activity.member)
        self.check(activity, row)
        before = draft.balance(points(activity.member))
        if self.is_whole_entry:
            draft.reverse(activity.entry)
        taken = self.take(draft, activity, traces.effects)
        is_day_gone = self.unmark_day(draft, activity)
        reopened = self.count_goals_back(draft)
        unpaid_rewards = [one for one in reopened if one is not None]
        rewards = [one for one in traces.rewards if one.id in unpaid_rewards or (is_day_gone and self.is_bonus(one))]
        taken += sum(self.take(draft, draft.row(PointActivity, one.id), Effects.read(one.effects)) for one in rewards)
        self.count_quests_back(draft)
        row = self.note_reversal(draft, row, goals=len(reopened))
        badges = self.revoke_badges(draft, row)
        if self.audit is not None:
            draft.record(self.audit)
        total = draft.balance(points(activity.member))
        draft.announce(AwardReversed(activity.id, activity.member, taken, total))
        return Reversed(
            activity=activity.id,
            member=activity.member,
            amount=activity.amount,
            taken=taken,
            before=before,
            total=total,
            rewards=len(rewards),
            badges=badges,
            is_day_gone=is_day_gone,
            is_unpaid=traces.kind in REWARDS,
        )

    def check(self, activity: PointActivity, row: MemberProgress) -> None:
        """Check that it can be reversed, and that what was read of it still stands."""
        if activity.activity_type == ActivityType.DECAY:
            raise NotReversible()
        if activity.reversed_at is not None:
            raise NothingToReverse()
        if row.revision != self.traces.revision:
            raise ProgressChanged()

    def take(self, draft: Draft, activity: PointActivity, effects: Effects) -> int:
        """Take an activity's points back from purse, boards and caps, as far as they are there; gives how many the purse had."""
        member, purse = activity.member, points(activity.member)
        taken = min(activity.amount, draft.balance(purse))
        draft.move(purse, REVERSED, taken, "reversal")
        counted = [standing(member, window) for window in effects.windows] + [capped(member, *cap) for cap in effects.caps]
        for meter in counted:
            draft.count(meter, -min(activity.amount, draft.balance(meter)), "reversal")
        count_day(draft, self.basis, activity.occurred_at, ActivityType(activity.activity_type), taken=taken)
        draft.change(activity, reversed_at=draft.at, reversed_by=self.by, reversal_reason=self.reason)
        return taken

    def unmark_day(self, draft: Draft, activity: PointActivity) -> bool:
        """Take its local day back, unless another activity made it an active one too; whether it is gone."""
        row = draft.find(StreakRow, activity.member)
        if activity.day is None or self.traces.is_day_shared or row is None or activity.day not in days_of(row):
            return False
        days = days_of(row).unmarked(activity.day)
        due = unpaid(day for day in read_days(row.unpaid) if day != activity.day)
        change_streak(draft, row, days, replayed(row, days, self.basis.rules.freezes), **due)
        return True

    def is_bonus(self, reward: PointActivity) -> bool:
        """Whether a reward is the bonus of the activity's day."""
        return reward.activity_type == ActivityType.STREAK_BONUS

    def count_goals_back(self, draft: Draft) -> list[UUID | None]:
        """Count the activity back from the goals of its week; gives for each that is open again what had paid it."""
        traces, reopened = self.traces, []
        definitions = {goal.goal_type: goal for goal in self.basis.goals}
        for week, goal_type in self.goal_keys():
            row = draft.find(WeeklyGoal, (traces.activity.member, week, goal_type))
            if row is None:
                continue
            row = count_goal_back(draft, row, traces, definitions.get(goal_type))
            if row.completed_at is not None and row.current_progress < row.target_progress:
                reopened.append(row.reward)
                draft.change(row, completed_at=None, reward=None)
        return reopened

    def count_quests_back(self, draft: Draft) -> None:
        """Count a step of the quests that are still in the run in which it counted."""
        activity = self.traces.activity
        for quest in self.traces.effects.quests:
            row = draft.find(MemberQuest, (activity.member, quest))
            if row is not None and row.status == "in_progress" and is_within(row, activity.occurred_at):
                draft.change(row, current_progress=max(0, row.current_progress - 1))

    def note_reversal(self, draft: Draft, row: MemberProgress, *, goals: int) -> MemberProgress:
        """Count the activity back from its member's lifetimes."""
        changes: dict[str, Any] = {"revision": row.revision + 1, "goals_completed": max(0, row.goals_completed - goals)}
        if (name := LIFETIME.get(self.traces.kind)) is not None:
            changes[name] = max(0, getattr(row, name) - 1)
        if not self.traces.kind.is_system:
            changes["last_active_at"] = self.traces.last_active_at
        return draft.change(row, **changes)

    def revoke_badges(self, draft: Draft, row: MemberProgress) -> int:
        """Take back the badges that are no longer merited; gives how many. Those that staff put aside stay."""
        streak = draft.find(StreakRow, row.member)
        definitions = {badge.slug: badge for badge in self.basis.badges}
        lost: list[str] = []
        for held in self.traces.badges:
            badge = definitions.get(held.badge)
            if badge is None:
                continue
            measures = measures_of(draft, self.basis, row, longest=streak.longest_days if streak else 0, topic=badge.topic)
            if not merited(badge, measures):
                draft.change(draft.row(MemberBadge, (held.activity, held.badge)), revoked_at=draft.at)
                lost.append(held.badge)
        if lost:
            draft.change(row, badges=_without(row.badges, lost))
        return len(lost)


def _without(badges: str, lost: Iterable[str]) -> str:
    gone = set(lost)
    return "".join(f"{slug} " for slug in badges.split() if slug not in gone)
