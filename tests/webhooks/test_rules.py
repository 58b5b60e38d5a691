"""When a delivery is tried again, and when it isn't."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from laurels.webhooks.rules import (
    MAX_RETRY_AFTER,
    MAX_TRIES,
    PATIENCE,
    RETRY_AFTER,
    Answer,
    DeliveryStatus,
    DisabledReason,
    Failure,
    failure_of,
    judge,
    pause_after,
)

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ID = UUID("01a1f890-e37a-73f9-9bad-95b6014a4f20")


def test_tries_reach_over_three_days() -> None:
    assert sum(RETRY_AFTER, timedelta()) == timedelta(hours=71, minutes=35, seconds=5)
    assert MAX_TRIES == 10
    for _ in range(200):
        whole = sum((pause_after(tries, delivery=uuid4()) for tries in range(1, MAX_TRIES)), timedelta())
        assert timedelta(hours=64) <= whole <= timedelta(hours=79)


@pytest.mark.parametrize("tries", range(1, MAX_TRIES))
def test_pause_is_the_schedules_give_or_take_a_tenth_and_always_the_same(tries: int) -> None:
    drawn = {pause_after(tries, delivery=UUID(int=number)) for number in range(300)}
    wanted = RETRY_AFTER[tries - 1]
    assert all(0.9 * wanted <= pause <= 1.1 * wanted for pause in drawn)
    assert len(drawn) > 100, "what failed together is spread"
    assert pause_after(tries, delivery=ID) == pause_after(tries, delivery=ID)


@pytest.mark.parametrize(("status", "failure"), [(199, Failure.STATUS), (200, None), (204, None), (299, None), (301, Failure.REDIRECT)])
def test_only_2xx_is_a_success(status: int, failure: Failure | None) -> None:
    assert failure_of(status) is failure


@pytest.mark.parametrize("status", [308, 400, 404, 429, 500, 503])
def test_whatever_else_is_tried_again(status: int) -> None:
    verdict = judge(Answer(status, failure_of(status), 5), delivery=ID, tries=1, now=NOW, last_success_at=None)
    assert verdict.status is DeliveryStatus.FAILED and verdict.disables is None
    assert verdict.next_try_at == NOW + pause_after(1, delivery=ID)


def test_gone_is_gone() -> None:
    verdict = judge(Answer(410, Failure.STATUS, 5), delivery=ID, tries=1, now=NOW, last_success_at=NOW)
    assert (verdict.status, verdict.next_try_at, verdict.disables) == (DeliveryStatus.DEAD, None, DisabledReason.GONE)


@pytest.mark.parametrize(
    ("last_success_at", "disables"),
    [(None, DisabledReason.FAILING), (NOW - PATIENCE, DisabledReason.FAILING), (NOW - PATIENCE + timedelta(seconds=1), None)],
)
def test_last_try_disables_where_nothing_arrived_for_three_days(last_success_at: datetime | None, disables: DisabledReason | None) -> None:
    answer = Answer(None, Failure.TIMEOUT, 15_000)
    verdict = judge(answer, delivery=ID, tries=MAX_TRIES, now=NOW, last_success_at=last_success_at)
    assert (verdict.status, verdict.disables) == (DeliveryStatus.DEAD, disables)
    before = judge(answer, delivery=ID, tries=MAX_TRIES - 1, now=NOW, last_success_at=last_success_at)
    assert (before.status, before.disables) == (DeliveryStatus.FAILED, None)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_heeded_up_to_a_day(status: int) -> None:
    def pause(asked: timedelta) -> timedelta:
        answer = Answer(status, Failure.STATUS, 5, retry_after=asked)
        at = judge(answer, delivery=ID, tries=1, now=NOW, last_success_at=None).next_try_at
        assert at is not None
        return at - NOW

    assert pause(timedelta(minutes=3)) == timedelta(minutes=3)
    assert pause(timedelta(seconds=1)) == pause_after(1, delivery=ID), "it may wait longer than asked"
    assert pause(timedelta(days=400)) == MAX_RETRY_AFTER


def test_retry_after_means_nothing_with_other_answers() -> None:
    answer = Answer(500, Failure.STATUS, 5, retry_after=timedelta(hours=3))
    assert judge(answer, delivery=ID, tries=1, now=NOW, last_success_at=None).next_try_at == NOW + pause_after(1, delivery=ID)
