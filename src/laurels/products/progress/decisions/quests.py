"""Quests: beginning one, telling its steps, completing it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid5

from laurels.ledger import Account, BusinessKey, Draft, Needs
from laurels.products.progress.accounts import BOOK, dailies, points
from laurels.products.progress.decisions.basis import CONFIG_ROW, Basis, require_awardee, require_version
from laurels.products.progress.decisions.counting import (
    announce_reached,
    count_goals,
    count_quests,
    counting_needs,
    merit_badges,
    note_activity,
    pay_goal,
    progress_row,
)
from laurels.products.progress.decisions.giving import Effects, Giving, give, giving_needs, together
from laurels.products.progress.decisions.streaking import zones_of
from laurels.products.progress.errors import QuestCompletedAlready, QuestNotBegun, QuestNotOpen, RequirementsNotMet, StepsCounted
from laurels.products.progress.facts import QuestCompleted
from laurels.products.progress.rules import (
    MAX_DAILIES,
    ActivityType,
    Closed,
    Quest,
    QuestStatus,
    QuestType,
    may_begin,
    run_ends_at,
    status_of,
)
from laurels.products.progress.tables import Awardee, MemberProgress, MemberQuest, StreakRow

MAX_STEPS = 1_000_000
"""Most steps that are counted of a run; more count for nothing."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A quest was begun; `run`: for the how-manieth time."""

    quest: UUID
    run: int


@dataclass(frozen=True, slots=True)
class BeginQuest:
    """Begin a quest: what it asks for and pays then stays so for this run.

    Of daily quests a member begins three on a local day; each is over with it.

    Raises:
        ProgressChanged: staff changed something since the action read it.
        Missing, MemberInactive: nobody to begin it.
        QuestNotOpen: it isn't offered, or was begun or completed before.
        LimitReached: it would be the fourth daily quest of the day.
    """

    name: ClassVar[str] = "begin_quest"
    answers: ClassVar[type] = Begun
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    quest: Quest
    member: UUID
    basis: Basis
    at: datetime

    @property
    def reference(self) -> UUID:
        return self.quest.id

    def needs(self) -> Needs:
        rows: list[tuple[type, Any]] = [*run_rows(self.quest, self.member), (StreakRow, self.member)]
        return Needs(self.possible_days() if self.quest.quest_type is QuestType.DAILY else (), rows)

    def possible_days(self) -> list[Account]:
        """The meters of the local days that it may be somewhere on Earth: which one counts, the member's zone says."""
        today = self.at.date()
        return [dailies(self.member, (today + timedelta(days=days)).isoformat()) for days in (-1, 0, 1)]

    def decide(self, draft: Draft) -> Begun:
        quest = self.quest
        require_version(draft, self.basis)
        awardee = require_awardee(draft, self.member)
        row = draft.find(MemberQuest, (self.member, quest.id))
        closed = may_begin(quest, row, self.at)
        if closed is not None:
            raise closed_quest(closed)
        zones = zones_of(draft, awardee)
        day = zones.day_of(self.at)
        ends_at = run_ends_at(quest, zones.day_end(day))
        if quest.quest_type is QuestType.DAILY:
            resets_at = zones.day_end(day).isoformat()
            draft.count(dailies(self.member, day.isoformat()), 1, "daily_quest", limit=MAX_DAILIES, resets_at=resets_at)
        return Begun(quest.id, self.record(draft, row, ends_at))

    def record(self, draft: Draft, row: MemberQuest | None, ends_at: datetime | None) -> int:
        """Write that it is in progress, in place of the run before; gives the run's number."""
        quest, run = self.quest, row.run + 1 if row else 1
        values: dict[str, Any] = {
            "status": QuestStatus.IN_PROGRESS.value,
            "run": run,
            "current_progress": 0,
            "target_progress": quest.steps,
            "points_reward": quest.points_reward,
            "started_at": self.at,
            "ends_at": ends_at,
            "completed_at": None,
            "points_awarded": 0,
            "reward": None,
        }
        if row is None:
            draft.record(MemberQuest(member=self.member, quest=quest.id, **values))
        else:
            draft.change(row, **values)
        return run


@dataclass(frozen=True, slots=True)
class Stepped:
    """How far a member is then; `current` may pass the target."""

    quest: UUID
    current: int
    target: int


@dataclass(frozen=True, slots=True)
class TellSteps:
    """Count steps of a quest whose steps are told one by one.

    Raises:
        ProgressChanged: staff changed something since the action read it.
        Missing, MemberInactive: nobody to count them for.
        StepsCounted: its steps are counted from activities.
        QuestNotBegun, QuestNotOpen, QuestCompletedAlready: it isn't in progress.
    """

    name: ClassVar[str] = "tell_steps"
    answers: ClassVar[type] = Stepped
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    quest: Quest
    member: UUID
    steps: int
    basis: Basis

    @property
    def reference(self) -> UUID:
        return self.quest.id

    def needs(self) -> Needs:
        return Needs(rows=run_rows(self.quest, self.member))

    def decide(self, draft: Draft) -> Stepped:
        require_version(draft, self.basis)
        require_awardee(draft, self.member)
        if self.quest.activity_types is not None:
            raise StepsCounted()
        row = require_in_progress(draft, self.member, self.quest.id)
        row = draft.change(row, current_progress=min(MAX_STEPS, row.current_progress + self.steps))
        return Stepped(self.quest.id, row.current_progress, row.target_progress)


