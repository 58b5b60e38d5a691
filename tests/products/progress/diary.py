"""What a community should come to, reckoned day by day in plain Python: nothing here knows the product's rules.

Written from the decisions on paper: a day counts by its date where the member
lives, weeks and months by the community's zone, a bonus is five points for each
day of the streak, and so on. It is slow, and says what it does.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

A_DAY = timedelta(days=1)
TIERS = (0, 250, 500, 1000, 2500)
GOALS = {"activities_3": (3, 30), "streak_7": (7, 50), "help_5": (5, 40), "topics_2": (2, 25)}
"""What completes each, and what it pays."""


@dataclass(frozen=True)
class Deed:
    """Something that somebody did."""

    occurred_at: datetime
    kind: str
    points: int
    topic: str | None


@dataclass(frozen=True)
class Autumn:
    """A season in which quizzes bring half as much again."""

    starts_at: datetime
    ends_at: datetime

    def worth(self, deed: Deed) -> int:
        """A deed's points."""
        inside = self.starts_at <= deed.occurred_at < self.ends_at
        return deed.points * 3 // 2 if inside and deed.kind == "quiz_complete" else deed.points


@dataclass(frozen=True)
class Fading:
    """How points decay."""

    after: timedelta
    every: timedelta
    percent: int
    notice: timedelta


@dataclass
class Weekly:
    """A week's goal of one member."""

    count: int = 0
    items: set[str] = field(default_factory=set)
    is_paid: bool = False


@dataclass
class Person:
    """One member's diary."""

    zone: ZoneInfo
    total: int = 0
    days: set[date] = field(default_factory=set)
    unpaid: set[date] = field(default_factory=set)
    bonuses: dict[date, int] = field(default_factory=dict)
    boards: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    goals: dict[tuple[str, str], Weekly] = field(default_factory=lambda: defaultdict(Weekly))
    deeds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    last_active: datetime | None = None
    fades_at: datetime | None = None
    faded: list[int] = field(default_factory=list)

    def streak(self, through: date | None = None) -> tuple[int, int, int]:
        """Current, longest and freezes in hand on the last active day, or on a day."""
        last = through or max(self.days)
        current = longest = freezes = 0
        day = min(self.days)
        while day <= last:
            if day in self.days:
                current += 1
                longest = max(longest, current)
                if current % 7 == 0 and freezes < 2:
                    freezes += 1
            elif freezes and current:
                freezes -= 1
            else:
                current = 0
            day += A_DAY
        return current, longest, freezes


class Diary:
    """The whole community's."""

    def __init__(self, zone: ZoneInfo, autumn: Autumn, fading: Fading) -> None:
        self.zone = zone
        self.autumn = autumn
        self.fading = fading
        self.people: dict[str, Person] = {}
        self.known: set[str] = set()
        self.kept: list[tuple[str, int, int]] | None = None

    def tell(self, name: str, event: str, deed: Deed, now: datetime) -> None:
        """Somebody's deed becomes known; again does nothing."""
        if event in self.known:
            return
        self.known.add(event)
        person = self.people[name]
        self._gain(person, self.autumn.worth(deed), deed.occurred_at)
        person.deeds[deed.kind] += 1
        day = deed.occurred_at.astimezone(person.zone).date()
        if day not in person.days:
            person.days.add(day)
            if day >= now.date() - 31 * A_DAY:
                person.unpaid.add(day)
        self._count_goals(person, deed, day, now)
        if person.last_active is None or deed.occurred_at > person.last_active:
            person.last_active, person.fades_at = deed.occurred_at, None

    def pay_bonuses(self, now: datetime) -> None:
        """Every day that is over where its member lives brings five points for each day of its streak."""
        for person in self.people.values():
            for day in sorted(person.unpaid):
                if now.astimezone(person.zone).date() <= day:
                    continue
                person.unpaid.remove(day)
                points = 5 * min(100, person.streak(day)[0])
                person.bonuses[day] = points
                self._gain(person, points, self._last_moment(day, person.zone))

    def fade(self, now: datetime) -> None:
        """Points of the inactive decay; then those who have been inactive for long are told."""
        for person in self.people.values():
            while person.fades_at is not None and person.fades_at <= now:
                loss = self._loss(person)
                person.total -= loss
                person.faded += [loss] if loss else []
                person.fades_at = person.fades_at + self.fading.every if loss else None
        for person in self.people.values():
            if person.fades_at is not None or person.last_active is None or not self._loss(person):
                continue
            if now >= person.last_active + self.fading.after - self.fading.notice:
                person.fades_at = max(person.last_active + self.fading.after, now + self.fading.notice)

    def keep_season(self, now: datetime) -> None:
        """A day after the season its standings are kept: name, rank and points, the best first."""
        if self.kept is not None or now < self.autumn.ends_at + A_DAY:
            return
        scores = {name: person.boards["season"] for name, person in self.people.items() if person.boards["season"]}
        ranked = [(name, 1 + sum(other > points for other in scores.values()), points) for name, points in scores.items()]
        self.kept = sorted(ranked, key=lambda place: (place[1], place[0]))

    def active_since(self, since: datetime) -> set[str]:
        """Who has done something since an instant, as far as it is known."""
        return {name for name, person in self.people.items() if person.last_active is not None and person.last_active >= since}

    def week(self, at: datetime) -> str:
        """The community's week: `2026-W47`."""
        year, number, _ = at.astimezone(self.zone).isocalendar()
        return f"{year}-W{number:02d}"

    def _gain(self, person: Person, points: int, at: datetime) -> None:
        person.total += points
        person.boards[at.astimezone(self.zone).strftime("%Y-%m")] += points
        person.boards[self.week(at)] += points
        if self.autumn.starts_at <= at < self.autumn.ends_at:
            person.boards["season"] += points

    def _count_goals(self, person: Person, deed: Deed, day: date, now: datetime) -> None:
        counted = {"streak_7": day.isoformat()}
        if deed.kind in ("quiz_complete", "project_create"):
            counted["activities_3"] = f"deed {sum(person.deeds.values())}"
        if deed.kind == "comment":
            counted["help_5"] = f"deed {sum(person.deeds.values())}"
        if deed.topic is not None:
            counted["topics_2"] = deed.topic
        for name, item in counted.items():
            goal = person.goals[self.week(deed.occurred_at), name]
            goal.items.add(item)
            target, reward = GOALS[name]
            if len(goal.items) >= target and not goal.is_paid:
                goal.is_paid = True
                self._gain(person, reward, now)

    def _last_moment(self, day: date, zone: ZoneInfo) -> datetime:
        """The last microsecond of a date, found by looking: midnights are skipped, and come twice."""
        at = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("UTC")) - 2 * A_DAY
        while at.astimezone(zone).date() <= day:
            at += timedelta(minutes=15)
        return at - timedelta(microseconds=1)

    def _loss(self, person: Person) -> int:
        floor = max(tier for tier in TIERS if tier <= person.total)
        return min(person.total * self.fading.percent // 100, person.total - floor)
