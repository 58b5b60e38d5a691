"""What has run out is tidied away, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.identity.jobs import tidy_identity
from laurels.identity.parts import Identity, open_identity
from laurels.identity.sessions import Origin, start_session
from laurels.identity.tables import member_session, sign_in_attempt
from laurels.identity.throttle import WINDOW, count_attempt, forgive_attempt
from laurels.jobs import JobContext
from laurels.ledger.writer import Writer
from support.members import MemberMaker


@pytest.fixture
def identity(settings: Settings, database: Database, clock: FixedClock) -> Iterator[Identity]:
    opened = open_identity(settings, database, clock)
    yield opened
    opened.stop()


def tidy(identity: Identity) -> int:
    writer = Writer(identity.database, identity.clock)
    now = identity.now()
    parts = {"settings": identity.settings, "clock": identity.clock, "database": identity.database, "writer": writer}
    return tidy_identity(JobContext(**parts, now=now, period="", due_at=now, is_stopping=lambda: False))


def test_expired_sessions_and_old_attempts_go(identity: Identity, database: Database, clock: FixedClock, make_member: MemberMaker) -> None:
    who = make_member()
    with database.write.begin() as connection:
        for days in (1, 2):
            start_session(connection, identity.keys, member_id=who.id, via="cookie", origin=Origin(), now=clock.now(), days=days)
        for name in ("ana", "forgiven"):
            assert count_attempt(connection, identity.keys, name=name, address_hash=name, now=clock.now()) == 0
        forgive_attempt(connection, identity.keys, name="forgiven", address_hash="forgiven")
    assert tidy(identity) == 1, "the forgiven address counts nothing"
    clock.advance(WINDOW)
    assert tidy(identity) == 2, "name and address of ana"
    clock.advance(timedelta(days=1))
    assert tidy(identity) == 1
    assert tidy(identity) == 0
    with database.read.connect() as connection:
        assert connection.execute(select(member_session.c.expires_at)).scalars().all() == [clock.now() - WINDOW + timedelta(days=1)]
        assert connection.execute(select(sign_in_attempt)).all() == []


def test_the_wait_is_until_the_windows_end_and_refused_attempts_do_not_extend_it(
    identity: Identity, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("laurels.identity.throttle.MAX_PER_NAME", 2)

    def attempt() -> int:
        with database.write.begin() as connection:
            return count_attempt(connection, identity.keys, name="ana", address_hash="here", now=clock.now())

    assert [attempt(), attempt()] == [0, 0]
    clock.advance(timedelta(minutes=14, seconds=59, milliseconds=500))
    assert [attempt(), attempt()] == [1, 1]
    clock.advance(timedelta(milliseconds=500))
    assert attempt() == 0
