"""The demo's pot: a round that was won, and one that goes on.

Everything goes through the decisions that real messages go through, at its own
time. Who wins is made to come out: the story knows the first two seeds, as
nobody else does, and lets members add to their draws what loses or wins.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

from laurels.cli.demo_posting import post_story
from laurels.core.ids import new_id
from laurels.jobs.running import Workshop
from laurels.ledger.writer import Proposal
from laurels.products.pot.accounts import MAIN
from laurels.products.pot.bot import built_in_reply, understand
from laurels.products.pot.decisions import Contribute, OpenPot, SendPaidMessage
from laurels.products.pot.house import open_house
from laurels.products.pot.rules import DEFAULT_RULES, label_of, wins
from laurels.products.pot.seeds import FreshSeed, Seeds

LANGUAGE = "en"
"""In which the bot answers here."""

WON = (
    (6 * 24 * 60, "amara", "Hello! Who are you?"),
    (6 * 24 * 60 - 4, "amara", "How does this game work?"),
    (5 * 24 * 60 + 90, "jonas", "How likely is it that I win?"),
    (5 * 24 * 60 + 45, "priya", "What is in the pot?"),
    (4 * 24 * 60 + 300, "wei", "Is the draw fair?"),
    (4 * 24 * 60 + 290, "wei", "And what will my next message cost?"),
    (3 * 24 * 60 + 20, "priya", "How many coins do I have?"),
    (2 * 24 * 60 + 600, "hana", "Can I buy anything with coins?"),
    (2 * 24 * 60 + 200, "jonas", "I want to spend less. Can I set a limit?"),
    (2 * 24 * 60 + 60, "linh", "Hello, bot"),
    (2 * 24 * 60 + 50, "linh", "What is in the pot now?"),
)
"""The round that the last of them won: how many minutes ago, who, and what they wrote."""

GOES_ON = (
    (2 * 24 * 60 + 40, "linh", "Thank you!"),
    (26 * 60, "yuki", "Hi! What are the rules?"),
    (9 * 60, "mateo", "What does a message cost me?"),
    (50, "amara", "Is there a weekly allowance?"),
)
"""The round after it."""

GIVEN = (25 * 60, "yuki", 20)
"""A contribution without a message: how many minutes ago, who, and how many coins."""


def seed_pot(place: Workshop, members: dict[str, UUID], now: datetime) -> None:
    """Begin the first round, with what members sent and put in so far."""
    story = _Story(place, members, open_house(place.settings, None).seeds, now)
    post_story(place.writer, sorted(story.proposals(), key=lambda one: one.at))


@dataclass(frozen=True, slots=True)
class _Round:
    """A round of the story, its seed known to it alone."""

    number: int
    seed: FreshSeed

    def client_seed(self, place: int, username: str, member: UUID, *, is_winning: bool) -> str:
        """What a member adds to the draw of the message at a place, so that it ends as the story tells."""
        ppm = DEFAULT_RULES.odds.ppm
        tries = (f"{username}-{number}" for number in count(1))
        return next(
            text for text in tries if wins(self.seed.secret, label_of(self.number), place, str(member), text, ppm=ppm) is is_winning
        )


class _Story:
    """Two rounds, told by hand. It isn't announced: what listens to the pot would take it for news of today."""

    def __init__(self, place: Workshop, members: dict[str, UUID], seeds: Seeds, now: datetime) -> None:
        self._zone = place.settings.zone
        self._members = members
        self._seeds = seeds
        self._now = now

    def proposals(self) -> Iterator[Proposal[Any]]:
        """All that happened, in no order."""
        first, second = _Round(1, self._seeds.fresh()), _Round(2, self._seeds.fresh())
        begins = self._ago(WON[0][0] + 1)
        yield Proposal(OpenPot(MAIN, DEFAULT_RULES, first.seed), begins, is_told=False)
        for place, (minutes, username, words) in enumerate(WON, 1):
            yield self._message(first, place, minutes, username, words, following=second.seed, is_winning=place == len(WON))
        for place, (minutes, username, words) in enumerate(GOES_ON, 1):
            yield self._message(second, place, minutes, username, words, following=self._seeds.fresh(), is_winning=False)
        minutes, username, amount = GIVEN
        who, at = self._members[username], self._ago(minutes)
        yield Proposal(Contribute(new_id(), who, amount, at, self._zone), at, f"member/{who}", is_told=False)

    def _message(
        self, told: _Round, place: int, minutes: int, username: str, words: str, *, following: FreshSeed, is_winning: bool
    ) -> Proposal[Any]:
        who, at, topic = self._members[username], self._ago(minutes), understand(words)
        sent = SendPaidMessage(
            message=new_id(),
            member=who,
            words=words,
            client_seed=told.client_seed(place, username, who, is_winning=is_winning),
            at=at,
            zone=self._zone,
            seeds=self._seeds,
            fresh=following,
            answer=partial(built_in_reply, topic, language=LANGUAGE),
        )
        return Proposal(sent, at, f"member/{who}", is_told=False)

    def _ago(self, minutes: int) -> datetime:
        return self._now - timedelta(minutes=minutes)
