"""A program in plain Python that knows no ledger: what the property test holds the real one against.

One rule (5 points for 100.00, rounded down, at most 100 a month), a day
pending, a month's life, and a reward of 7 points: 5 pieces, 2 for each member.
"""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

CAP, PENDING, GRACE = 100, timedelta(days=1), timedelta(days=2)
COST, PIECES, SHARE = 7, 5, 2


@dataclass
class Lot:
    """Points of one purchase, or given back by grace."""

    earned: datetime
    usable: datetime
    expires: datetime
    number: int
    left: int

    def order(self) -> tuple[datetime, datetime, int]:
        """What is spent by: the first to expire, then the first earned, then the first made."""
        return self.expires, self.earned, self.number


@dataclass
class Bought:
    """A purchase that earned."""

    who: int
    amount: int
    points: int
    month: str
    lot: Lot | None
    returned: int = 0


@dataclass
class Reserved:
    """A reservation."""

    who: int
    parts: list[tuple[Lot, int]]
    is_reward: bool
    until: datetime

    @property
    def points(self) -> int:
        """All that it set aside."""
        return sum(amount for _, amount in self.parts)


@dataclass
class Person:
    """What a member has."""

    is_member: bool = True
    lots: list[Lot] = field(default_factory=list)
    owed: int = 0
    earned: int = 0
    held: int = 0
    taken_rewards: int = 0
    capped: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Shelf:
    """The program: every change says what it did, or None where it must be refused."""

    def __init__(self, policy: str) -> None:
        self.policy = policy
        self.people = [Person(), Person()]
        self.stock = PIECES
        self.bought: dict[str, Bought] = {}
        self.numbers = 0

    def alive(self, who: int, now: datetime) -> list[Lot]:
        """A member's lots of which something is left and that aren't over, in the order of spending."""
        return sorted((lot for lot in self.people[who].lots if lot.left and lot.expires > now), key=Lot.order)

    def earn(self, name: str, who: int, amount: int, at: datetime, now: datetime) -> int | None:
        """Points of a purchase; a name that earned before changes nothing."""
        known = self.bought.get(name)
        if known is not None:
            return known.points if (known.who, known.amount) == (who, amount) else None
        person = self.people[who]
        if not person.is_member:
            return None
        month = f"{at:%Y-%m}"
        points = min(amount * 5 // 10_000, CAP - person.capped[month])
        person.capped[month] += points
        person.earned += points
        lot = None
        if points:
            lot = self._lot(who, at, at + PENDING, expiry(at), points)
        paid = min(points, person.owed)
        person.owed -= paid
        if lot is not None:
            lot.left -= paid
        self.bought[name] = Bought(who, amount, points, month, lot)
        return points

    def give_back(self, name: str, amount: int, now: datetime) -> int | None:
        """What a return of a purchase takes back in all; None where it must wait or is refused."""
        bought = self.bought.get(name)
        if bought is None or not self.people[bought.who].is_member:
            return None
        before = bought.returned
        bought.returned = min(bought.amount, before + amount)
        due = kept(bought.points, bought.amount, before) - kept(bought.points, bought.amount, bought.returned)
        given_up = self._take_back(bought.who, due, bought.lot, now)
        self.people[bought.who].capped[bought.month] -= given_up  # the one rule's share is all of the points
        return given_up

    def give_back_alone(self, who: int, amount: int, now: datetime) -> int | None:
        """The same for goods of no known purchase."""
        person = self.people[who]
        if not person.is_member:
            return None
        due = amount * 5 // 10_000
        if self.policy != "allow_negative":
            due = min(due, person.earned)
        return self._take_back(who, due, None, now)

    def _take_back(self, who: int, due: int, own: Lot | None, now: datetime) -> int:
        person, is_gentle = self.people[who], self.policy == "only_pending"
        alive = self.alive(who, now)
        lots = [lot for lot in alive if lot.usable <= now and not is_gentle] + [lot for lot in alive if lot.usable > now]
        if own is not None:
            lots = [lot for lot in lots if lot is own] + [lot for lot in lots if lot is not own and not is_gentle]
        taken = sum(amount for _, amount in self._take(lots, due))
        missing = 0 if is_gentle else due - taken
        person.owed += missing
        person.earned = max(0, person.earned - taken - missing)
        return taken + missing

    def burn(self, who: int, points: int, now: datetime, *, is_reward: bool, until: datetime) -> Reserved | None:
        """Take points, a piece and a share, or nothing."""
        person = self.people[who]
        usable = [lot for lot in self.alive(who, now) if lot.usable <= now]
        if not person.is_member or sum(lot.left for lot in usable) < points:
            return None
        if is_reward:
            if not self.stock or person.taken_rewards == SHARE:
                return None
            self.stock -= 1
            person.taken_rewards += 1
        return Reserved(who, self._take(usable, points), is_reward, until)

    def cancel(self, one: Reserved, now: datetime) -> None:
        """Give back each point to its lot, or for a grace; then pay what is owed."""
        person = self.people[one.who]
        for lot, amount in sorted(one.parts, key=lambda part: part[0].order()):
            if lot.expires > now:
                lot.left += amount
            else:
                self._lot(one.who, lot.earned, now, now + GRACE, amount)
        if one.is_reward:
            self.stock += 1
            person.taken_rewards -= 1
        alive = self.alive(one.who, now)
        paid = min(person.owed, one.points)
        lots = [lot for lot in alive if lot.usable <= now] + [lot for lot in alive if lot.usable > now]
        assert sum(amount for _, amount in self._take(lots, paid)) == paid
        person.owed -= paid

    def leave(self, who: int) -> bool:
        """Give all up, unless something is set aside."""
        person = self.people[who]
        if not person.is_member or person.held:
            return False
        person.is_member, person.lots = False, []
        return True

    def _lot(self, who: int, earned: datetime, usable: datetime, expires: datetime, points: int) -> Lot:
        self.numbers += 1
        made = Lot(earned, usable, expires, self.numbers, points)
        self.people[who].lots.append(made)
        return made

    @staticmethod
    def _take(lots: list[Lot], wanted: int) -> list[tuple[Lot, int]]:
        parts = []
        for lot in lots:
            amount = min(lot.left, wanted)
            if amount:
                lot.left -= amount
                wanted -= amount
                parts.append((lot, amount))
        return parts


def kept(points: int, amount: int, returned: int) -> int:
    """What stays of a purchase's points."""
    return points if returned <= 0 else points * (amount - returned) // amount


def expiry(at: datetime) -> datetime:
    """The midnight that ends the same day of the next month, or that month's last."""
    year, month = (at.year, at.month + 1) if at.month < 12 else (at.year + 1, 1)
    last = date(year, month, min(at.day, monthrange(year, month)[1]))
    return datetime.combine(last + timedelta(days=1), time(), UTC)
