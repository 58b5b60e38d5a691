"""When schedules are due, by wall clocks that jump."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from laurels.jobs.periods import check_cron, latest_period

HAVANA = ZoneInfo("America/Havana")
MADRID = ZoneInfo("Europe/Madrid")
KOLKATA = ZoneInfo("Asia/Kolkata")


def keys_between(cron: str, zone: ZoneInfo, start: datetime, hours: int, step: timedelta = timedelta(minutes=1)) -> list[str]:
    """The periods that a clock ticking from `start` meets, in order, each once in a row."""
    met: list[str] = []
    for tick in range(int(timedelta(hours=hours) / step)):
        key = latest_period(cron, zone, start + tick * step).key
        if not met or met[-1] != key:
            met.append(key)
    return met


def test_month_in_havana_comes_once_though_its_midnight_comes_twice() -> None:
    first = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)  # 00:00 CDT; at 05:00Z it is 00:00 again, CST
    assert first.astimezone(HAVANA).hour == (first + timedelta(hours=1)).astimezone(HAVANA).hour == 0
    assert keys_between("0 0 1 * *", HAVANA, first - timedelta(hours=3), 8) == ["2026-10-01T00:00", "2026-11-01T00:00"]
    assert latest_period("0 0 1 * *", HAVANA, first + timedelta(hours=4)).due_at == first


def test_midnight_that_is_skipped_is_due_at_the_jump() -> None:
    jump = datetime(2026, 3, 8, 5, 0, tzinfo=UTC)  # 00:00 CST becomes 01:00 CDT
    assert jump.astimezone(HAVANA).hour == 1
    assert latest_period("0 0 * * *", HAVANA, jump - timedelta(seconds=1)).key == "2026-03-07T00:00"
    assert latest_period("0 0 * * *", HAVANA, jump) == latest_period("0 0 * * *", HAVANA, jump + timedelta(hours=20))
    assert latest_period("0 0 * * *", HAVANA, jump).due_at == jump


def test_sweep_runs_through_the_hour_that_comes_twice() -> None:
    start = datetime(2026, 11, 1, 3, 30, tzinfo=UTC)
    met = keys_between("*/30 * * * *", HAVANA, start, 3)
    assert met == [
        "2026-10-31T23:30-04:00",
        "2026-11-01T00:00-04:00",
        "2026-11-01T00:30-04:00",
        "2026-11-01T00:00-05:00",
        "2026-11-01T00:30-05:00",
        "2026-11-01T01:00-05:00",
    ]


@pytest.mark.parametrize(
    ("zone", "now", "key", "due_at"),
    [
        (KOLKATA, datetime(2026, 10, 31, 18, 29, 59, tzinfo=UTC), "2026-10-01T00:00", datetime(2026, 9, 30, 18, 30, tzinfo=UTC)),
        (KOLKATA, datetime(2026, 10, 31, 18, 30, tzinfo=UTC), "2026-11-01T00:00", datetime(2026, 10, 31, 18, 30, tzinfo=UTC)),
        (MADRID, datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC), "2026-03-01T00:00", datetime(2026, 2, 28, 23, 0, tzinfo=UTC)),
        (MADRID, datetime(2026, 3, 31, 22, 0, tzinfo=UTC), "2026-04-01T00:00", datetime(2026, 3, 31, 22, 0, tzinfo=UTC)),
    ],
)
def test_month_begins_at_its_zones_midnight(zone: ZoneInfo, now: datetime, key: str, due_at: datetime) -> None:
    period = latest_period("0 0 1 * *", zone, now)
    assert (period.key, period.due_at) == (key, due_at)


@pytest.mark.parametrize("cron", ["", "x", "* * * *", "0 0 1 * * *", "61 * * * *", "@monthly"])
def test_cron_that_means_nothing_is_refused(cron: str) -> None:
    with pytest.raises(ValueError, match="cron"):
        check_cron(cron)
