"""Giving points: the one place where points are issued.

Whatever pays points (an award, a goal, a quest, a streak's bonus) comes here,
so that each is an activity, counts on the same boards, and can be reversed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson

from laurels.core.windows import day_of
from laurels.ledger import Account, Draft, Needs
from laurels.products.progress.accounts import ISSUED, points, standing
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.rules import ActivityType, board_windows, tier_index
from laurels.products.progress.tables import PointActivity, PointsDay


@dataclass(frozen=True, slots=True)
class Giving:
    """Points for a member, and what they are for.

    Attributes:
        activity: the id of the activity that tells of them.
        asked: points before multipliers and caps.
        occurred_at: when what they are for happened: it decides the boards that they count on.
        source: who awards them: self, staff, service, system, reaction, import.
        awarded_by: the staff member who does.
        caused_by: the activity that completed the goal or quest that this pays.
    """

    activity: UUID
    member: UUID
    asked: int
    kind: ActivityType
    description: str
    occurred_at: datetime
    source: str
    topic: str | None = None
    class_id: UUID | None = None
    awarded_by: UUID | None = None
    caused_by: UUID | None = None


@dataclass(slots=True)
class Effects:
    """What an activity counted on beside its member's points, so that a reversal finds it.

    Attributes:
        windows: of the boards.
        caps: name and window of each cap.
        goals: week, type and, where each day or topic counts once, which.
        quests: ids of quests of which it was a step.
    """

    windows: Sequence[str] = ()
    caps: Sequence[tuple[str, str]] = ()
    goals: Sequence[tuple[str, str, str | None]] = ()
    quests: Sequence[UUID] = ()

    def written(self) -> str:
        """As the activity's row keeps it."""
        told = {"windows": self.windows, "caps": self.caps, "goals": self.goals, "quests": self.quests}
        return orjson.dumps({name: value for name, value in told.items() if value}).decode()

    @staticmethod
    def read(text: str | None) -> "Effects":
        """As it was written."""
        told = orjson.loads(text) if text else {}
        return Effects(
            windows=told.get("windows", ()),
            caps=[(name, window) for name, window in told.get("caps", ())],
            goals=[(week, goal, item) for week, goal, item in told.get("goals", ())],
            quests=[UUID(quest) for quest in told.get("quests", ())],
        )


def windows_of(basis: Basis, giving: Giving) -> tuple[str, ...]:
    """The boards that a giving counts on, beside that of all time."""
    season = basis.season_at(giving.occurred_at)
    return board_windows(giving.occurred_at, basis.zone, season=season.id if season else None, topic=giving.topic, class_id=giving.class_id)


def giving_needs(basis: Basis, giving: Giving) -> Needs:
    """What `give` reads and moves."""
    accounts: list[Account] = [ISSUED, points(giving.member), *(standing(giving.member, window) for window in windows_of(basis, giving))]
    return Needs(accounts, [(PointsDay, (day_of(giving.occurred_at, basis.zone), giving.kind.value))])


def give(draft: Draft, basis: Basis, giving: Giving, amount: int, *, effects: Effects | None = None, day: date | None = None) -> None:
    """Issue points to a member, count them on every board, and tell of it as an activity; 0 is told too.

    Args:
        amount: points after multipliers and caps.
        effects: what it counted on; its boards are added here.
        day: the local day that it made an active one.
    """
    member, total = giving.member, draft.balance(points(giving.member))
    kept = effects or Effects()
    kept.windows = windows_of(basis, giving)
    draft.move(ISSUED, points(member), amount, giving.kind.value)
    for window in kept.windows:
        draft.count(standing(member, window), amount, "standing")
    count_day(draft, basis, giving.occurred_at, giving.kind, awards=1, points=amount)
    draft.record(
        PointActivity(
            id=giving.activity,
            entry=draft.entry,
            member=member,
            amount=amount,
            asked_amount=giving.asked,
            activity_type=giving.kind.value,
            description=giving.description,
            topic=giving.topic,
            class_id=giving.class_id,
            source=giving.source,
            awarded_by=giving.awarded_by,
            tier_at_time=basis.rules.tiers[tier_index(basis.rules, total)].key,
            day=day,
            effects=kept.written(),
            caused_by=giving.caused_by,
            occurred_at=giving.occurred_at,
            created_at=draft.at,
        )
    )


def count_day(draft: Draft, basis: Basis, at: datetime, kind: str, *, awards: int = 0, points: int = 0, taken: int = 0) -> None:
    """Count on a day's sums, which staff see; its row is named in `needs`.

    Args:
        kind: a type of activity, or `FREEZES_SOLD`.
    """
    key = (day_of(at, basis.zone), str(kind))
    row = draft.find(PointsDay, key)
    if row is None:
        draft.record(PointsDay(*key, awards, points, taken))
    else:
        draft.change(row, awards=row.awards + awards, points=row.points + points, taken=row.taken + taken)


def together(parts: Iterable[Needs]) -> Needs:
    """The accounts and rows of several parts."""
    listed = list(parts)
    return Needs([account for part in listed for account in part.accounts], [row for part in listed for row in part.rows])
