"""What is a step of a quest, and when one may be begun."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from laurels.products.progress.rules import (
    MAX_DAILIES,
    OPEN_TYPES,
    ActivityType,
    Closed,
    Quest,
    QuestStatus,
    QuestType,
    begins_again_at,
    is_open,
    may_begin,
    run_ends_at,
    status_of,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MIDNIGHT = NOON + timedelta(hours=12)
HOUR = timedelta(hours=1)
QUIZ = frozenset({ActivityType.QUIZ_COMPLETE})


@dataclass(frozen=True)
class Begun:
    status: str
    ends_at: datetime | None = None
    completed_at: datetime | None = None


def quest(**fields: Any) -> Quest:
    given: dict[str, Any] = {"id": UUID(int=1), "quest_type": QuestType.SIDE, "topic": None, "points_reward": 50, "steps": 5}
    return Quest(**given | {"activity_types": QUIZ} | fields)


DONE = Begun("completed", completed_at=NOON)
DAILY = quest(quest_type=QuestType.DAILY)


@pytest.mark.parametrize(
    ("of", "kind", "topic", "is_step"),
    [
        (quest(), ActivityType.QUIZ_COMPLETE, None, True),
        (quest(), ActivityType.QUIZ_COMPLETE, "chemistry", True),
        (quest(), ActivityType.COMMENT, None, False),
        (quest(topic="chemistry"), ActivityType.QUIZ_COMPLETE, "chemistry", True),
        (quest(topic="chemistry"), ActivityType.QUIZ_COMPLETE, "poetry", False),
        (quest(topic="chemistry"), ActivityType.QUIZ_COMPLETE, None, False),
        (quest(activity_types=None), ActivityType.QUIZ_COMPLETE, None, False),
    ],
)
def test_a_step_is_of_its_types_and_its_topic(of: Quest, kind: ActivityType, topic: str | None, is_step: bool) -> None:
    assert (of.takes(kind) and of.is_about(topic)) is is_step


def test_no_types_are_all_but_the_systems() -> None:
    assert {kind for kind in ActivityType if quest(activity_types=frozenset()).takes(kind)} == set(OPEN_TYPES)


@pytest.mark.parametrize(
    ("fields", "open_now"),
    [
        ({}, True),
        ({"is_active": False}, False),
        ({"starts_at": NOON}, True),
        ({"starts_at": NOON + timedelta(microseconds=1)}, False),
        ({"ends_at": NOON}, False),
        ({"ends_at": NOON + timedelta(microseconds=1)}, True),
    ],
)
def test_a_quest_is_open_between_its_dates(fields: dict[str, Any], open_now: bool) -> None:
    assert is_open(quest(**fields), NOON) is open_now
    assert (may_begin(quest(**fields), None, NOON) is Closed.NOT_OPEN) is not open_now


@pytest.mark.parametrize(
    ("run", "status"),
    [
        (None, QuestStatus.NOT_STARTED),
        (Begun("in_progress"), QuestStatus.IN_PROGRESS),
        (Begun("in_progress", ends_at=NOON + HOUR), QuestStatus.IN_PROGRESS),
        (Begun("in_progress", ends_at=NOON), QuestStatus.EXPIRED),
        (Begun("expired", ends_at=NOON), QuestStatus.EXPIRED),
        (Begun("completed", ends_at=NOON, completed_at=NOON), QuestStatus.COMPLETED),
    ],
)
def test_a_run_whose_time_has_passed_is_expired(run: Begun | None, status: QuestStatus) -> None:
    assert status_of(run, NOON) is status


@pytest.mark.parametrize(
    ("of", "run", "at", "closed"),
    [
        (quest(), None, NOON, None),
        (quest(), Begun("in_progress"), NOON, Closed.IN_PROGRESS),
        (quest(), Begun("in_progress", ends_at=NOON), NOON, None),
        (quest(), Begun("expired", ends_at=NOON), NOON, None),
        (quest(), DONE, NOON + 1000 * HOUR, Closed.ONCE),
        (quest(cooldown_hours=24), DONE, NOON + 23 * HOUR, Closed.COOLDOWN),
        (quest(cooldown_hours=24), DONE, NOON + 24 * HOUR, None),
        (DAILY, Begun("completed", ends_at=MIDNIGHT, completed_at=NOON), MIDNIGHT - HOUR, Closed.COOLDOWN),
        (DAILY, Begun("completed", ends_at=MIDNIGHT, completed_at=NOON), MIDNIGHT, None),
        (quest(ends_at=NOON), DONE, NOON, Closed.NOT_OPEN),
    ],
)
def test_a_quest_may_be_begun_once_or_after_its_cooldown(of: Quest, run: Begun | None, at: datetime, closed: Closed | None) -> None:
    assert may_begin(of, run, at) is closed


def test_what_was_not_completed_has_no_cooldown() -> None:
    assert begins_again_at(quest(cooldown_hours=24), None) is None
    assert begins_again_at(quest(cooldown_hours=24), Begun("expired")) is None
    assert begins_again_at(quest(cooldown_hours=24), DONE) == NOON + 24 * HOUR


@pytest.mark.parametrize(
    ("of", "ends"),
    [
        (quest(), None),
        (quest(ends_at=NOON + 99 * HOUR), NOON + 99 * HOUR),
        (DAILY, MIDNIGHT),
        (quest(quest_type=QuestType.DAILY, ends_at=NOON + HOUR), NOON + HOUR),
        (quest(quest_type=QuestType.DAILY, ends_at=NOON + 99 * HOUR), MIDNIGHT),
    ],
)
def test_a_daily_run_is_over_with_the_local_day(of: Quest, ends: datetime | None) -> None:
    assert run_ends_at(of, MIDNIGHT) == ends


def test_three_dailies_a_day() -> None:
    assert MAX_DAILIES == 3
