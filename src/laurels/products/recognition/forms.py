"""What people type into recognition's forms, read and checked.

A form keeps what was typed, so that a refused one comes back as it was sent;
its errors stand in the order of its fields, because focus goes to the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from laurels.core.errors import DomainError, Missing
from laurels.core.text import normalize_text
from laurels.core.windows import MONTH_PATTERN, Month
from laurels.identity.errors import MemberInactive
from laurels.ledger import InsufficientBalance, LimitReached
from laurels.products.recognition.errors import SelfRecognition, UnknownValue
from laurels.products.recognition.queries import MAX_SEARCH, FeedFilter
from laurels.products.recognition.rules import MAX_CREDITS, MAX_MESSAGE
from laurels.web.forms import text_of, uuid_of, whole_number
from laurels.web.language import N_

PRESETS = (5, 10, 20, 50)
"""Amounts that the composer offers, in credits."""

DEFAULT_CREDITS = 10


@dataclass(frozen=True, slots=True)
class GiveForm:
    """The composer as it was sent.

    Attributes:
        to: what was typed to find a person; `receiver_id` is who was chosen among those found.
        credits: the preset that was chosen; `own_credits` is typed, and counts if there is any.
    """

    to: str = ""
    receiver_id: str = ""
    value: str = ""
    credits: str = str(DEFAULT_CREDITS)
    own_credits: str = ""
    message: str = ""

    @staticmethod
    def of(sent: Mapping[str, Any]) -> "GiveForm":
        """The form of a request; anything but text counts as nothing, and too much text is cut."""
        return GiveForm(
            to=text_of(sent, "to", 80).strip(),
            receiver_id=text_of(sent, "receiver_id", 36),
            value=text_of(sent, "value", 80),
            credits=text_of(sent, "credits", 20),
            own_credits=text_of(sent, "own_credits", 20).strip(),
            message=text_of(sent, "message", 5 * MAX_MESSAGE),
        )

    @property
    def receiver(self) -> UUID | None:
        """Who was chosen."""
        return uuid_of(self.receiver_id)

    @property
    def amount(self) -> int | None:
        """The credits to give; None where no whole number from 1 was typed or chosen."""
        return credits_in(self.own_credits or self.credits, least=1)

    @property
    def message_problem(self) -> str | None:
        """What is wrong with the message, as a marked sentence."""
        try:
            kept = self.kept_message
        except ValueError as wrong:
            return str(wrong)
        if not kept:
            return N_("Say what they did: a sentence is enough.")
        return N_("That is too long. 500 characters are the most.") if len(kept) > MAX_MESSAGE else None

    @property
    def kept_message(self) -> str:
        """The message as it is kept.

        Raises:
            ValueError: it holds what can't be shown.
        """
        return normalize_text(self.message)


def month_in(text: str) -> Month | None:
    """A month such as 2026-11, or None where it isn't one."""
    return Month(text) if re.fullmatch(MONTH_PATTERN, text) else None


def credits_in(text: str, *, least: int) -> int | None:
    """A number of credits typed plainly, at least so many and at most `MAX_CREDITS`; else None."""
    return whole_number(text, least=least, most=MAX_CREDITS)


def field_of(refusal: DomainError) -> str:
    """The composer's field that a refusal is about; `form` where it is about none."""
    if isinstance(refusal, SelfRecognition | MemberInactive | Missing):
        return "to"
    if isinstance(refusal, LimitReached | InsufficientBalance):
        return "credits"
    if isinstance(refusal, UnknownValue):
        return "value"
    return "form"


@dataclass(frozen=True, slots=True)
class FilterForm:
    """What the feed's filter was sent with; a wrong month or person counts as none.

    Attributes:
        of: `given` or `received` by the viewer.
        about: a value.
    """

    text: str = ""
    of: str = ""
    about: str = ""
    month: str = ""

    @staticmethod
    def of_query(sent: Mapping[str, Any]) -> "FilterForm":
        """The filter of an address."""
        return FilterForm(
            text=text_of(sent, "text", MAX_SEARCH).strip(),
            of=of if (of := text_of(sent, "of", 10)) in ("given", "received") else "",
            about=text_of(sent, "about", 80),
            month=month_in(text_of(sent, "month", 7)) or "",
        )

    @property
    def is_empty(self) -> bool:
        """Whether it narrows nothing."""
        return self == FilterForm()

    def narrowed_for(self, member_id: UUID) -> FeedFilter:
        """The feed's filter, as seen by a member."""
        return FeedFilter(
            giver=member_id if self.of == "given" else None,
            receiver=member_id if self.of == "received" else None,
            value=self.about or None,
            month=Month(self.month) if self.month else None,
            text=self.text,
        )

    def href(self, path: str, cursor: str, **more: str) -> str:
        """The address of the part that follows."""
        chosen = {"text": self.text, "of": self.of, "about": self.about, "month": self.month, **more, "cursor": cursor}
        return f"{path}?{urlencode({name: value for name, value in chosen.items() if value})}"
