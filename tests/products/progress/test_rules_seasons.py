"""Multipliers of a season: which applies, and what it gives."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
import pytest

from laurels.products.progress.rules import SYSTEM_TYPES, ActivityType, Multiplier, Season, multiplied, read_multipliers, write_multipliers

BEGIN, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUIZ = ActivityType.QUIZ_COMPLETE


def season(*multipliers: Multiplier) -> Season:
    return Season(UUID(int=1), BEGIN, END, multipliers)


def multiplier(percent: int = 200, **fields: Any) -> Multiplier:
    return Multiplier(percent=percent, **fields)


def points(of: Season | None, amount: int = 101, kind: ActivityType = QUIZ, topic: str | None = None, at: datetime = NOON) -> int:
    return multiplied(amount, of, kind, topic, at)


def test_without_a_season_or_a_multiplier_points_stay() -> None:
    assert points(None) == points(season()) == 101


def test_points_are_rounded_down() -> None:
    assert points(season(multiplier(150))) == 151
    assert points(season(multiplier(150)), 1) == 1


def test_the_largest_that_applies_multiplies_alone() -> None:
    assert points(season(multiplier(150), multiplier(300), multiplier(200))) == 303
    assert points(season(multiplier(150), multiplier(300, activity_types=(ActivityType.COMMENT,)))) == 151


@pytest.mark.parametrize("kind", sorted(SYSTEM_TYPES))
def test_what_only_the_system_awards_is_never_multiplied(kind: ActivityType) -> None:
    assert points(season(multiplier()), kind=kind) == 101


def test_a_topic_multiplies_its_activities_alone() -> None:
    of = season(multiplier(topic="chemistry"))
    assert [points(of, topic=topic) for topic in ("chemistry", "poetry", None)] == [202, 101, 101]


def test_its_own_dates_bound_it() -> None:
    of, tick = season(multiplier(starts_at=NOON, ends_at=NOON + timedelta(hours=1))), timedelta(microseconds=1)
    instants = (NOON - tick, NOON, NOON + timedelta(hours=1) - tick, NOON + timedelta(hours=1))
    assert [points(of, at=at) for at in instants] == [101, 202, 202, 101]


def test_multipliers_are_written_and_read_exactly() -> None:
    kept = (multiplier(150, activity_types=(QUIZ,), topic="chemistry", starts_at=NOON), multiplier(ends_at=END))
    assert read_multipliers(write_multipliers(kept)) == kept
    assert read_multipliers("[]") == ()


@pytest.mark.parametrize(
    "body",
    [
        {"percent": 100},
        {"percent": 1001},
        {"percent": "200"},
        {"percent": 200, "activity_types": ["decay"]},
        {"percent": 200, "activity_types": ["comment", "comment"]},
        {"percent": 200, "starts_at": END, "ends_at": END},
        {"percent": 200, "starts_at": datetime(2026, 11, 20)},  # noqa: DTZ001  # without a zone
        {"percent": 200, "factor": 2},
    ],
)
def test_what_multiplies_nothing_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Multiplier.model_validate(body)


def test_the_example_is_right() -> None:
    assert Multiplier.model_validate(Multiplier.model_json_schema()["examples"][0]).percent == 200


@given(amount=st.integers(0, 10**9), percents=st.lists(st.integers(101, 1_000), max_size=4))
def test_a_season_never_gives_less(amount: int, percents: list[int]) -> None:
    given_points = points(season(*(multiplier(percent) for percent in percents)), amount)
    assert amount <= given_points <= amount * 10
    assert given_points * 100 <= amount * max(percents, default=100) < (given_points + 1) * 100
