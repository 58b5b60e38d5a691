"""What members send with loyalty's forms and addresses, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.products.loyalty.bounds import MAX_POINTS
from laurels.products.loyalty.queries.history import MAX_SEARCH, HistoryFilter, HistoryKind
from laurels.web.forms import ALL_DAYS, DaySpan, text_of, uuid_of, whole_number
from laurels.web.paths import address


@dataclass(frozen=True, slots=True)
class BurnForm:
    """What a member wants to spend points on: a reward, or so many points at the program's rate.

    Attributes:
        typed: the points as they were typed.
        at_once: whether it is final; else it is reserved.
    """

    reward: UUID | None = None
    typed: str = ""
    at_once: bool = False

    @staticmethod
    def of(sent: Mapping[str, Any]) -> "BurnForm":
        """The form of a request; a reward goes before points."""
        reward = uuid_of(text_of(sent, "reward_id", 36))
        typed = "" if reward is not None else text_of(sent, "points", 20).strip()
        return BurnForm(reward, typed, text_of(sent, "at_once", 5) == "true")

    @property
    def points(self) -> int | None:
        """The points to spend; None where no whole number from 1 was typed."""
        return whole_number(self.typed, least=1, most=MAX_POINTS)

    @property
    def is_whole(self) -> bool:
        """Whether it says what is wanted."""
        return self.reward is not None or self.points is not None


@dataclass(frozen=True, slots=True)
class HistoryForm:
    """What a history's filter was sent with; a wrong kind or day counts as none."""

    kind: HistoryKind | None = None
    days: DaySpan = ALL_DAYS
    text: str = ""

    @staticmethod
    def of_query(sent: Mapping[str, Any]) -> "HistoryForm":
        """The filter of an address."""
        kind = text_of(sent, "kind", 20)
        return HistoryForm(
            kind=HistoryKind(kind) if kind in set(HistoryKind) else None,
            days=DaySpan.of_query(sent),
            text=text_of(sent, "text", MAX_SEARCH).strip(),
        )

    @property
    def is_empty(self) -> bool:
        """Whether it narrows nothing."""
        return self == HistoryForm()

    def narrowed(self, zone: ZoneInfo) -> HistoryFilter:
        """The filter that it means, its days being those of a zone."""
        return HistoryFilter(self.kind, self.days.begins(zone), self.days.ends(zone), self.text)

    def href(self, path: str, **more: str) -> str:
        """The address of a page with the same filter."""
        return address(path, {"kind": self.kind.value if self.kind else "", **self.days.query(), "text": self.text, **more})

    def statement_href(self, path: str, zone: ZoneInfo) -> str:
        """The address of the table of these days: it takes instants."""
        return address(path, self.days.instants(zone))
