"""Which caps an award runs into, and in which window."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from laurels.products.progress.rules import ActivityType, CapInPlay, Rules, Source, caps_in_play, preset

UTC_ZONE, MADRID, TOKYO = ZoneInfo("UTC"), ZoneInfo("Europe/Madrid"), ZoneInfo("Asia/Tokyo")
AT = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)  # a Friday
CLIPPING = {"name": "week", "window": "week", "points": 500, "mode": "clip", "applies_to": "all"}


def rules(*caps: dict[str, Any]) -> Rules:
    body = preset("thrive").model_dump(mode="json")
    return Rules.model_validate(body | {"caps": list(caps)})


def test_comments_and_reactions_that_members_claim_are_capped_by_default() -> None:
    usual, tomorrow = preset("thrive"), datetime(2026, 11, 21, tzinfo=UTC)
    assert caps_in_play(usual, ActivityType.COMMENT, Source.SELF, AT, UTC_ZONE) == (
        CapInPlay("comments", "2026-11-20", 100, clips=False, resets_at=tomorrow),
    )
    assert caps_in_play(usual, ActivityType.REACTION, "self", AT, UTC_ZONE) == (
        CapInPlay("reactions", "2026-11-20", 50, clips=False, resets_at=tomorrow),
    )
    assert caps_in_play(usual, ActivityType.QUIZ_COMPLETE, Source.SELF, AT, UTC_ZONE) == ()


@pytest.mark.parametrize("source", [source for source in Source if source is not Source.SELF])
def test_what_others_say_counts_only_where_a_cap_says_so(source: Source) -> None:
    assert caps_in_play(preset("thrive"), ActivityType.COMMENT, source, AT, UTC_ZONE) == ()
    assert [cap.name for cap in caps_in_play(rules(CLIPPING), ActivityType.COMMENT, source, AT, UTC_ZONE)] == ["week"]


def test_a_cap_without_types_counts_all_but_the_systems() -> None:
    counted = {kind for kind in ActivityType if caps_in_play(rules(CLIPPING), kind, Source.SELF, AT, UTC_ZONE)}
    assert counted == {kind for kind in ActivityType if not kind.is_system}


@pytest.mark.parametrize(
    ("window", "zone", "name", "resets_at"),
    [
        ("day", UTC_ZONE, "2026-11-20", "2026-11-21T00:00"),
        ("day", MADRID, "2026-11-20", "2026-11-20T23:00"),
        ("day", TOKYO, "2026-11-21", "2026-11-21T15:00"),
        ("week", UTC_ZONE, "2026-W47", "2026-11-23T00:00"),
        ("week", MADRID, "2026-W47", "2026-11-22T23:00"),
        ("month", UTC_ZONE, "2026-11", "2026-12-01T00:00"),
        ("month", TOKYO, "2026-11", "2026-11-30T15:00"),
    ],
)
def test_windows_are_those_of_the_communitys_zone(window: str, zone: ZoneInfo, name: str, resets_at: str) -> None:
    (cap,) = caps_in_play(rules(CLIPPING | {"window": window}), ActivityType.COMMENT, Source.STAFF, AT, zone)
    assert (cap.window, cap.resets_at) == (name, datetime.fromisoformat(resets_at).replace(tzinfo=UTC))
    assert cap.clips


def test_a_week_on_its_monday_and_its_sunday_is_the_same() -> None:
    windows = [
        caps_in_play(rules(CLIPPING), ActivityType.COMMENT, Source.STAFF, datetime(2026, 11, day, 12, tzinfo=UTC), UTC_ZONE)[0]
        for day in (16, 22, 23)
    ]
    assert windows[0] == windows[1]
    assert windows[2].window == "2026-W48"
