"""The demo's progress: two seasons of quizzes, projects and comments, with streaks, goals, quests and badges.

Everything goes through the decisions that real awards go through, at its own time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from laurels.cli.demo_posting import post_story
from laurels.core.database import Database
from laurels.core.ids import new_id
from laurels.core.windows import day_of, day_start
from laurels.identity.editing import OPERATOR
from laurels.jobs import JobContext
from laurels.jobs.running import Workshop
from laurels.ledger.writer import Proposal
from laurels.products.progress.actions.quests_set import NewQuest, add_quest
from laurels.products.progress.actions.seasons import NewSeason, add_season
from laurels.products.progress.actions.sharing import make_card
from laurels.products.progress.actions.topics import NewTopic, add_topic
from laurels.products.progress.decisions.awarding import AwardPoints
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.giving import Giving
from laurels.products.progress.decisions.profiles import ChangeAppearance
from laurels.products.progress.decisions.quests import BeginQuest, CompleteQuest
from laurels.products.progress.jobs import archive_seasons, expire_quests, pay_bonuses
from laurels.products.progress.queries.configuration import basis_of
from laurels.products.progress.rules import ActivityType, Difficulty, Multiplier, Quest, QuestType

SEED = 1_848
"""The same activities every time."""

DAYS = 48
"""How far back they go: far enough for a season to be over."""

SEASON_DAYS = 28
"""Of the season that is over, from the first day on."""

ZEAL = {
    "priya": 78,
    "amara": 88,
    "linh": 80,
    "yuki": 72,
    "arjun": 66,
    "wei": 60,
    "hana": 55,
    "jonas": 50,
    "zara": 45,
    "mateo": 40,
    "fatima": 36,
    "leila": 35,
    "ngozi": 34,
    "kwame": 30,
    "sofia": 28,
    "chloe": 24,
    "aoife": 20,
    "tomasz": 16,
    "lucas": 12,
    "oscar": 10,
    "davit": 6,
}
"""On how many days of a hundred somebody does something."""

HIDDEN = "zara"
"""Whose name boards don't show."""

SHARED = "amara"
"""Whose progress has a public card."""

TOPICS = {"computing": "Computing", "mathematics": "Mathematics", "biology": "Biology", "economics": "Economics", "writing": "Writing"}

QUIZ, COMMENT = ActivityType.QUIZ_COMPLETE, ActivityType.COMMENT

DEEDS: tuple[tuple[ActivityType, int, int, tuple[str, ...]], ...] = (
    (QUIZ, 6, 20, ("A quiz on graphs", "Quiz of the week", "Practice quiz, all right", "A quiz, the second try")),
    (COMMENT, 5, 5, ("Answered a question in the forum", "Explained a proof", "Reviewed a draft", "Helped a first-year")),
    (ActivityType.PROJECT_UPDATE, 3, 15, ("Garden sensors: new readings", "Field notes", "Essay, third draft", "Fixed a failing test")),
    (ActivityType.REACTION, 3, 2, ("Thanked an answer",)),
    (ActivityType.PROJECT_CREATE, 1, 40, ("A project of my own", "A study group's project")),
    (ActivityType.SPECIAL_EVENT, 1, 30, ("Open lab evening", "Guest lecture")),
)
"""What is done: its type, how often, for how many points, and in which words."""

FIVE_QUIZZES, FIVE_ANSWERS, A_QUIZ = "Five quizzes in mathematics", "Help five others", "A quiz today"

QUESTS = (
    NewQuest(A_QUIZ, 15, "Any quiz, before the day is over.", QuestType.DAILY, activity_types=(QUIZ,)),
    NewQuest("Two answers today", 15, "Answer two questions in the forum.", QuestType.DAILY, steps=2, activity_types=(COMMENT,)),
    NewQuest(
        FIVE_QUIZZES, 80, "Any five of the course.", topic="mathematics", difficulty=Difficulty.MEDIUM, steps=5, activity_types=(QUIZ,)
    ),
    NewQuest(FIVE_ANSWERS, 60, "Five answers, to whomever.", steps=5, activity_types=(COMMENT,), cooldown_hours=7 * 24),
    NewQuest("A week of writing", 70, "Do something for your writing, seven times.", topic="writing", steps=7, activity_types=()),
    NewQuest(
        "Show what you made", 150, "Ten minutes at the open day, where the staff take note.", QuestType.EVENT, difficulty=Difficulty.HARD
    ),
)


@dataclass(frozen=True, slots=True)
class _Happening:
    at: datetime
    member: UUID
    decide: Callable[[Basis, datetime], Any]


