"""The bonus for a day of a streak, once that day is over where its member lives."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid5

from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.progress.accounts import BOOK, points
from laurels.products.progress.decisions.basis import CONFIG_ROW, Basis, require_version
from laurels.products.progress.decisions.counting import announce_reached, merit_badges, note_activity, progress_row
from laurels.products.progress.decisions.giving import Giving, give, giving_needs, together
from laurels.products.progress.decisions.streaking import days_of, read_days, unpaid
from laurels.products.progress.errors import NothingDue
from laurels.products.progress.facts import PointsAwarded
from laurels.products.progress.rules import ActivityType, Source, Zones, bonus_for, streak_on
from laurels.products.progress.tables import Awardee, MemberProgress, PointActivity, StreakRow


@dataclass(frozen=True, slots=True)
class BonusPaid:
    """What a day's bonus was: 0 where none was merited, and the day is done with all the same."""

    points: int


def bonus_activity(member: UUID, day: date) -> UUID:
    """The id of the activity that pays a day's bonus: so it can't be paid twice."""
    return uuid5(member, f"streak_bonus/{day.isoformat()}")


@dataclass(frozen=True, slots=True)
class PayStreakBonus:
    """Pay the bonus for an active day that is over: once, whoever comes first, and however late.

    It is paid by the streak as of that day, and counts on the boards that the
    day's last moment falls in. A day that isn't active any more, or whose member
    is suspended or gone, is done with unpaid.

    Attributes:
        ends_at: the first instant after the day, as the action read it from the member's zones.

    Raises:
        ProgressChanged: staff changed something since the action read it.
        NothingDue: the day is done with, or not over.
    """

    name: ClassVar[str] = "pay_streak_bonus"
    answers: ClassVar[type] = BonusPaid
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    day: date
    ends_at: datetime
    basis: Basis

    @property
    def book(self) -> str:
        return BOOK

    @property
    def reference(self) -> UUID:
        return bonus_activity(self.member, self.day)

    def giving(self, asked: int) -> Giving:
        """What pays the bonus: it occurs at the day's last moment, so that a Sunday's counts in its own week."""
        return Giving(
            activity=self.reference,
            member=self.member,
            asked=asked,
            kind=ActivityType.STREAK_BONUS,
            description="",
            occurred_at=self.ends_at - timedelta.resolution,
            source=Source.SYSTEM,
        )

    def needs(self) -> Needs:
        member = self.member
        rows: list[tuple[type, object]] = [CONFIG_ROW, (Awardee, member), (MemberProgress, member), (StreakRow, member)]
        return together([Needs(rows=[*rows, (PointActivity, self.reference)]), giving_needs(self.basis, self.giving(0))])

    def decide(self, draft: Draft) -> BonusPaid:
        require_version(draft, self.basis)
        row = draft.find(StreakRow, self.member)
        if row is None or not self.is_due(row, draft.at):
            raise NothingDue()
        row = draft.change(row, **unpaid(day for day in read_days(row.unpaid) if day != self.day))
        amount = self.merited(draft, row)
        if amount:
            self.pay(draft, row, amount)
        return BonusPaid(amount)

    def is_due(self, row: StreakRow, at: datetime) -> bool:
        """Whether the day is over, and its bonus not yet dealt with."""
        if self.day not in read_days(row.unpaid):
            return False
        # A change of zone on the last day moves its end: the next sweep reads it anew.
        return self.ends_at <= at and Zones.read(row.zones).day_end(self.day) == self.ends_at

    def merited(self, draft: Draft, row: StreakRow) -> int:
        """Points for the day; 0 where nothing is paid, also where it was paid once and its activity reversed."""
        rules, awardee = self.basis.rules, draft.row(Awardee, self.member)
        if rules.streak_bonus is None or awardee.status != "active" or draft.find(PointActivity, self.reference) is not None:
            return 0
        excused, bought = Zones.read(row.zones).excused(), read_days(row.bought)
        days = streak_on(days_of(row), self.day, bought=bought, excused=excused, policy=rules.freezes)
        return bonus_for(rules.streak_bonus, days)

    def pay(self, draft: Draft, row: StreakRow, amount: int) -> None:
        """Give the points, with the badges and the tier that they bring."""
        basis, giving, purse = self.basis, self.giving(amount), points(self.member)
        progress, before = progress_row(draft, self.member), draft.balance(purse)
        give(draft, basis, giving, amount)
        progress = note_activity(draft, progress, giving)
        progress = merit_badges(draft, basis, progress, giving, longest=row.longest_days)
        draft.announce(PointsAwarded(giving.activity, self.member, amount, draft.balance(purse)))
        announce_reached(draft, basis, progress, before)
