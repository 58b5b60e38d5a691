"""What inactivity costs: announced first, then taken, never below the threshold of the tier."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid5

from laurels.core.instants import microseconds_of
from laurels.core.windows import day_of
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.progress.accounts import BOOK, DECAYED, points
from laurels.products.progress.decisions.basis import CONFIG_ROW, Basis, require_version
from laurels.products.progress.decisions.giving import count_day
from laurels.products.progress.errors import NothingDue
from laurels.products.progress.facts import DecayAnnounced
from laurels.products.progress.rules import ActivityType, Source, announce_from, decay_amount, decays_from, tier_index
from laurels.products.progress.tables import Awardee, MemberProgress, PointActivity, PointsDay


@dataclass(frozen=True, slots=True)
class Announced:
    """When points will decay for the first time, in microseconds since 1970."""

    decays_at: int


@dataclass(frozen=True, slots=True)
class AnnounceDecay:
    """Tell a member that their points will decay unless they do something.

    Raises:
        ProgressChanged: staff changed something since the action read it.
        NothingDue: they were told, were active since, or have nothing to lose.
    """

    name: ClassVar[str] = "announce_decay"
    answers: ClassVar[type] = Announced
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    basis: Basis

    @property
    def book(self) -> str:
        return BOOK

    @property
    def reference(self) -> UUID:
        return self.member

    def needs(self) -> Needs:
        return Needs([points(self.member)], [CONFIG_ROW, (Awardee, self.member), (MemberProgress, self.member)])

    def decide(self, draft: Draft) -> Announced:
        require_version(draft, self.basis)
        rules, row = self.basis.rules, draft.row(MemberProgress, self.member)
        is_active = draft.row(Awardee, self.member).status == "active"
        if rules.decay is None or not is_active or row.decay_from is not None or row.last_active_at is None:
            raise NothingDue()
        if draft.at < announce_from(rules.decay, row.last_active_at) or not decay_amount(rules, draft.balance(points(self.member))):
            raise NothingDue()
        first = decays_from(rules.decay, row.last_active_at, draft.at)
        draft.change(row, decay_from=first)
        decays_at = microseconds_of(first)
        draft.announce(DecayAnnounced(self.member, decays_at))
        return Announced(decays_at)


@dataclass(frozen=True, slots=True)
class Decayed:
    """How many points decay took: 0 where there was nothing to take, or it was called off."""

    points: int


@dataclass(frozen=True, slots=True)
class DecayPoints:
    """Take what one interval of inactivity costs, at the instant that it was due; the next is due an interval later.

    Boards of weeks, months, topics and seasons keep what was reached in them.
    Decay is called off where staff turned it off, where the member isn't active
    (who comes back is told anew), and where nothing is left to lose.

    Attributes:
        due: the instant that the member's row names; a run that comes late takes each interval that it missed.

    Raises:
        ProgressChanged: staff changed something since the action read it.
        NothingDue: it was taken, or the member was active since.
    """

    name: ClassVar[str] = "decay_points"
    answers: ClassVar[type] = Decayed
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    due: datetime
    basis: Basis

    @property
    def book(self) -> str:
        return BOOK

    @property
    def reference(self) -> UUID:
        return uuid5(self.member, f"decay/{self.due.isoformat()}")

    def needs(self) -> Needs:
        day = (day_of(self.due, self.basis.zone), ActivityType.DECAY.value)
        rows: list[tuple[type, object]] = [CONFIG_ROW, (Awardee, self.member), (MemberProgress, self.member), (PointsDay, day)]
        return Needs([points(self.member), DECAYED], rows)

    def decide(self, draft: Draft) -> Decayed:
        require_version(draft, self.basis)
        decay, row = self.basis.rules.decay, draft.row(MemberProgress, self.member)
        if row.decay_from != self.due:
            raise NothingDue()
        total = draft.balance(points(self.member))
        amount = decay_amount(self.basis.rules, total)
        if decay is None or not amount or draft.row(Awardee, self.member).status != "active":
            draft.change(row, decay_from=None)
            return Decayed(0)
        if self.due > draft.at:
            raise NothingDue()
        self.take(draft, amount, total)
        draft.change(row, revision=row.revision + 1, decay_from=self.due + timedelta(days=decay.every_days))
        return Decayed(amount)

    def take(self, draft: Draft, amount: int, total: int) -> None:
        """Take points off the total, and tell of it as an activity."""
        basis = self.basis
        draft.move(points(self.member), DECAYED, amount, ActivityType.DECAY.value)
        count_day(draft, basis, self.due, ActivityType.DECAY, awards=1, taken=amount)
        draft.record(
            PointActivity(
                id=self.reference,
                entry=draft.entry,
                member=self.member,
                amount=-amount,
                asked_amount=-amount,
                activity_type=ActivityType.DECAY.value,
                description="",
                topic=None,
                class_id=None,
                source=Source.SYSTEM,
                awarded_by=None,
                tier_at_time=basis.rules.tiers[tier_index(basis.rules, total)].key,
                day=None,
                effects=None,
                caused_by=None,
                occurred_at=self.due,
                created_at=draft.at,
            )
        )