@dataclass(frozen=True, slots=True)
class Completed:
    """What a completed quest brought.

    Attributes:
        activity: the one that paid it.
        before: the member's total before.
        total: after it, with the goals that it completed.
    """

    quest: UUID
    activity: UUID
    points: int
    before: int
    total: int


@dataclass(frozen=True, slots=True)
class CompleteQuest:
    """Complete a quest of which all steps are done: it pays, once a run, as an activity of its own.

    That activity counts for goals, quests and badges like any other, and on the
    boards of the quest's topic.

    Attributes:
        title: the quest's, which describes the activity.

    Raises:
        ProgressChanged: staff changed something since the action read it.
        Missing, MemberInactive: nobody to pay.
        QuestNotBegun, QuestNotOpen, QuestCompletedAlready: it isn't in progress.
        RequirementsNotMet: steps are missing.
    """

    name: ClassVar[str] = "complete_quest"
    answers: ClassVar[type] = Completed
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    quest: Quest
    title: str
    member: UUID
    basis: Basis
    at: datetime

    @property
    def reference(self) -> UUID:
        return self.quest.id

    def needs(self) -> Needs:
        rows: list[tuple[type, Any]] = [*run_rows(self.quest, self.member), (MemberProgress, self.member), (StreakRow, self.member)]
        giving = self.reward(self.quest.id, 0)
        return together([Needs(rows=rows), giving_needs(self.basis, giving), counting_needs(self.basis, giving, self.at)])

    def reward(self, activity: UUID, asked: int) -> Giving:
        """What it pays: an activity of its own."""
        return Giving(
            activity=activity,
            member=self.member,
            asked=asked,
            kind=ActivityType.SIDE_QUEST,
            description=self.title,
            occurred_at=self.at,
            source="system",
            topic=self.quest.topic,
        )

    def decide(self, draft: Draft) -> Completed:
        require_version(draft, self.basis)
        require_awardee(draft, self.member)
        row = require_in_progress(draft, self.member, self.quest.id)
        if row.current_progress < row.target_progress:
            raise RequirementsNotMet(current=row.current_progress, target=row.target_progress)
        giving = self.reward(uuid5(row.quest, f"{row.member}/{row.run}"), row.points_reward)
        # First of all it is completed, so that a quest whose steps are quests doesn't count itself.
        done = QuestStatus.COMPLETED.value
        draft.change(row, status=done, completed_at=self.at, points_awarded=row.points_reward, reward=giving.activity)
        before = draft.balance(points(self.member))
        self.pay(draft, giving, before)
        draft.announce(QuestCompleted(self.member, row.quest, giving.activity, giving.asked))
        return Completed(row.quest, giving.activity, giving.asked, before, draft.balance(points(self.member)))

    def pay(self, draft: Draft, giving: Giving, before: int) -> None:
        """Give what it pays, and count that on all that activities count on."""
        basis, effects = self.basis, Effects()
        progress, streak = progress_row(draft, self.member), draft.find(StreakRow, self.member)
        goals = count_goals(draft, basis, giving, None, effects)
        count_quests(draft, basis, giving, effects)
        give(draft, basis, giving, giving.asked, effects=effects)
        for goal in goals:
            pay_goal(draft, basis, goal, giving, self.at)
        progress = note_activity(draft, progress, giving, goals=len(goals), quests=1)
        progress = merit_badges(draft, basis, progress, giving, longest=streak.longest_days if streak else 0)
        announce_reached(draft, basis, progress, before)


CLOSED = {
    Closed.IN_PROGRESS: "you have begun it already",
    Closed.ONCE: "you have completed it, and it is had once",
    Closed.COOLDOWN: "you have completed it, and may begin it again later",
    Closed.NOT_OPEN: "it isn't offered now",
}


def closed_quest(closed: Closed) -> QuestNotOpen:
    """The refusal to begin a quest, in words."""
    return QuestNotOpen(reason=CLOSED[closed])


def run_rows(quest: Quest, member: UUID) -> list[tuple[type, Any]]:
    """The rows that every decision about a member's quest reads."""
    return [CONFIG_ROW, (Awardee, member), (MemberQuest, (member, quest.id))]


def require_in_progress(draft: Draft, member: UUID, quest: UUID) -> MemberQuest:
    """A member's run of a quest that is neither completed nor over.

    Raises:
        QuestNotBegun, QuestCompletedAlready.
        QuestNotOpen: its time passed.
    """
    row = draft.find(MemberQuest, (member, quest))
    status = status_of(row, draft.at)
    if row is None or status is QuestStatus.NOT_STARTED:
        raise QuestNotBegun()
    if status is QuestStatus.COMPLETED:
        raise QuestCompletedAlready()
    if status is QuestStatus.EXPIRED:
        raise QuestNotOpen(reason="its time is over")
    return row
