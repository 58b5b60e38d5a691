"""Streaks: how many active days follow each other, by local dates, never by hours.

All follows from three things: the set of active days, the days on which
freezes were bought or given, and the policy. They are gone through in order of
days, so it doesn't matter in which order they were told.

A day missed while a freeze is in hand uses it: the streak is kept, and the day
isn't one of it. An excused day (a change of zone skipped it or cut it short)
uses none. A freeze is earned at every so many days of a streak, unless as many
are in hand as may be; one that was bought is never lost to that bound.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from laurels.products.progress.rules.days import Days
from laurels.products.progress.rules.document import Freezes, StreakBonus

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Streak:
    """What follows from active days, as it was at the end of the last of them.

    Attributes:
        current: active days of the streak that ends on the last day.
        longest: active days of the longest there was.
        freezes: in hand.
    """

    current: int
    longest: int
    freezes: int
    last_day: date


def replay(days: Days, *, bought: Iterable[date], excused: Collection[date], policy: Freezes) -> Streak:
    """The streak that follows from a set of active days; of none, no days long.

    Args:
        bought: a day for each freeze that was bought or given on it.
        excused: days that break nothing.
    """
    walk = _Walk(Streak(0, 0, 0, date.min), bought, excused, policy)
    if not days:
        walk.pass_days(days.first + _A_DAY)
        return Streak(0, 0, walk.freezes, days.first)
    for day in days:
        walk.enter(day)
    return walk.streak()


def advance(streak: Streak, day: date, *, bought: Iterable[date], excused: Collection[date], policy: Freezes) -> Streak:
    """The streak with one active day more: what `replay` gives with it, without going through all.

    Raises:
        ValueError: the day isn't after the streak's last: only `replay` sorts it in.
    """
    if day <= streak.last_day:
        raise ValueError(f"{day} isn't after {streak.last_day}")
    walk = _Walk(streak, bought, excused, policy)
    walk.enter(day)
    return walk.streak()


def seen_on(streak: Streak, today: date, *, bought: Iterable[date], excused: Collection[date]) -> int:
    """Days of the current streak as seen on a day that isn't over: 0 once a day was missed that no freeze saved."""
    return _waited(streak, today, bought, excused).current


def freezes_on(streak: Streak, today: date, *, bought: Iterable[date], excused: Collection[date]) -> int:
    """Freezes in hand as seen on a day that isn't over, with those bought on it."""
    walk = _waited(streak, today, bought, excused)
    return walk.freezes + (walk.bought[today] if today > streak.last_day else 0)


def streak_on(days: Days, day: date, *, bought: Iterable[date], excused: Collection[date], policy: Freezes) -> int:
    """Days of the streak as of the end of a day; 0 where the day isn't active."""
    return replay(days.through(day), bought=bought, excused=excused, policy=policy).current if day in days else 0


def bonus_for(bonus: StreakBonus, streak_days: int) -> int:
    """Points for a day of a streak that is so long by its end."""
    return bonus.points_per_day * min(streak_days, bonus.most_days)


def _waited(streak: Streak, today: date, bought: Iterable[date], excused: Collection[date]) -> "_Walk":
    walk = _Walk(streak, bought, excused, Freezes())
    walk.pass_days(today)
    return walk


class _Walk:
    """A streak on its way through the days."""

    def __init__(self, streak: Streak, bought: Iterable[date], excused: Collection[date], policy: Freezes) -> None:
        self.current = streak.current
        self.longest = streak.longest
        self.freezes = streak.freezes
        self.last = streak.last_day
        self.bought = Counter(bought)
        self.excused = excused
        self.policy = policy

    def streak(self) -> Streak:
        """As it stands."""
        return Streak(self.current, self.longest, self.freezes, self.last)

    def enter(self, day: date) -> None:
        """Be active on a day after the last."""
        self.pass_days(day)
        if self.bought:
            self.freezes += self.bought[day]
        self.current += 1
        self.longest = max(self.longest, self.current)
        every = self.policy.earned_every
        if every is not None and self.current % every == 0 and self.freezes < self.policy.most:
            self.freezes += 1
        self.last = day

    def pass_days(self, until: date) -> None:
        """Be active on none of the days between the last one and `until`; ends early once there is nothing to save."""
        day = self.last
        while self.current and (day := day + _A_DAY) < until:
            self.freezes += self.bought[day]
            if day in self.excused:
                continue
            if self.freezes:
                self.freezes -= 1
            else:
                self.current = 0
        if self.bought:
            self.freezes += sum(number for given, number in self.bought.items() if day < given < until)
