"""What members send with the pot's forms, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from laurels.core.errors import DomainError
from laurels.core.text import normalize_line, normalize_text
from laurels.ledger import InsufficientBalance
from laurels.products.pot.bounds import MAX_MESSAGE, MAX_PAUSE_DAYS
from laurels.products.pot.errors import PriceMoved
from laurels.products.pot.rules import MAX_CLIENT_SEED, MAX_COINS
from laurels.web.forms import text_of, whole_number
from laurels.web.language import N_


@dataclass(frozen=True, slots=True)
class SendForm:
    """A message as it was typed, with the price that its writer saw on the button."""

    message: str = ""
    max_price: str = ""
    client_seed: str = ""

    @staticmethod
    def of(sent: Mapping[str, Any]) -> "SendForm":
        """The form of a request."""
        return SendForm(
            message=text_of(sent, "message", 5 * MAX_MESSAGE),
            max_price=text_of(sent, "max_price", 20),
            client_seed=text_of(sent, "client_seed", 5 * MAX_CLIENT_SEED),
        )

    @property
    def most(self) -> int | None:
        """The most that its writer is ready to pay; None where that can't be read."""
        return whole_number(self.max_price, least=0, most=10**12 - 1)

    @property
    def words(self) -> str:
        """The message as it is kept.

        Raises:
            ValueError: it holds what can't be shown.
        """
        return normalize_text(self.message)

    @property
    def seed(self) -> str:
        """The client seed as it is kept.

        Raises:
            ValueError: it holds what can't be shown.
        """
        return normalize_line(self.client_seed)

    def problems(self) -> dict[str, str]:
        """What is wrong with it, by field, as marked sentences."""
        found = {"message": self._message_problem(), "client_seed": self._seed_problem()}
        if self.most is None:
            found["form"] = N_("The price got lost on the way. Look at the button, and send it again.")
        return {field: said for field, said in found.items() if said}

    def _message_problem(self) -> str:
        try:
            kept = self.words
        except ValueError as wrong:
            return str(wrong)
        if not kept:
            return N_("Write something first.")
        return N_("That is too long. 2,000 characters are the most.") if len(kept) > MAX_MESSAGE else ""

    def _seed_problem(self) -> str:
        try:
            kept = self.seed
        except ValueError as wrong:
            return str(wrong)
        return N_("That is too long. 64 characters are the most.") if len(kept) > MAX_CLIENT_SEED else ""


def is_of_price(refusal: DomainError) -> bool:
    """Whether a message was refused for what it costs: then the button says what it costs now."""
    return isinstance(refusal, PriceMoved | InsufficientBalance)


@dataclass(frozen=True, slots=True)
class LimitForm:
    """A daily limit as it was typed: coins, or nothing for none of one's own."""

    daily_limit: str = ""

    @staticmethod
    def of(sent: Mapping[str, Any]) -> "LimitForm":
        """The form of a request."""
        return LimitForm(text_of(sent, "daily_limit", 20).strip())

    @property
    def limit(self) -> int | None:
        """The limit that it asks for; None: none."""
        return whole_number(self.daily_limit, least=0, most=MAX_COINS)

    def problems(self) -> dict[str, str]:
        """What is wrong with it, by field, as marked sentences."""
        if self.daily_limit and self.limit is None:
            return {"daily_limit": N_("Type whole coins, or nothing for no limit of your own.")}
        return {}


PAUSES = (1, 7, 30, 90, 365)
"""Pauses that are offered, in days."""


@dataclass(frozen=True, slots=True)
class PauseForm:
    """A pause as it was chosen."""

    days: str = ""
    is_meant: bool = False

    @staticmethod
    def of(sent: Mapping[str, Any]) -> "PauseForm":
        """The form of a request."""
        return PauseForm(text_of(sent, "days", 5), text_of(sent, "is_meant", 5) == "true")

    @property
    def length(self) -> int | None:
        """How many days; None where none were chosen."""
        return whole_number(self.days, least=1, most=MAX_PAUSE_DAYS)

    def problems(self) -> dict[str, str]:
        """What is wrong with it, by field, as marked sentences."""
        found = {
            "days": "" if self.length else N_("Choose how long."),
            "is_meant": "" if self.is_meant else N_("Tick this, so that no pause begins by accident."),
        }
        return {field: said for field, said in found.items() if said}
