"""A set of dates that fits in a few bytes a year."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

MAX_SPAN_DAYS = 36_525
"""Most days from the first to the last: a hundred years, nine thousand characters when written."""


@dataclass(frozen=True, slots=True)
class Days:
    """A set of dates, never changed.

    Attributes:
        first: the earliest; of an empty set, any day.
        bits: bit n stands for the day n days after the first.
    """

    first: date
    bits: int = 0

    def __post_init__(self) -> None:
        low = (self.bits & -self.bits).bit_length() - 1
        if low > 0:
            object.__setattr__(self, "first", self.first + timedelta(days=low))
            object.__setattr__(self, "bits", self.bits >> low)

    @classmethod
    def of(cls, days: Iterable[date]) -> Self:
        """The set of these days; there is at least one.

        Raises:
            ValueError: none, or more than `MAX_SPAN_DAYS` from the first to the last.
        """
        listed = set(days)
        if not listed:
            raise ValueError("no day is given")
        first = min(listed)
        _require_span(first, max(listed))
        return cls(first, sum(1 << (day - first).days for day in listed))

    @classmethod
    def read(cls, first: date, text: str) -> Self:
        """As `written` wrote it; `first` is kept beside the text."""
        return cls(first, int(text, 16))

    def written(self) -> str:
        """The bits in hex."""
        return f"{self.bits:x}"

    @property
    def last(self) -> date:
        """The latest day; of an empty set, `first`."""
        return self.first + timedelta(days=max(0, self.bits.bit_length() - 1))

    def marked(self, day: date) -> Self:
        """The set with a day in it.

        Raises:
            ValueError: it would then span more than `MAX_SPAN_DAYS`.
        """
        if not self.bits:
            return type(self)(day, 1)
        first = min(self.first, day)
        _require_span(first, max(self.last, day))
        return type(self)(first, self.bits << (self.first - first).days | 1 << (day - first).days)

    def unmarked(self, day: date) -> Self:
        """The set without a day."""
        return type(self)(self.first, self.bits & ~(1 << (day - self.first).days)) if day in self else self

    def through(self, day: date) -> Self:
        """The days up to a day, with it."""
        kept = (day - self.first).days + 1
        return type(self)(self.first, self.bits & (1 << kept) - 1) if kept > 0 else type(self)(self.first)

    def __bool__(self) -> bool:
        return self.bits != 0

    def __len__(self) -> int:
        return self.bits.bit_count()

    def __contains__(self, day: date) -> bool:
        place = (day - self.first).days
        return place >= 0 and self.bits >> place & 1 == 1

    def __iter__(self) -> Iterator[date]:
        """The days, earliest first."""
        text, number = f"{self.bits:b}"[::-1], self.first.toordinal()
        place = text.find("1")
        while place >= 0:
            yield date.fromordinal(number + place)
            place = text.find("1", place + 1)


def _require_span(first: date, last: date) -> None:
    if (last - first).days >= MAX_SPAN_DAYS:
        raise ValueError(f"days from {first} to {last} are more than {MAX_SPAN_DAYS}")
