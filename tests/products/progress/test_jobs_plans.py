"""Sweeps find what is due through an index, however many there are for whom nothing is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from laurels.identity.sessions import Use, sessions_used
from laurels.products.progress.queries.due import due_bonuses, due_decay, expired_runs
from laurels.products.progress.rules import DEFAULT_PRESET, Decay, preset
from products.progress.circle import Circle
from support.plans import Plans

FADING = preset(DEFAULT_PRESET).model_copy(update={"decay": Decay(after_days=90, every_days=30, percent=5, notice_days=14)})


def sessions(connection: Connection, circle: Circle) -> None:
    """A second page of the sessions that were used lately."""
    now, who = circle.clock.at, circle.make_member("7").id
    sessions_used(connection, now - timedelta(minutes=30), after=Use(who, who, "UTC", now, now), limit=500)


SWEEPS: dict[str, Callable[[Connection, Circle], object]] = {
    "ix_streak_bonus_due": lambda connection, circle: due_bonuses(connection, circle.clock.at, after=None, limit=500),
    "ix_member_quest_ends_at": lambda connection, circle: expired_runs(connection, circle.clock.at, limit=500),
    "ix_member_progress_decay_from": lambda connection, circle: due_decay(connection, FADING, circle.clock.at, after=None, limit=500),
    "ix_member_session_last_used_at": sessions,
}


@pytest.mark.parametrize("index", sorted(SWEEPS))
def test_sweep_reads_what_is_due_through_its_index(circle: Circle, index: str) -> None:
    plans = Plans(circle.database.read)
    with circle.database.read.connect() as connection:
        SWEEPS[index](connection, circle)
    # Of a handful of rows PostgreSQL would sort those that it found by another index.
    in_order = index in ("ix_member_session_last_used_at", "ix_streak_bonus_due")
    steps = [step for _, step in plans.steps(without=("seqscan", "bitmapscan", "sort") if in_order else ("seqscan",))]
    assert any(index in step for step in steps), steps
