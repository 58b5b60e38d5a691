"""Local days of a member who travels, and of clocks that change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
import pytest

from laurels.products.progress.rules import Days, Freezes, Streak, Zones, replay
from laurels.products.progress.rules.zones import MAX_STAYS

TOKYO, LOS_ANGELES, MADRID = "Asia/Tokyo", "America/Los_Angeles", "Europe/Madrid"


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def lived(zones: Zones, *instants: datetime) -> Streak:
    """The streak of somebody active at these instants, with no freezes."""
    days = Days.of(zones.day_of(instant) for instant in instants)
    return replay(days, bought=(), excused=zones.excused(), policy=Freezes(most=0, earned_every=None))


def test_tokyo_to_los_angeles_repeats_a_date_which_counts_once() -> None:
    """P5: neither broken nor doubled."""
    zones = Zones.of(TOKYO).changed(at("2026-11-20T12:00", TOKYO), LOS_ANGELES)
    streak = lived(
        zones,
        at("2026-11-19T12:00", TOKYO),
        at("2026-11-20T12:00", TOKYO),
        at("2026-11-20T20:00", LOS_ANGELES),  # 21 November, 13:00 in Tokyo
        at("2026-11-21T12:00", LOS_ANGELES),
    )
    assert (streak.current, streak.last_day) == (3, date(2026, 11, 21))
    assert zones.excused() == frozenset()


def test_a_new_zone_counts_from_the_end_of_the_local_day() -> None:
    zones = Zones.of(TOKYO).changed(at("2026-11-20T12:00", TOKYO), LOS_ANGELES)
    midnight = at("2026-11-21T00:00", TOKYO)
    assert zones.last == LOS_ANGELES
    assert zones.zone_at(midnight - timedelta(microseconds=1)) == ZoneInfo(TOKYO)
    assert zones.zone_at(midnight) == ZoneInfo(LOS_ANGELES)
    assert zones.day_of(midnight - timedelta(microseconds=1)) == zones.day_of(midnight) == date(2026, 11, 20)


def test_los_angeles_to_tokyo_cuts_a_day_short_and_breaks_nothing() -> None:
    """P5, the other way: of 21 November seven hours are left in Tokyo."""
    zones = Zones.of(LOS_ANGELES).changed(at("2026-11-20T12:00", LOS_ANGELES), TOKYO)
    before, after = at("2026-11-20T20:00", LOS_ANGELES), at("2026-11-22T09:00", TOKYO)
    assert zones.excused() == {date(2026, 11, 21)}
    assert lived(zones, before, after).current == 2
    assert lived(zones, before, at("2026-11-21T20:00", TOKYO), after).current == 3
    assert lived(zones, before, at("2026-11-23T09:00", TOKYO)).current == 1


def test_across_the_date_line_a_date_is_skipped() -> None:
    zones = Zones.of("Etc/GMT+12").changed(at("2026-11-20T12:00"), "Pacific/Kiritimati")  # from twelve hours behind to fourteen ahead
    assert zones.day_of(at("2026-11-20T11:59")) == date(2026, 11, 19)
    assert zones.day_of(at("2026-11-21T12:00")) == date(2026, 11, 22)
    assert zones.excused() == {date(2026, 11, 21), date(2026, 11, 22)}


def test_across_the_date_line_the_other_way_dates_come_twice() -> None:
    zones = Zones.of("Pacific/Kiritimati").changed(at("2026-11-20T00:00"), "Etc/GMT+12")
    assert zones.excused() == frozenset()
    assert zones.day_of(at("2026-11-20T09:59")) == date(2026, 11, 20)
    assert zones.day_of(at("2026-11-20T10:00")) == date(2026, 11, 19)
    assert zones.day_end(date(2026, 11, 19)) == at("2026-11-20T12:00")
    assert zones.day_end(date(2026, 11, 20)) == at("2026-11-21T12:00")


def test_an_hour_east_excuses_the_day_that_begins_late() -> None:
    zones = Zones.of("Europe/Lisbon").changed(at("2026-11-20T12:00"), MADRID)
    assert zones.excused() == {date(2026, 11, 21)}


def test_the_same_midnight_excuses_nothing() -> None:
    zones = Zones.of(MADRID).changed(at("2026-11-20T12:00"), "Europe/Paris")
    assert zones.excused() == frozenset()
    assert zones.last == "Europe/Paris"


@pytest.mark.parametrize(
    ("hours", "first", "second"),
    [
        (25, "2026-10-25T00:10", "2026-10-26T00:10"),
        (23, "2026-03-29T00:10", "2026-03-30T00:10"),
    ],
)
def test_days_of_other_lengths_are_days(hours: int, first: str, second: str) -> None:
    """P4: by local dates, never by hours."""
    zones, day = Zones.of(MADRID), date.fromisoformat(first[:10])
    assert zones.day_end(day) - zones.day_end(day - timedelta(days=1)) == timedelta(hours=hours)
    assert lived(zones, at(first, MADRID), at(second, MADRID)).current == 2
    late = zones.day_end(day) - timedelta(minutes=1)
    assert lived(zones, at(first, MADRID), late).current == 1


def test_a_day_is_over_at_local_midnight() -> None:
    assert Zones.of(TOKYO).day_end(date(2026, 11, 20)) == at("2026-11-20T15:00")
    assert Zones.of("America/Havana").day_end(date(2027, 3, 13)) == at("2027-03-14T05:00")  # clocks skip that midnight


def test_a_date_that_comes_twice_is_over_the_second_time() -> None:
    zones = Zones.of(TOKYO).changed(at("2026-11-20T12:00", TOKYO), LOS_ANGELES)
    assert zones.day_end(date(2026, 11, 19)) == at("2026-11-20T00:00", TOKYO)
    assert zones.day_end(date(2026, 11, 20)) == at("2026-11-21T00:00", LOS_ANGELES)


def test_a_skipped_date_is_over_when_it_is_skipped() -> None:
    zones = Zones.of("Etc/GMT+12").changed(at("2026-11-20T12:00"), "Pacific/Kiritimati")
    assert zones.day_end(date(2026, 11, 20)) == zones.day_end(date(2026, 11, 21)) == at("2026-11-21T12:00")


def test_of_two_changes_on_a_day_the_last_counts() -> None:
    once = Zones.of(TOKYO).changed(at("2026-11-20T12:00", TOKYO), MADRID)
    assert once.changed(at("2026-11-20T13:00", TOKYO), LOS_ANGELES) == Zones.of(TOKYO).changed(at("2026-11-20T12:00", TOKYO), LOS_ANGELES)
    assert once.changed(at("2026-11-20T13:00", TOKYO), TOKYO) == Zones.of(TOKYO)


def test_the_zone_that_counts_changes_nothing() -> None:
    assert Zones.of(TOKYO).changed(at("2026-11-20T12:00"), TOKYO) == Zones.of(TOKYO)


def test_they_are_written_as_json() -> None:
    zones = Zones.of(TOKYO).changed(at("2026-11-20T12:00", TOKYO), LOS_ANGELES)
    assert zones.written() == '[[null,"Asia/Tokyo"],["2026-11-20T15:00:00+00:00","America/Los_Angeles"]]'
    assert Zones.read(zones.written()) == zones
    assert Zones.read(Zones.of(MADRID).written()) == Zones.of(MADRID)


def test_the_oldest_are_forgotten() -> None:
    zones, now = Zones.of(TOKYO), at("2026-01-01T12:00")
    for number in range(MAX_STAYS):
        zones = zones.changed(now + timedelta(days=2 * number), (MADRID, TOKYO)[number % 2])
    assert len(zones.stays) == MAX_STAYS
    assert zones.zone_at(at("2020-01-01T00:00")) == ZoneInfo(MADRID)
    assert zones.last == TOKYO
    assert Zones.read(zones.written()) == zones


names = st.sampled_from(
    [TOKYO, LOS_ANGELES, MADRID, "UTC", "America/Havana", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe"]
)
moves = st.lists(st.tuples(st.integers(0, 24 * 20), names), max_size=8)


def traveller(home: str, journeys: list[tuple[int, str]]) -> Zones:
    zones = Zones.of(home)
    for hour, zone in sorted(journeys):
        zones = zones.changed(at("2026-10-15T00:00") + timedelta(hours=hour), zone)
    return zones


@given(home=names, journeys=moves, offset=st.integers(0, 59))
def test_who_is_active_every_six_hours_never_breaks_a_streak(home: str, journeys: list[tuple[int, str]], offset: int) -> None:
    """Whatever the travels, and over a change of clocks: each date is there, or excused, and none comes more than once."""
    zones, begin = traveller(home, journeys), at("2026-10-14T00:00") + timedelta(minutes=offset)
    instants = [begin + timedelta(hours=6 * number) for number in range(4 * 24)]
    streak = lived(zones, *instants)
    assert streak.current == streak.longest == len({zones.day_of(instant) for instant in instants})


@given(home=names, journeys=moves, number=st.integers(0, 24))
def test_a_date_is_over_after_its_last_instant(home: str, journeys: list[tuple[int, str]], number: int) -> None:
    zones, day = traveller(home, journeys), date(2026, 10, 13) + timedelta(days=number)
    end = zones.day_end(day)
    assert zones.day_of(end) > day
    assert zones.day_of(end - timedelta(microseconds=1)) <= day
    later = [zones.day_of(end + timedelta(hours=hour)) for hour in range(72)]
    assert min(later) > day
