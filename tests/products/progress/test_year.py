"""A community lives on a clock that is moved by hand, with jobs late, doubled, missing and shared; a diary says what it should come to."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.identity.tables import Member
from laurels.ledger import BusinessKey
from laurels.ledger.writer import Posted
from laurels.products.progress.actions.awarding import Award, award_all
from laurels.products.progress.jobs import archive_seasons, decay_points, open_goals, pay_bonuses
from laurels.products.progress.rules import ActivityType, Multiplier, season_window
from laurels.products.progress.tables import season_standing
from products.progress.circle import Circle
from products.progress.diary import A_DAY, GOALS, Autumn, Deed, Diary, Fading, Person
from support.applications import MakeApp
from support.members import MemberMaker, SignIn

MADRID = ZoneInfo("Europe/Madrid")
ZONES = (
    *("UTC", "Europe/Madrid", "America/Los_Angeles", "America/Havana", "Asia/Kolkata", "Pacific/Auckland"),
    *("Pacific/Kiritimati", "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo", "Asia/Tokyo", "Pacific/Pago_Pago"),
)
"""Clocks change at midnight in Havana and Cairo, by half an hour on Lord Howe; Kiritimati and Pago Pago are a day apart."""

KINDS = ("quiz_complete", "comment", "comment", "project_create", "project_update", "reaction")
TOPICS = (None, None, "chemistry", "history", "music")
FADING = Fading(after=14 * A_DAY, every=5 * A_DAY, percent=20, notice=4 * A_DAY)
STEP = timedelta(hours=5)
"""From one look at the community to the next: it meets all hours of the day."""


@dataclass
class Life:
    """A community and its diary."""

    circle: Circle
    diary: Diary
    chance: Random
    season: Any
    members: dict[str, Member] = field(default_factory=dict)
    zeal: dict[str, float] = field(default_factory=dict)
    sent: list[tuple[str, str, Deed]] = field(default_factory=list)
    opened: dict[str, set[str]] = field(default_factory=dict)

    def live(self, until: datetime) -> None:
        """Go on until an instant."""
        circle, chance = self.circle, self.chance
        while circle.clock.at < until:
            circle.clock.set(circle.clock.at + STEP + timedelta(minutes=chance.randrange(-90, 90)))
            self.do_things()
            if not self.is_down():
                self.run_jobs()

    def is_down(self) -> bool:
        """Whether no worker runs: for some days at a time, now and then."""
        return self.circle.clock.at.timetuple().tm_yday % 23 in (4, 5, 6)

    def do_things(self) -> None:
        """Members do things; some of it becomes known late, some is told twice."""
        now, chance = self.circle.clock.at, self.chance
        told: list[tuple[str, str, Deed]] = []
        for name in self.members:
            if chance.random() < self.zeal[name] and not self.is_idle(name, now):
                for _ in range(chance.choice((1, 1, 1, 2, 3))):
                    told.append((name, f"event {len(self.sent) + len(told)}", self.deed(now)))
        self.sent += told
        if self.sent and chance.random() < 0.2:
            told.append(chance.choice(self.sent))
        outcomes = list(award_all(self.circle.office, [self.award(*one) for one in told], at=now, actor="test"))
        assert all(isinstance(outcome, Posted) for outcome in outcomes), outcomes
        for name, event, deed in told:
            self.diary.tell(name, event, deed, now)

    def is_idle(self, name: str, now: datetime) -> bool:
        """Whether somebody is away: for three weeks of seven, each at another time."""
        return (now.timetuple().tm_yday // 7 + len(name) + ord(name[-1])) % 7 < 3 and self.zeal[name] < 0.2

    def deed(self, now: datetime) -> Deed:
        """Something done just now; of every six one a few days ago, and rarely one long ago."""
        chance = self.chance
        ago = timedelta(minutes=chance.randrange(0, 300))
        if chance.random() < 1 / 6:
            ago += A_DAY * chance.randrange(1, 5)
        elif chance.random() < 1 / 60:
            ago += A_DAY * chance.randrange(28, 36)
        return Deed(now - ago, chance.choice(KINDS), chance.randrange(1, 60), chance.choice(TOPICS))

    def award(self, name: str, event: str, deed: Deed) -> Award:
        """A deed as a service tells it."""
        kind = ActivityType(deed.kind)
        giving = self.circle.giving(self.members[name], deed.points, kind, at=deed.occurred_at, topic=deed.topic, source="service")
        return Award(giving, BusinessKey(f"event/{event}", f"{name} {deed}"))

    def run_jobs(self) -> None:
        """Run what may be due: mostly once, at times twice, by two workers at once, or not at all."""
        now = self.circle.clock.at
        if self.run(pay_bonuses):
            self.diary.pay_bonuses(now)
        if self.run(decay_points, likely=0.3):
            self.diary.fade(now)
        if self.run(archive_seasons, likely=0.3):
            self.diary.keep_season(now)
        if self.run(open_goals, likely=0.2):
            week = self.diary.week(now)
            monday = datetime.combine(now.astimezone(MADRID).date() - A_DAY * now.astimezone(MADRID).weekday(), datetime.min.time(), MADRID)
            self.opened.setdefault(week, set()).update(self.diary.active_since(monday - 14 * A_DAY))

    def run(self, job: Callable[[Any], int], likely: float = 0.6) -> bool:
        """Whether a job was run."""
        if self.chance.random() > likely:
            return False
        workers = self.chance.choice((1, 1, 1, 2))
        if workers == 1:
            for _ in range(self.chance.choice((1, 1, 2))):
                job(self.circle.job())
            return True
        with ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(job, self.circle.job()) for _ in range(workers)]:
                done.result()
        return True

    # What it came to

    def check(self) -> None:
        """Compare all that is kept with the diary."""
        for name, who in self.members.items():
            person = self.diary.people[name]
            self.check_points(name, who, person)
            if person.days:
                row = self.circle.streak(who)
                assert (row.current_days, row.longest_days, row.freezes) == person.streak(), name
                assert self.lifetimes(who) == tuple(person.deeds[kind] for kind in ("quiz_complete", "project_create", "comment")), name
            self.check_goals(name, who, person)
        self.check_season()

    def check_points(self, name: str, who: Member, person: Person) -> None:
        """The total, the boards, the bonuses by day, and what decay took."""
        activities = self.circle.activities(who)
        bonuses = {one.occurred_at.astimezone(person.zone).date(): one.amount for one in activities if one.activity_type == "streak_bonus"}
        assert bonuses == person.bonuses, name
        assert len(bonuses) == sum(one.activity_type == "streak_bonus" for one in activities), "a day is paid once"
        faded = sorted((one for one in activities if one.activity_type == "decay"), key=lambda one: one.occurred_at)
        assert [-one.amount for one in faded] == person.faded, name
        boards = {window: self.circle.stands(who, season_window(self.season) if window == "season" else window) for window in person.boards}
        assert boards == person.boards, name
        assert self.circle.total(who) == person.total == sum(one.amount for one in activities), name

    def check_goals(self, name: str, who: Member, person: Person) -> None:
        """Every goal that was counted, and those that were opened to be seen."""
        rows = self.circle.goals(who)
        counted = {key: (row.current_progress, row.completed_at is not None) for key, row in rows.items() if row.current_progress}
        expected = {f"{week}/{goal}": (len(one.items), one.is_paid) for (week, goal), one in person.goals.items() if one.items}
        assert counted == expected, name
        rewards = [one.amount for one in self.circle.activities(who) if one.activity_type == "weekly_goal"]
        assert sorted(rewards) == sorted(GOALS[goal][1] for (_, goal), one in person.goals.items() if one.is_paid), name
        for week, names in self.opened.items():
            assert name not in names or all(f"{week}/{goal}" in rows for goal in GOALS), (name, week)

    def check_season(self) -> None:
        """The standings that were kept."""
        names = {who.id: name for name, who in self.members.items()}
        kept = sorted(
            ((names[row.member], row.rank, row.points) for row in self.circle._rows(season_standing)), key=lambda one: (one[1], one[0])
        )
        assert kept == (self.diary.kept or [])

    def lifetimes(self, who: Member) -> tuple[int, int, int]:
        """Quizzes, projects and comments."""
        row = self.circle.progress(who)
        return row.lifetime_quizzes, row.lifetime_projects, row.lifetime_comments


@pytest.fixture
def begin(
    database: Database, clock: FixedClock, settings: Settings, make_member: MemberMaker, sign_in: SignIn, make_app: MakeApp
) -> Iterator[Callable[[datetime, timedelta, int], Life]]:
    """`begin(at, season begins after, seed)`: a community in Madrid that does nothing yet. Afterwards its books are proved."""
    circle = Circle(database, clock, settings.model_copy(update={"time_zone": "Europe/Madrid"}), make_member, sign_in, make_app)
    circle.writer.start()

    def make(at: datetime, ahead: timedelta, seed: int) -> Life:
        clock.set(at)
        autumn = Autumn(at + ahead, at + ahead + 18 * A_DAY)
        days = {
            name: getattr(FADING, field) // A_DAY
            for name, field in (("after_days", "after"), ("every_days", "every"), ("notice_days", "notice"))
        }
        circle.set_rules(decay={**days, "percent": FADING.percent})
        circle.add_topics("chemistry", "history", "music")
        season = circle.add_season(autumn.starts_at, autumn.ends_at, Multiplier(percent=150, activity_types=(ActivityType.QUIZ_COMPLETE,)))
        life = Life(circle, Diary(MADRID, autumn, FADING), Random(seed), season)
        for number, zone in enumerate(ZONES):
            name = f"{number:02d} {zone}"
            life.members[name] = make_member(time_zone=zone)
            life.diary.people[name] = Person(ZoneInfo(zone))
            life.zeal[name] = (0.35, 0.1, 0.2, 0.04)[number % 4]
        return life

    yield make
    circle.writer.stop()
    circle.verify()


def test_eight_weeks_over_a_change_of_clocks_come_to_what_the_diary_says(begin: Callable[..., Life]) -> None:
    life = begin(datetime(2026, 10, 5, 3, tzinfo=UTC), 10 * A_DAY, 8)
    for _ in range(4):
        life.live(life.circle.clock.at + 14 * A_DAY)
        life.check()
    assert life.diary.kept
    assert sum(len(person.faded) for person in life.diary.people.values()) > 3, "somebody was away for long"


@pytest.mark.slow
def test_a_year_comes_to_what_the_diary_says(begin: Callable[..., Life]) -> None:
    life = begin(datetime(2026, 1, 5, 3, tzinfo=UTC), 60 * A_DAY, 1)
    for _ in range(13):
        life.live(life.circle.clock.at + 28 * A_DAY)
        life.check()
    assert life.diary.kept
