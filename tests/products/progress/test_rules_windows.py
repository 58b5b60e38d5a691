"""Boards' windows, the weeks of goals, and what reactions award by default."""

from datetime import UTC, date, datetime, timedelta
import re
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
import pytest

from laurels.core.windows import week_of
from laurels.products.progress.rules import DEFAULT_REACTIONS, WEEK_PATTERN, Reaction, TriggerName, board_windows, week_dates

UTC_ZONE, MADRID = ZoneInfo("UTC"), ZoneInfo("Europe/Madrid")
SEASON, CLASS = UUID(int=1), UUID(int=2)


def test_points_count_on_the_boards_of_the_month_and_the_week() -> None:
    at = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert board_windows(at, UTC_ZONE) == ("2026-11", "2026-W49")
    assert board_windows(at, MADRID) == ("2026-12", "2026-W49")


def test_points_count_on_the_boards_of_what_they_belong_to() -> None:
    windows = board_windows(datetime(2026, 11, 20, tzinfo=UTC), UTC_ZONE, season=SEASON, topic="chemistry", class_id=CLASS)
    assert windows == ("2026-11", "2026-W47", f"season/{SEASON}", "topic/chemistry", f"class/{CLASS}")


def test_the_turn_of_the_year_is_one_week() -> None:
    """P11."""
    days = [date(2025, 12, 29) + timedelta(days=number) for number in range(7)]
    weeks = {week_of(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), UTC_ZONE) for day in days}
    assert weeks == {"2026-W01"}
    assert week_dates("2026-W01") == (date(2025, 12, 29), date(2026, 1, 4))
    assert week_dates("2026-W53") == (date(2026, 12, 28), date(2027, 1, 3))


def test_a_year_without_that_week_has_no_such_dates() -> None:
    with pytest.raises(ValueError, match="Invalid week: 53"):
        week_dates("2025-W53")


@given(st.datetimes(datetime(1970, 1, 5), datetime(2999, 12, 20), timezones=st.just(UTC)))  # noqa: DTZ001  # Hypothesis wants them so
def test_an_instant_lies_in_its_week(at: datetime) -> None:
    week = week_of(at, UTC_ZONE)
    monday, sunday = week_dates(week)
    assert re.fullmatch(WEEK_PATTERN, week)
    assert monday <= at.date() <= sunday
    assert (monday.weekday(), (sunday - monday).days) == (0, 6)


@pytest.mark.parametrize("text", ["2026-W00", "2026-W54", "1969-W01", "2026-W7", "2026-47", "3000-W01"])
def test_what_is_no_week_does_not_match(text: str) -> None:
    assert not re.fullmatch(WEEK_PATTERN, text)


def test_what_happens_elsewhere_awards_what_was_decided() -> None:
    assert [each.trigger for each in DEFAULT_REACTIONS] == list(TriggerName)
    assert [each for each in DEFAULT_REACTIONS if each.points] == [
        Reaction(TriggerName.DAILY_SIGN_IN, "daily_login", 5, "Signed in"),
        Reaction(TriggerName.RECOGNITION_GIVEN, "comment", 5, "Recognized somebody"),
        Reaction(TriggerName.ENDORSEMENT_GIVEN, "reaction", 2, "Endorsed a recognition"),
        Reaction(TriggerName.STUDY_CONVERSATION, "special_event", 10, "Talked a document through"),
    ]
    assert not any(each.activity_type.is_system for each in DEFAULT_REACTIONS)
