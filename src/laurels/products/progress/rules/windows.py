"""The names of boards' windows, and the weeks that goals are counted in."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.core.windows import month_of, week_of

WEEK_PATTERN = r"(19[7-9][0-9]|2[0-9]{3})-W(0[1-9]|[1-4][0-9]|5[0-3])"
"""The weeks that may be asked for: `2026-W47`, up to 2999."""

_MONDAY = 1
_SUNDAY = 7


def season_window(season: UUID) -> str:
    """The window of a season's board."""
    return f"season/{season}"


def topic_window(topic: str) -> str:
    """The window of a topic's board."""
    return f"topic/{topic}"


def class_window(class_id: UUID) -> str:
    """The window of a class's board."""
    return f"class/{class_id}"


def board_windows(
    at: datetime, zone: ZoneInfo, *, season: UUID | None = None, topic: str | None = None, class_id: UUID | None = None
) -> tuple[str, ...]:
    """On which boards beside that of all time points count.

    Args:
        at: when the activity was done; `zone` is the community's.
        season: the one that it was done in.
        topic, class_id: what it belongs to.

    Returns:
        The windows of the month and the week, then those of the season, the topic and the class.
    """
    windows = [str(month_of(at, zone)), week_of(at, zone)]
    if season is not None:
        windows.append(season_window(season))
    if topic is not None:
        windows.append(topic_window(topic))
    if class_id is not None:
        windows.append(class_window(class_id))
    return tuple(windows)


def week_dates(week: str) -> tuple[date, date]:
    """The Monday and the Sunday of a week such as `2026-W47` (ISO 8601).

    Raises:
        ValueError: the year has no such week.
    """
    year, number = int(week[:4]), int(week[6:])
    return date.fromisocalendar(year, number, _MONDAY), date.fromisocalendar(year, number, _SUNDAY)
