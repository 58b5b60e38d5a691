"""What open pages are told: new thanks, their endorsements, the standings, and that a purse changed.

A part is drawn once for all who read a language. What is one member's alone is
not sent: their page is told to fetch it.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

import orjson

from laurels.core.errors import Missing
from laurels.core.windows import month_of
from laurels.ledger.outbox import Told
from laurels.products.recognition import queries
from laurels.products.recognition.facts import (
    CreditsGiven,
    RecognitionEndorsed,
    RecognitionReversed,
    RedemptionRequested,
    RedemptionSettled,
)
from laurels.products.recognition.policy import policy_of
from laurels.web.context import Context
from laurels.web.language import languages
from laurels.web.live import Message, member_topic

BOARD_ROWS = 8
BOARD_SECONDS = 1.0
"""How often the standings are drawn at most."""

MAX_DRAWN = 20
"""Most recognitions drawn at once: of a burst, pages show the latest."""

PURSE_CHANGED = "purse.changed"
"""Tells a member's pages to fetch their numbers."""


def feed_topic(language: str) -> str:
    """What pages in a language follow to hear of everyone's thanks."""
    return f"recognition:{language}"


class Drawings:
    """Turns recognition's facts into parts of pages."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def register(self) -> None:
        """Have the hub ask for them."""
        live = self._context.live
        live.on(CreditsGiven.name, self.draw_given)
        live.on(RecognitionEndorsed.name, self.draw_endorsed, every_seconds=BOARD_SECONDS)
        live.on(RecognitionReversed.name, self.draw_reversed)
        for fact in (CreditsGiven, RecognitionReversed):
            live.on(fact.name, self.draw_board, every_seconds=BOARD_SECONDS)
        for name in (CreditsGiven.name, RecognitionReversed.name, RedemptionRequested.name, RedemptionSettled.name):
            live.on(name, self.tell_owners)

    def draw_given(self, told: Sequence[Told]) -> Iterable[Message]:
        """New recognitions, oldest first, so that the newest ends on top."""
        return self._draw_each(told, "recognition/partials/live_given.html")

    def draw_endorsed(self, told: Sequence[Told]) -> Iterable[Message]:
        """The counts of endorsed recognitions."""
        return self._draw_each(told, "recognition/partials/live_endorsed.html")

    def draw_reversed(self, told: Sequence[Told]) -> Iterable[Message]:
        """Reversed recognitions go."""
        for language in self._watched():
            for identifier in _recognitions(told):
                html = self._context.pages.draw("recognition/partials/live_reversed.html", language=language, recognition_id=identifier)
                yield Message(feed_topic(language), "", html)

    def draw_board(self, told: Sequence[Told]) -> Iterable[Message]:
        """The standings of the current month."""
        wanted = self._watched()
        if not wanted:
            return
        month = month_of(self._context.clock.now(), self._context.settings.zone)
        with self._context.database.read.connect() as connection:
            board = queries.list_board(connection, queries.month_period(month), limit=BOARD_ROWS).items
        for language in wanted:
            html = self._context.pages.draw("recognition/partials/live_board.html", language=language, board=board, board_id="standing")
            yield Message(feed_topic(language), "", html)

    def tell_owners(self, told: Sequence[Told]) -> Iterable[Message]:
        """Whose purses changed: their pages fetch the numbers."""
        owners = {UUID(who) for one in told for name, who in orjson.loads(one.payload).items() if name in ("giver", "receiver", "member")}
        return [Message(member_topic(owner), PURSE_CHANGED) for owner in owners]

    def _draw_each(self, told: Sequence[Told], template: str) -> Iterable[Message]:
        wanted = self._watched()
        if not wanted:
            return
        for identifier in _recognitions(told):
            found = self._find(identifier)
            if found is None:
                continue
            for language in wanted:
                yield Message(feed_topic(language), "", self._context.pages.draw(template, language=language, r=found))

    def _find(self, recognition_id: UUID) -> queries.Thanks | None:
        with self._context.database.read.connect() as connection:
            try:
                return queries.get_thanks(connection, None, recognition_id, policy=policy_of(self._context.settings))
            except Missing:
                return None  # reversed meanwhile

    def _watched(self) -> list[str]:
        return [language for language in languages() if self._context.live.is_watched(feed_topic(language))]


def _recognitions(told: Sequence[Told]) -> list[UUID]:
    """The recognitions that facts are about, each once, in order."""
    return list(dict.fromkeys(UUID(orjson.loads(one.payload)["recognition"]) for one in told))[-MAX_DRAWN:]