def seed_progress(place: Workshop, members: dict[str, UUID], now: datetime) -> None:
    """Add topics, seasons and quests, with what was done so far and what it brought."""
    begins = day_start(day_of(now, place.settings.zone), place.settings.zone) - timedelta(days=DAYS)
    _add_settings(place.database, begins, now)
    basis = basis_of(place.database, place.settings.zone)
    happenings = sorted(_Story(members, basis, begins, now).happenings(), key=lambda one: one.at)
    post_story(place.writer, (Proposal(one.decide(basis, one.at), one.at, f"member/{one.member}", is_told=False) for one in happenings))
    job = JobContext(place.settings, place.clock, place.database, place.writer, now, "demo", now, is_stopping=lambda: False)
    for run in (pay_bonuses, expire_quests, archive_seasons):
        run(job)
    make_card(place.database, members[SHARED], now=now - timedelta(hours=5))


def _add_settings(database: Database, begins: datetime, now: datetime) -> None:
    for slug, title in TOPICS.items():
        add_topic(database, OPERATOR, NewTopic(slug, title), now=begins)
    turn = begins + timedelta(days=SEASON_DAYS)
    quizzes = Multiplier(percent=150, activity_types=(QUIZ,))
    writing = Multiplier(percent=200, topic="writing", starts_at=now - timedelta(days=2), ends_at=now + timedelta(days=5))
    add_season(database, OPERATOR, NewSeason("Warm-up", turn, description="The first weeks."), now=begins)
    main = NewSeason("Main season", turn + timedelta(days=75), turn, "Quizzes count half as much again.", (quizzes, writing))
    add_season(database, OPERATOR, main, now=begins)
    for quest in QUESTS:
        add_quest(database, OPERATOR, quest, now=begins)


class _Story:
    """What everybody did, drawn by chance that is always the same; and some quests, told by hand."""

    def __init__(self, members: dict[str, UUID], basis: Basis, begins: datetime, now: datetime) -> None:
        self._members = members
        self._begins = begins
        self._now = now
        self._quests = dict(zip((quest.title for quest in QUESTS), _in_order(basis), strict=True))
        self._chance = Random(SEED)  # noqa: S311  # a story, not a secret

    def happenings(self) -> Iterator[_Happening]:
        """All that happened, in no order."""
        for username, zeal in ZEAL.items():
            for day in range(DAYS + 1):
                if self._chance.randrange(100) < zeal:
                    yield from self._day(username, self._begins + timedelta(days=day))
        yield from self._quest("amara", FIVE_ANSWERS, COMMENT, days_ago=9, steps=5)
        yield from self._quest("amara", FIVE_QUIZZES, QUIZ, days_ago=6, steps=5, topic="mathematics")
        yield from self._quest("linh", FIVE_QUIZZES, QUIZ, days_ago=12, steps=5, topic="mathematics")
        yield from self._quest("priya", FIVE_ANSWERS, COMMENT, days_ago=4, steps=5)
        yield from self._quest("jonas", A_QUIZ, QUIZ, days_ago=3, steps=1)
        yield from self._quest("priya", FIVE_QUIZZES, QUIZ, days_ago=1, steps=3, topic="mathematics", completes=False)
        hidden = self._members[HIDDEN]
        yield _Happening(self._begins, hidden, lambda basis, at: ChangeAppearance(hidden, is_anonymous=True))

    def _day(self, username: str, midnight: datetime) -> Iterator[_Happening]:
        """What somebody did on a day, as far as it has passed."""
        weights = [often for _, often, _, _ in DEEDS]
        for _ in range(self._chance.choice((1, 1, 2, 2, 3))):
            kind, _, points, words = self._chance.choices(DEEDS, weights)[0]
            topic = self._chance.choice((None, *TOPICS))
            at = midnight + timedelta(minutes=self._chance.randrange(7 * 60, 22 * 60))
            description = self._chance.choice(words)
            if at < self._now:
                yield self._award(username, kind, points, at, description=description, topic=topic)

    def _quest(
        self, username: str, title: str, kind: ActivityType, *, days_ago: int, steps: int, topic: str | None = None, completes: bool = True
    ) -> Iterator[_Happening]:
        """Somebody began a quest days ago, and did so many of its steps within the hour."""
        who, quest = self._members[username], self._quests[title]
        at = self._begins + timedelta(days=DAYS - days_ago, hours=9)
        yield _Happening(at, who, lambda basis, at: BeginQuest(quest, who, basis, at))
        for step in range(1, steps + 1):
            yield self._award(username, kind, 10, at + timedelta(minutes=10 * step), description=title, topic=topic)
        if completes:
            done = at + timedelta(minutes=10 * steps + 5)
            yield _Happening(done, who, lambda basis, at: CompleteQuest(quest, title, who, basis, at))

    def _award(self, username: str, kind: ActivityType, points: int, at: datetime, *, description: str, topic: str | None) -> _Happening:
        who = self._members[username]
        giving = Giving(new_id(), who, points, kind, description, at, "service", topic)
        return _Happening(at, who, lambda basis, decided_at: AwardPoints(giving, basis, decided_at, None))


def _in_order(basis: Basis) -> list[Quest]:
    """The quests as they were added: their ids grow with time."""
    return sorted(basis.quests, key=lambda quest: quest.id)
