"""When points become usable and expire, over months of all lengths and clocks that change."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from laurels.products.loyalty.rules import cap_window, expires_at, inactive_from, usable_from
from laurels.products.loyalty.rules.terms import CapWindow
from products.loyalty.terms_paper import LONDON, terms

HAVANA = ZoneInfo("America/Havana")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
KOLKATA = ZoneInfo("Asia/Kolkata")
UTC_ZONE = ZoneInfo("UTC")


def at(text: str, zone: ZoneInfo = UTC_ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "earned", "days", "usable"),
    [
        (LONDON, at("2026-11-20T12:00"), 0, "2026-11-20T12:00"),
        (LONDON, at("2026-11-20T12:00"), 14, "2026-12-04T12:00"),
        (LONDON, at("2027-03-27T12:00"), 1, "2027-03-28T11:00"),  # a day of 23 hours
        (LONDON, at("2027-10-30T11:00"), 1, "2027-10-31T12:00"),  # one of 25
        (LONDON, at("2027-03-27T01:30"), 1, "2027-03-28T01:30"),  # 01:30 is skipped: it is 02:30 there
        (LONDON, at("2027-10-30T00:30"), 1, "2027-10-31T00:30"),  # 01:30 comes twice: the first
        (LONDON, at("2027-10-31T01:30"), 0, "2027-10-31T01:30"),  # earned in the second 01:30
        (LONDON, at("2027-10-31T01:30"), 1, "2027-11-01T01:30"),
        (LONDON, at("2021-10-31T01:30"), 364, "2022-10-30T00:30"),  # from the second 01:30 to a day that has two: the first
        (LORD_HOWE, at("2027-10-02T02:15", LORD_HOWE), 1, "2027-10-02T15:45"),  # half an hour is skipped: 02:45 there
        (HAVANA, at("2027-03-13T00:10", HAVANA), 1, "2027-03-14T05:10"),  # clocks go from 00:00 to 01:00
    ],
)
def test_points_are_usable_so_many_local_days_on_at_the_same_wall_time(zone: ZoneInfo, earned: datetime, days: int, usable: str) -> None:
    assert usable_from(terms(pending_days=days), earned, zone) == at(usable)


@pytest.mark.parametrize(
    ("zone", "earned", "months", "ends"),
    [
        (UTC_ZONE, "2027-01-31T10:00", 1, "2027-03-01T00:00"),  # L22: through 28 February
        (UTC_ZONE, "2028-01-31T10:00", 1, "2028-03-01T00:00"),  # through 29 February
        (UTC_ZONE, "2027-01-30T10:00", 1, "2027-03-01T00:00"),
        (UTC_ZONE, "2027-01-28T10:00", 1, "2027-03-01T00:00"),
        (UTC_ZONE, "2027-01-27T10:00", 1, "2027-02-28T00:00"),
        (UTC_ZONE, "2028-02-29T10:00", 12, "2029-03-01T00:00"),
        (UTC_ZONE, "2027-08-31T10:00", 1, "2027-10-01T00:00"),
        (UTC_ZONE, "2026-11-20T10:00", 120, "2036-11-21T00:00"),
        (KOLKATA, "2027-01-30T18:29:59", 1, "2027-02-28T18:30"),  # the 30th there
        (KOLKATA, "2027-01-31T18:30", 1, "2027-03-01T18:30"),  # 1 February there
        (LONDON, "2027-02-27T12:00", 1, "2027-03-28T00:00"),
        (LONDON, "2027-02-28T12:00", 1, "2027-03-28T23:00"),  # the clocks changed that day
        (HAVANA, "2027-02-13T12:00", 1, "2027-03-14T05:00"),  # there is no midnight: clocks go from 00:00 to 01:00
        (HAVANA, "2027-10-06T12:00", 1, "2027-11-07T04:00"),  # there are two: the first
    ],
)
def test_l22_points_of_months_last_through_a_whole_local_day(zone: ZoneInfo, earned: str, months: int, ends: str) -> None:
    assert expires_at(terms(expiry={"kind": "months", "months": months}), at(earned), zone) == at(ends)


@pytest.mark.parametrize(
    ("period", "periods", "earned", "ends"),
    [
        ("year", 0, "2026-11-20T12:00", "2027-01-01T00:00"),
        ("year", 1, "2026-11-20T12:00", "2028-01-01T00:00"),
        ("year", 0, "2026-12-31T23:59:59", "2027-01-01T00:00"),
        ("year", 0, "2027-01-01T00:00", "2028-01-01T00:00"),
        ("quarter", 0, "2026-11-20T12:00", "2027-01-01T00:00"),
        ("quarter", 0, "2026-05-31T12:00", "2026-06-30T23:00"),
        ("quarter", 2, "2026-01-31T12:00", "2026-09-30T23:00"),
        ("month", 0, "2027-02-01T12:00", "2027-03-01T00:00"),
        ("month", 40, "2026-11-20T12:00", "2030-03-31T23:00"),
    ],
)
def test_points_of_calendar_periods_last_through_their_end(period: str, periods: int, earned: str, ends: str) -> None:
    ended = terms(expiry={"kind": "calendar_end", "period": period, "periods": periods})
    assert expires_at(ended, at(earned), LONDON) == at(ends)


@pytest.mark.parametrize(
    ("expiry", "pending", "ends"),
    [
        ({"kind": "calendar_end", "period": "year"}, 11, "2027-01-01T00:00"),  # usable on the 31st
        ({"kind": "calendar_end", "period": "year"}, 12, "2028-01-01T00:00"),  # else never usable: of the next year
        ({"kind": "months", "months": 1}, 31, "2027-01-21T00:00"),  # usable on the last day
        ({"kind": "months", "months": 1}, 32, "2027-02-22T00:00"),  # a month from 21 January
    ],
)
def test_points_that_would_expire_before_they_are_usable_count_from_then(expiry: dict[str, Any], pending: int, ends: str) -> None:
    assert expires_at(terms(expiry=expiry, pending_days=pending), at("2026-12-20T12:00"), LONDON) == at(ends)


def test_points_usable_from_the_midnight_that_would_end_them_count_from_then() -> None:
    ending = terms(expiry={"kind": "calendar_end", "period": "year"}, pending_days=1)
    assert expires_at(ending, at("2026-12-31T00:00"), LONDON) == at("2028-01-01T00:00")


@pytest.mark.parametrize("expiry", [{"kind": "none"}, {"kind": "inactivity", "months": 1}])
def test_points_may_not_expire_by_themselves(expiry: dict[str, Any]) -> None:
    assert expires_at(terms(expiry=expiry), at("2026-11-20T12:00"), LONDON) is None


@pytest.mark.parametrize(
    ("expiry", "last", "ends"),
    [
        ({"kind": "inactivity", "months": 1}, "2027-01-31T12:00", "2027-03-01T00:00"),
        ({"kind": "inactivity", "months": 18}, "2026-11-20T12:00", "2028-05-20T23:00"),
        ({"kind": "months", "months": 1}, "2027-01-31T12:00", None),
        ({"kind": "none"}, "2027-01-31T12:00", None),
    ],
)
def test_inactivity_ends_all_points_at_once(expiry: dict[str, Any], last: str, ends: str | None) -> None:
    assert inactive_from(terms(expiry=expiry), at(last), LONDON) == (at(ends) if ends else None)


@pytest.mark.parametrize(
    ("window", "name"),
    [("day", "2027-01-01"), ("week", "2026-W53"), ("month", "2027-01"), ("year", "2027"), ("ever", "")],
)
def test_caps_count_in_windows_of_the_programs_zone(window: CapWindow, name: str) -> None:
    assert cap_window(window, at("2026-12-31T18:30"), KOLKATA) == name
