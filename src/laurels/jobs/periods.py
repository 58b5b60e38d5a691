"""When a schedule is due: cron by a zone's wall clock, each wall time once.

A cron alone isn't enough: at 1:00 on 2026-11-01 Havana's clocks go back to
midnight, and `0 0 1 * *` comes twice. So a period is named by its wall time,
and done once under that name. A wall time that is skipped (clocks set forward)
is due at the instant of the jump.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter


@dataclass(frozen=True, slots=True)
class Period:
    """One turn of a schedule.

    Attributes:
        key: its wall time, `2026-11-01T00:00`; with the offset where the cron runs every hour.
        due_at: the instant, in UTC.
    """

    key: str
    due_at: datetime


def check_cron(cron: str) -> None:
    """Check that a cron has five fields that mean something.

    Raises:
        ValueError: it doesn't.
    """
    if len(cron.split()) != 5 or not croniter.is_valid(cron):
        raise ValueError(f"{cron!r} is no cron of five fields; try '0 0 1 * *' for midnight on the first")


def latest_period(cron: str, zone: ZoneInfo, now: datetime) -> Period:
    """The last period due at an instant, itself included."""
    local = now.astimezone(zone)
    wall = local.replace(tzinfo=None, fold=0)
    due: datetime = croniter(cron, wall + timedelta(seconds=1)).get_prev(datetime)
    if _runs_every_hour(cron):
        # The hour that comes twice has two sets of periods: a sweep must not pause for an hour.
        at = due.replace(tzinfo=zone, fold=local.fold)
        return Period(at.isoformat(timespec="minutes"), at.astimezone(UTC))
    return Period(due.isoformat(timespec="minutes"), due.replace(tzinfo=zone).astimezone(UTC))


def _runs_every_hour(cron: str) -> bool:
    return cron.split()[1] == "*"
