"""What members send with loyalty's forms and addresses, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.products.loyalty.bounds import MAX_POINTS
from laurels.products.loyalty.queries.history import MAX_SEARCH, HistoryFilter, HistoryKind
from laurels.web.forms import date_of, text_of, uuid_of, whole_number


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
    """What a history's filter was sent with; a wrong kind or day counts as none.

    Attributes:
        since: the first day that counts.
        until: the last.
    """

    kind: HistoryKind | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""

    @staticmethod
    def of_query(sent: Mapping[str, Any]) -> "HistoryForm":
        """The filter of an address."""
        kind = text_of(sent, "kind", 20)
        return HistoryForm(
            kind=HistoryKind(kind) if kind in set(HistoryKind) else None,
            since=date_of(text_of(sent, "from", 10)),
            until=date_of(text_of(sent, "to", 10)),
            text=text_of(sent, "text", MAX_SEARCH).strip(),
        )

    @property
    def is_empty(self) -> bool:
        """Whether it narrows nothing."""
        return self == HistoryForm()

    def narrowed(self, zone: ZoneInfo) -> HistoryFilter:
        """The filter that it means, its days being those of a zone."""
        return HistoryFilter(self.kind, self._begins(zone), self._ends(zone), self.text)

    def href(self, path: str, **more: str) -> str:
        """The address of a page with the same filter."""
        since, until = (day.isoformat() if day else "" for day in (self.since, self.until))
        chosen = {"kind": self.kind.value if self.kind else "", "from": since, "to": until, "text": self.text, **more}
        return _address(path, chosen)

    def statement_href(self, path: str, zone: ZoneInfo) -> str:
        """The address of the table of these days: it takes instants."""
        bounds = {"from": self._begins(zone), "to": self._ends(zone)}
        return _address(path, {name: at.isoformat() if at else "" for name, at in bounds.items()})

    def _begins(self, zone: ZoneInfo) -> datetime | None:
        return None if self.since is None else _midnight(self.since, zone)

    def _ends(self, zone: ZoneInfo) -> datetime | None:
        return None if self.until is None else _midnight(self.until + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _address(path: str, query: Mapping[str, str]) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
