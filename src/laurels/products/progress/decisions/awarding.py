"""Awarding points: the only path, whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from laurels.identity.tables import StaffAction
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.progress.accounts import BOOK, capped, points
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
from laurels.products.progress.decisions.permits import require_permitted
from laurels.products.progress.decisions.streaking import mark_day
from laurels.products.progress.errors import UnknownTopic
from laurels.products.progress.facts import PointsAwarded
from laurels.products.progress.rules import CapInPlay, caps_in_play, multiplied
from laurels.products.progress.tables import Awardee, MemberProgress, StreakRow, WeeklyGoal


@dataclass(frozen=True, slots=True)
class Awarded:
    """What an award brought.

    Attributes:
        amount: points after multipliers and caps.
        before: the member's total before.
        total: after it, with the goals that it completed.
    """

    activity: UUID
    amount: int
    before: int
    total: int


@dataclass(frozen=True, slots=True)
class AwardPoints:
    """Award points to a member for something that they did: points, activity, streak, lifetimes, goals, quests and badges at once.

    An event from outside is accepted once, for ever, by its id.

    Attributes:
        at: when it is decided; what it completes is paid then.
        event: the event's id with a digest of what came with it; None: it has none.
        is_past: a record of the past (an import): it completes no goal or quest, and its days pay no bonus.
        audit: the row of the log of what staff do; None where nobody of them awards.

    Raises:
        ProgressChanged: staff changed something since the action read it.
        Missing, MemberInactive: nobody to award to.
        TypeNotAllowed, ClaimTooLarge: see `permits.require_permitted`.
        UnknownTopic: the topic isn't in the list.
        LimitReached: a cap that refuses is used up.
        AlreadyRecorded: the event is known with other details.
    """

    name: ClassVar[str] = "award_points"
    answers: ClassVar[type] = Awarded

    giving: Giving
    basis: Basis
    at: datetime
    event: BusinessKey | None = None
    is_past: bool = False
    audit: StaffAction | None = None

    @property
    def book(self) -> str:
        return BOOK

    @property
    def key(self) -> BusinessKey | None:
        return self.event

    @property
    def reference(self) -> UUID:
        return self.giving.activity

    def needs(self) -> Needs:
        giving, member = self.giving, self.giving.member
        rows: list[tuple[type, object]] = [CONFIG_ROW, (Awardee, member), (MemberProgress, member), (StreakRow, member)]
        own = Needs([capped(member, cap.name, cap.window) for cap in self.caps()], rows)
        counting = [] if self.is_past else [counting_needs(self.basis, giving, self.at)]
        return together([own, giving_needs(self.basis, giving), *counting])

    def caps(self) -> tuple[CapInPlay, ...]:
        """The caps that this award may run into."""
        giving = self.giving
        return caps_in_play(self.basis.rules, giving.kind, giving.source, giving.occurred_at, self.basis.zone)

    def decide(self, draft: Draft) -> Awarded:
        giving, basis, effects = self.giving, self.basis, Effects()
        require_version(draft, basis)
        awardee = require_awardee(draft, giving.member)
        require_permitted(basis.rules, giving)
        self.require_topic()
        row, before = progress_row(draft, giving.member), draft.balance(points(giving.member))
        amount = self.within_caps(draft, effects)
        day, longest = self.mark(draft, awardee)
        completed: Sequence[WeeklyGoal] = ()
        if not self.is_past:
            completed = count_goals(draft, basis, giving, day, effects)
            count_quests(draft, basis, giving, effects)
        give(draft, basis, giving, amount, effects=effects, day=day)
        for goal in completed:
            pay_goal(draft, basis, goal, giving, self.at)
        row = note_activity(draft, row, giving, goals=len(completed))
        row = merit_badges(draft, basis, row, giving, longest=longest)
        total = draft.balance(points(giving.member))
        draft.announce(PointsAwarded(giving.activity, giving.member, amount, total))
        if self.audit is not None:
            draft.record(self.audit)
        announce_reached(draft, basis, row, before)
        return Awarded(giving.activity, amount, before, total)

    def require_topic(self) -> None:
        """Check that the topic, if one is named, is in the list."""
        topic = self.giving.topic
        if topic is not None and topic not in self.basis.topics:
            raise UnknownTopic(topic=topic)

    def within_caps(self, draft: Draft, effects: Effects) -> int:
        """The points after the season's multiplier and the caps, counted on these."""
        giving, basis = self.giving, self.basis
        season = basis.season_at(giving.occurred_at)
        amount = multiplied(giving.asked, season, giving.kind, giving.topic, giving.occurred_at)
        caps = self.caps()
        for cap in caps:
            if cap.clips:
                amount = min(amount, draft.room(capped(giving.member, cap.name, cap.window), cap.points))
        for cap in caps:
            draft.count(
                capped(giving.member, cap.name, cap.window), amount, "capped", limit=cap.points, resets_at=cap.resets_at.isoformat()
            )
        effects.caps = [(cap.name, cap.window) for cap in caps]
        return amount

    def mark(self, draft: Draft, awardee: Awardee) -> tuple[date | None, int]:
        """Count the local day as active, unless the system awards; gives it, and the longest streak."""
        if self.giving.kind.is_system:
            row = draft.find(StreakRow, awardee.id)
            return None, row.longest_days if row else 0
        day, row = mark_day(draft, self.basis, awardee, self.giving.occurred_at, pays_bonus=not self.is_past)
        return day, row.longest_days
