"""By which zone a member's days go, and went.

A new zone counts from the end of the local day on which it is chosen, so no
day is read by two zones' midnights. Travelling west, a date may come twice: it
is one day. Travelling east, dates are skipped or begin late: these are excused.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Self
from zoneinfo import ZoneInfo

import orjson

from laurels.core.windows import day_of, day_start, next_day_start

MAX_STAYS = 100
"""Most zones that are remembered; of more, the oldest count as if the next had been in force always."""

_ALWAYS = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stay:
    """A zone, and the first instant that it counts at."""

    since: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Zones:
    """A member's zones, the earliest first; that one has counted always."""

    stays: tuple[Stay, ...]

    @classmethod
    def of(cls, zone: str) -> Self:
        """One zone, always."""
        return cls((Stay(_ALWAYS, zone),))

    @classmethod
    def read(cls, text: str) -> Self:
        """As `written` wrote it."""
        return cls(tuple(Stay(datetime.fromisoformat(since) if since else _ALWAYS, zone) for since, zone in orjson.loads(text)))

    def written(self) -> str:
        """A JSON list of instants and zones; the first has counted always."""
        first, *later = self.stays
        return orjson.dumps([[None, first.zone], *([stay.since.isoformat(), stay.zone] for stay in later)]).decode()

    @property
    def last(self) -> str:
        """The zone that was chosen last: it counts already, or will from the end of the local day."""
        return self.stays[-1].zone

    def zone_at(self, at: datetime) -> ZoneInfo:
        """The zone that counts at an instant."""
        return ZoneInfo(self.stays[self._place(at)].zone)

    def day_of(self, at: datetime) -> date:
        """The local date of an instant."""
        return day_of(at, self.zone_at(at))

    def day_end(self, day: date) -> datetime:
        """The instant from which a local date is over, in UTC; of a date that comes twice, the second time."""
        ends = []
        for stay, until in zip(self.stays, [*(later.since for later in self.stays[1:]), _NEVER], strict=True):
            end = min(day_start(day + _A_DAY, ZoneInfo(stay.zone)), until)
            if end > stay.since:
                ends.append(end)
        return max(ends)

    def changed(self, at: datetime, zone: str) -> Self:
        """With another zone, from the end of the local day that an instant lies in. One chosen before on that day never counts.

        Args:
            at: when it is chosen: no earlier than the zones before.
        """
        stays = self.stays[: self._place(at) + 1]
        if stays[-1].zone != zone:
            stays = (*stays, Stay(next_day_start(at, ZoneInfo(stays[-1].zone)), zone))
        return type(self)(_bounded(stays))

    def excused(self) -> frozenset[date]:
        """Dates that changes of zone skipped, or cut short at their beginning."""
        return frozenset(day for before, after in pairwise(self.stays) for day in _cut_short(before, after))

    def _place(self, at: datetime) -> int:
        return bisect_right(self.stays, at, key=lambda stay: stay.since) - 1


def _cut_short(before: Stay, after: Stay) -> list[date]:
    zone = ZoneInfo(after.zone)
    due, found = day_of(after.since, ZoneInfo(before.zone)), day_of(after.since, zone)
    skipped = [due + _A_DAY * number for number in range((found - due).days)]
    if found >= due and day_start(found, zone) < after.since:
        skipped.append(found)
    return skipped


def _bounded(stays: Sequence[Stay]) -> tuple[Stay, ...]:
    first, *later = stays[-MAX_STAYS:]
    return (Stay(_ALWAYS, first.zone), *later)
