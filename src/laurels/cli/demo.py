"""The demo's community: the same people and thanks every time, ending now by the clock.

Everything goes through the decisions and the ledger that real gifts go
through, at its own time, so that statements, months and boards are real.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from laurels.cli.demo_posting import post_story
from laurels.cli.demo_pot import seed_pot
from laurels.cli.demo_programs import seed_programs
from laurels.cli.demo_progress import seed_progress
from laurels.cli.demo_story import PEOPLE, PLAIN_THANKS, THANKS, TOPICS, VALUES, Person
from laurels.cli.demo_study import seed_study
from laurels.core.clock import Clock, FixedClock, SystemClock
from laurels.core.database import Database, open_database
from laurels.core.ids import new_id
from laurels.core.settings import Settings
from laurels.core.windows import month_of
from laurels.identity.actions import NewMember, add_member
from laurels.identity.parts import open_identity
from laurels.identity.tables import member
from laurels.jobs.running import Workshop
from laurels.ledger.writer import Posted, Proposal, Writer
from laurels.products.recognition.actions import issue
from laurels.products.recognition.decisions import EndorseRecognition, GiveCredits, RequestRedemption
from laurels.products.recognition.policy import policy_of
from laurels.products.recognition.rules import Policy
from laurels.products.recognition.tables import recognition_value
from laurels.vouchers import Order, open_vouchers

PASSWORD = "thank you kindly"  # noqa: S105  # a demo's, printed where it starts
"""Of every demo account."""

SIGN_INS = (
    ("priya@example.org", "a member"),
    ("jonas@example.org", "another member"),
    ("sam@example.org", "staff: members, moderation"),
    ("leila@example.org", "a member who runs a loyalty program"),
    ("ada@example.org", "admin: also roles, programs and webhooks"),
)
"""Accounts that the demo names when it starts."""

DAYS = 61
"""How far back the story goes: far enough for two turns of the month."""

GIFTS_A_DAY = 3
SEED = 20_261_120
"""The same story every time."""

LEAST_LEFT = 20
"""Credits that nobody spends in the story: whoever signs in has some to give."""

REDEEMED = (("amara", 12), ("priya", 10))
"""Who redeemed how many received credits; the first voucher is issued, the other pending."""


def seed(settings: Settings, *, clock: Clock | None = None) -> bool:
    """Fill a database without members; gives whether it did. One that has members stays as it is."""
    clock = clock or SystemClock()
    database = open_database(settings.resolved_database_url)
    try:
        with database.read.connect() as connection:
            if connection.execute(select(func.count()).select_from(member)).scalar_one():
                return False
        _tell_story(settings, database, clock)
        return True
    finally:
        database.dispose()


def _tell_story(settings: Settings, database: Database, clock: Clock) -> None:
    now = clock.now()
    members = _add_people(settings, database, now - timedelta(days=DAYS + 1))
    writer = Writer(database, clock)
    writer.start()
    try:
        post_story(writer, _Story(members, policy_of(settings), now).proposals())
        _redeem(settings, writer, members, now)
        seed_programs(settings, database, writer, members, now)
        place = Workshop(settings, FixedClock(now), database, writer)
        seed_progress(place, members, now)
        seed_pot(place, members, now)
        seed_study(place, members, now)
    finally:
        writer.stop()


def _add_people(settings: Settings, database: Database, joined: datetime) -> dict[str, UUID]:
    """Write the members and the values; gives the members' ids by username."""
    identity = open_identity(settings, database, FixedClock(joined))
    try:
        # One hash for all: they share a password anyway, and each hash takes a while on purpose.
        password_hash = identity.passwords.hash_now(PASSWORD)
        with database.write.begin() as connection:
            connection.execute(
                insert(recognition_value), [{"name": name, "position": place, "is_active": True} for place, name in enumerate(VALUES, 1)]
            )
            return {person.username: add_member(connection, identity, _newcomer(person, password_hash)).id for person in PEOPLE}
    finally:
        identity.stop()


def _newcomer(person: Person, password_hash: str) -> NewMember:
    return NewMember(
        student_id=person.student_id,
        username=person.username,
        email=f"{person.username}@example.org",
        full_name=person.full_name,
        display_name=person.display_name,
        role=person.role,
        password_hash=password_hash,
    )


