"""Somebody at work on settings: what pages with forms share, whatever is set there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from laurels.core.errors import DomainError
from laurels.identity.editing import Editor
from laurels.identity.parts import origin_of
from laurels.web.caller import Caller
from laurels.web.context import Context
from laurels.web.etags import PreconditionFailed
from laurels.web.language import N_
from laurels.web.problems import status_of
from laurels.web.typed import FORM, Typed

_STALE = N_(
    "Somebody else changed this while you were at it, so nothing was saved. What you typed is here still: "
    "look at {theirs}, then save again."
)


@dataclass(frozen=True, slots=True)
class Desk:
    """A request for a page, and who asks."""

    request: Request
    context: Context
    caller: Caller

    @property
    def now(self) -> datetime:
        """The instant of the request."""
        return self.context.clock.now()

    @property
    def editor(self) -> Editor:
        """Who changes settings, and where from."""
        return Editor(self.caller, origin_of(self.request).address_hash)

    def say(self, sentence: str) -> str:
        """A marked sentence in the viewer's language."""
        return self.context.pages.translate(self.request, sentence)

    def words(self, known: Mapping[str, str]) -> dict[str, str]:
        """Marked words by what they stand for, in the viewer's language."""
        return {key: self.say(word) for key, word in known.items()}

    def choices(self, known: Mapping[str, str]) -> list[tuple[str, str]]:
        """The same as the options of a choice."""
        return list(self.words(known).items())

    def typed(self, values: Mapping[str, str]) -> Typed:
        """A form that was sent."""
        return Typed(values, say=self.say)

    def refuse(self, typed: Typed, refusal: DomainError, *, theirs: str = "") -> int:
        """Put a refusal beside its field, in words for people; gives the status.

        Args:
            theirs: words for what somebody else may have changed meanwhile.
        """
        if isinstance(refusal, PreconditionFailed):
            typed.refuse(FORM, _STALE, theirs=theirs)
        else:
            typed.explain(refusal, self.context.pages.explain(self.request, refusal))
        return status_of(type(refusal))
