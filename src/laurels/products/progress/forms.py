"""What members send with progress's forms and addresses, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from laurels.core.errors import DomainError
from laurels.core.text import normalize_line
from laurels.ledger import LimitReached
from laurels.products.progress.bounds import MAX_ACTIVITY_DESCRIPTION, MAX_SLUG
from laurels.products.progress.errors import ClaimTooLarge, TypeNotAllowed, UnknownTopic
from laurels.products.progress.queries.activities import ActivityFilter
from laurels.products.progress.rules import ActivityType, Rules
from laurels.web.forms import ALL_DAYS, DaySpan, text_of, whole_number
from laurels.web.language import N_
from laurels.web.paths import address

DEFAULT_POINTS = 5
"""What the form for claiming begins with."""


@dataclass(frozen=True, slots=True)
class ClaimForm:
    """An activity that a member claims, as it was typed."""

    activity_type: str = ""
    points: str = str(DEFAULT_POINTS)
    description: str = ""
    topic: str = ""

    @staticmethod
    def of(sent: Mapping[str, Any]) -> "ClaimForm":
        """The form of a request."""
        return ClaimForm(
            activity_type=text_of(sent, "activity_type", 40),
            points=text_of(sent, "points", 20).strip(),
            description=text_of(sent, "description", 5 * MAX_ACTIVITY_DESCRIPTION),
            topic=text_of(sent, "topic", MAX_SLUG),
        )

    @property
    def kind(self) -> ActivityType | None:
        """The type that was chosen; None where it is none."""
        return ActivityType(self.activity_type) if self.activity_type in set(ActivityType) else None

    def amount(self, rules: Rules) -> int | None:
        """The points that were typed; None where they aren't so many as may be claimed."""
        return whole_number(self.points, least=1, most=rules.max_self_points)

    @property
    def kept_description(self) -> str:
        """What was done, as it is kept.

        Raises:
            ValueError: it holds what can't be shown.
        """
        return normalize_line(self.description)

    def problems(self, rules: Rules) -> dict[str, str]:
        """What is wrong with it, by field, as marked sentences."""
        found = {
            "activity_type": "" if self.kind else N_("Choose what you did."),
            "points": "" if self.amount(rules) else N_("Type whole points, no more than one may claim at once."),
            "description": self._description_problem(),
        }
        return {field: said for field, said in found.items() if said}

    def _description_problem(self) -> str:
        try:
            kept = self.kept_description
        except ValueError as wrong:
            return str(wrong)
        return N_("That is too long. 255 characters are the most.") if len(kept) > MAX_ACTIVITY_DESCRIPTION else ""


def field_of(refusal: DomainError) -> str:
    """The field of a claim that a refusal is about; `form` where it is about none."""
    if isinstance(refusal, LimitReached | ClaimTooLarge):
        return "points"
    if isinstance(refusal, TypeNotAllowed):
        return "activity_type"
    return "topic" if isinstance(refusal, UnknownTopic) else "form"


@dataclass(frozen=True, slots=True)
class ActivityForm:
    """What a list of activities is narrowed to, as an address tells it; a wrong type or day counts as none."""

    kind: ActivityType | None = None
    topic: str = ""
    days: DaySpan = ALL_DAYS

    @staticmethod
    def of_query(sent: Mapping[str, Any]) -> "ActivityForm":
        """The filter of an address."""
        kind = text_of(sent, "type", 40)
        return ActivityForm(
            kind=ActivityType(kind) if kind in set(ActivityType) else None,
            topic=text_of(sent, "topic", MAX_SLUG),
            days=DaySpan.of_query(sent),
        )

    @property
    def is_empty(self) -> bool:
        """Whether it narrows nothing."""
        return self == ActivityForm()

    def narrowed(self, zone: ZoneInfo) -> ActivityFilter:
        """The filter that it means, its days being those of a zone."""
        return ActivityFilter(self.kind, self.topic or None, self.days.begins(zone), self.days.ends(zone))

    def href(self, path: str, **more: str) -> str:
        """The address of a page with the same filter."""
        return address(path, {**self._chosen(), **self.days.query(), **more})

    def table_href(self, path: str, zone: ZoneInfo) -> str:
        """The address of the same as a table: it takes instants."""
        return address(path, {**self._chosen(), **self.days.instants(zone)})

    def _chosen(self) -> dict[str, str]:
        return {"type": self.kind.value if self.kind else "", "topic": self.topic}