@dataclass(frozen=True, slots=True)
class _Happening:
    at: datetime
    decision: GiveCredits | EndorseRecognition
    actor: UUID


class _Story:
    """Two months of thanks, drawn by chance that is always the same."""

    def __init__(self, members: dict[str, UUID], policy: Policy, now: datetime) -> None:
        self._members = members
        self._policy = policy
        self._now = now
        self._chance = Random(SEED)  # noqa: S311  # a story, not a secret
        self._sent: dict[tuple[str, str], int] = {}
        self._said: set[tuple[str, str]] = set()

    def proposals(self) -> Iterator[Proposal[Any]]:
        """All that happened, in the order of time. It isn't told: what reacts to gifts would take it for news of today."""
        happenings: list[_Happening] = []
        for days_ago in range(DAYS, -1, -1):
            for _ in range(self._chance.randint(1, 2 * GIFTS_A_DAY - 1)):
                at = self._now - timedelta(days=days_ago, minutes=self._chance.randint(3, 600))
                happenings += self._gift(at)
        for one in sorted(happenings, key=lambda happening: happening.at):
            yield Proposal(one.decision, one.at, f"member/{one.actor}", is_told=False)

    def _gift(self, at: datetime) -> Iterator[_Happening]:
        giver = self._draw([person.warmth for person in PEOPLE])
        receiver = self._draw([person.help if person is not giver else 0 for person in PEOPLE])
        credits = self._chance.choice((1, 2, 2, 3, 3, 5, 5, 5, 8, 10))
        month = month_of(at, self._policy.zone)
        sent = self._sent.get((giver.username, month), 0)
        if sent + credits > min(self._policy.sending_limit, self._policy.grant) - LEAST_LEFT:
            return
        self._sent[giver.username, month] = sent + credits
        value, words = self._words(giver)
        identifier = new_id()
        giver_id = self._members[giver.username]
        gift = GiveCredits(identifier, giver_id, self._members[receiver.username], credits, words, value, month, self._policy)
        yield _Happening(at, gift, giver_id)
        yield from self._endorsements(at, identifier, giver)

    def _endorsements(self, at: datetime, recognition: UUID, giver: Person) -> Iterator[_Happening]:
        others = [person for person in PEOPLE if person is not giver]
        for person in self._chance.sample(others, self._chance.choice((0, 0, 1, 1, 2, 3, 5))):
            member_id = self._members[person.username]
            later = min(at + timedelta(minutes=self._chance.randint(2, 900)), self._now - timedelta(seconds=self._chance.randint(5, 100)))
            yield _Happening(max(at, later), EndorseRecognition(recognition, member_id, self._policy), member_id)

    def _words(self, giver: Person) -> tuple[str | None, str]:
        """Words that this giver hasn't used yet."""
        while True:
            value, words = self._chance.choice(THANKS)
            words = words.format(topic=self._chance.choice(TOPICS))
            words = words[0].upper() + words[1:]
            drawn: tuple[str | None, str] = (value, words)
            if self._chance.random() < 0.08:
                drawn = (None, self._chance.choice(PLAIN_THANKS))
            if (giver.username, drawn[1]) not in self._said:
                self._said.add((giver.username, drawn[1]))
                return drawn

    def _draw(self, weights: list[int]) -> Person:
        return self._chance.choices(PEOPLE, weights)[0]


def _redeem(settings: Settings, writer: Writer, members: dict[str, UUID], now: datetime) -> None:
    """One voucher that was issued yesterday, and one that staff can watch being issued."""
    policy = policy_of(settings)
    vouchers = open_vouchers(settings)
    try:
        for place, (username, credits) in enumerate(REDEEMED):
            at = now - timedelta(hours=26 - 25 * place)
            owner = members[username]
            request = RequestRedemption(new_id(), owner, credits, now + timedelta(minutes=10), policy)
            posted: Posted[Any] = writer.post_now(Proposal(request, at, f"member/{owner}"))
            if place == 0:
                order = Order(posted.answer.redemption, policy.voucher_minor(credits), policy.currency)
                settlement = issue(vouchers, order, member=owner, credits=credits)
                writer.post_now(Proposal(settlement, at + timedelta(seconds=2)))
    finally:
        vouchers.close()
