"""Which caps an award runs into, and in which of their windows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from laurels.core.windows import day_of, month_end, month_of, next_day_start, next_week_start, week_of
from laurels.products.progress.rules.document import AppliesTo, Cap, CapMode, CapWindow, Rules
from laurels.products.progress.rules.types import ActivityType, Source, includes

# Looked up once: every award asks, and finding a member of an enumeration takes longer than comparing it.
_ALL, _SELF = AppliesTo.ALL, Source.SELF.value


@dataclass(frozen=True, slots=True)
class CapInPlay:
    """A cap that an award may run into: how much room it has decides what the award gives.

    Attributes:
        name: the cap's.
        window: in which it counts: `2026-11-20`, `2026-W47`, `2026-11`.
        points: the most that it lets through in it.
        clips: whether an award that doesn't fit gets what room is left; else it is refused.
        resets_at: when the window is over, in UTC.
    """

    name: str
    window: str
    points: int
    clips: bool
    resets_at: datetime


def caps_in_play(rules: Rules, kind: ActivityType, source: str, at: datetime, zone: ZoneInfo) -> tuple[CapInPlay, ...]:
    """The caps that count an award, in the document's order.

    Args:
        source: who says that the activity was done: of `Source`.
        at: when it was done; `zone` is the community's.
    """
    is_claim = source == _SELF
    meant = [cap for cap in rules.caps if is_claim or cap.applies_to is _ALL]
    return tuple(_in_play(cap, at, zone) for cap in meant if includes(cap.activity_types, kind))


def _in_play(cap: Cap, at: datetime, zone: ZoneInfo) -> CapInPlay:
    window, resets_at = _WINDOWS[cap.window](at, zone)
    return CapInPlay(cap.name, window, cap.points, cap.mode is CapMode.CLIP, resets_at)


def _day(at: datetime, zone: ZoneInfo) -> tuple[str, datetime]:
    return day_of(at, zone).isoformat(), next_day_start(at, zone)


def _week(at: datetime, zone: ZoneInfo) -> tuple[str, datetime]:
    return week_of(at, zone), next_week_start(at, zone)


def _month(at: datetime, zone: ZoneInfo) -> tuple[str, datetime]:
    month = month_of(at, zone)
    return month, month_end(month, zone)


_WINDOWS: dict[CapWindow, Callable[[datetime, ZoneInfo], tuple[str, datetime]]] = {
    CapWindow.DAY: _day,
    CapWindow.WEEK: _week,
    CapWindow.MONTH: _month,
}
