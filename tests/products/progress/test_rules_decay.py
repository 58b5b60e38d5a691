"""What inactivity costs, and when."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
import pytest

from laurels.products.progress.rules import Decay, Rules, announce_from, bites, decay_amount, decays_from, floor_of, preset, tier_index
from laurels.products.progress.rules.decay import MAX_BITES

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
DECAY = Decay(after_days=90, every_days=30, percent=10, notice_days=14)


def rules(percent: int = 10) -> Rules:
    return preset("thrive").model_copy(update={"decay": DECAY.model_copy(update={"percent": percent})})


def test_points_do_not_decay_by_default() -> None:
    assert decay_amount(preset("thrive"), 10_000) == 0


@pytest.mark.parametrize(
    ("total", "lost"),
    [(0, 0), (9, 0), (10, 1), (249, 24), (250, 0), (251, 1), (275, 25), (300, 30), (2_500, 0), (2_501, 1), (5_000, 500)],
)
def test_a_percentage_is_lost_and_never_the_tier(total: int, lost: int) -> None:
    assert decay_amount(rules(), total) == lost


@given(total=st.integers(0, 10**12), percent=st.integers(1, 100))
def test_decay_takes_no_more_than_there_is_above_the_tier(total: int, percent: int) -> None:
    of = rules(percent)
    lost = decay_amount(of, total)
    assert 0 <= lost <= total - floor_of(of, total)
    assert tier_index(of, total - lost) == tier_index(of, total)


def test_it_is_announced_its_notice_ahead() -> None:
    assert announce_from(DECAY, NOON) == NOON + 76 * DAY


def test_it_begins_when_it_was_due_and_never_sooner_than_its_notice() -> None:
    assert decays_from(DECAY, NOON, NOON + 76 * DAY) == NOON + 90 * DAY
    assert decays_from(DECAY, NOON, NOON + 80 * DAY) == NOON + 94 * DAY


def test_it_comes_again_and_again() -> None:
    first = NOON + 90 * DAY
    tick = timedelta(microseconds=1)
    assert bites(DECAY, first, until=first - tick) == ()
    assert bites(DECAY, first, until=first) == (first,)
    assert bites(DECAY, first, until=first + 60 * DAY - tick) == (first, first + 30 * DAY)
    assert bites(DECAY, first, until=first + 60 * DAY) == (first, first + 30 * DAY, first + 60 * DAY)


def test_a_late_job_does_a_bounded_part() -> None:
    often = DECAY.model_copy(update={"every_days": 1})
    found = bites(often, NOON, until=NOON + 2 * MAX_BITES * DAY)
    assert (len(found), found[-1]) == (MAX_BITES, NOON + (MAX_BITES - 1) * DAY)
