"""The coalesced look-up: right, at once, and few statements."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
import threading
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, select, text, update

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.errors import Unavailable
from laurels.core.ids import UUID, new_id
from laurels.identity import lookup as lookup_module
from laurels.identity import session_lookup
from laurels.identity.session_lookup import TOUCH_AFTER, SessionLookup, Standing
from laurels.identity.sessions import Origin, end_session, end_sessions, purge_sessions, start_session
from laurels.identity.tables import Member, member, member_session
from laurels.identity.tokens import Keys
from support.members import MemberMaker

KEYS = Keys.of(b"k" * 32)


@pytest.fixture
def lookup(database: Database, clock: FixedClock) -> Iterator[SessionLookup]:
    made = SessionLookup(database, clock, session_days=30)
    made.start()
    yield made
    made.stop()


def begin(database: Database, clock: FixedClock, who: Member, via: str = "bearer") -> UUID:
    with database.write.begin() as connection:
        started = start_session(connection, KEYS, member_id=who.id, via=via, origin=Origin(), now=clock.now(), days=30)
    return started.session.id


def find(lookup: SessionLookup, session_id: UUID) -> Standing | None:
    return asyncio.run(lookup.find(session_id))


def test_a_live_session_gives_its_member(database: Database, clock: FixedClock, lookup: SessionLookup, make_member: MemberMaker) -> None:
    who = make_member("7", role="staff", display_name='Ana "Ñ" 🐢', time_zone="Asia/Kolkata", locale="es")
    session_id = begin(database, clock, who, via="cookie")
    found = find(lookup, session_id)
    assert found is not None
    assert (found.session_id, found.member_id, found.via) == (session_id, who.id, "cookie")
    assert (found.role, found.student_id, found.display_name) == ("staff", "7", 'Ana "Ñ" 🐢')
    assert (found.time_zone, found.locale, len(found.secret_hash)) == ("Asia/Kolkata", "es", 64)


def test_what_ends_a_session_counts_from_the_next_request(
    database: Database, clock: FixedClock, lookup: SessionLookup, make_member: MemberMaker
) -> None:
    who = make_member()
    kept, ended = begin(database, clock, who), begin(database, clock, who)
    assert find(lookup, ended) is not None
    with database.write.begin() as connection:
        assert end_session(connection, member_id=who.id, session_id=ended)
        assert not end_session(connection, member_id=uuid4(), session_id=kept)
    assert find(lookup, ended) is None
    assert find(lookup, kept) is not None
    with database.write.begin() as connection:
        assert end_sessions(connection, who.id) == 1
    assert find(lookup, kept) is None
    assert find(lookup, new_id()) is None


@pytest.mark.parametrize("status", ["suspended", "deleted"])
def test_sessions_of_inactive_members_open_nothing(
    database: Database, clock: FixedClock, lookup: SessionLookup, make_member: MemberMaker, status: str
) -> None:
    who = make_member(username=None, email=None, full_name="")
    session_id = begin(database, clock, who)
    with database.write.begin() as connection:
        connection.execute(update(member).where(member.c.id == who.id).values(status=status))
    assert find(lookup, session_id) is None


def test_a_session_ends_at_its_instant_and_use_moves_it(database: Database, clock: FixedClock, make_member: MemberMaker) -> None:
    session_id = begin(database, clock, make_member())

    def asked_after(span: timedelta) -> Standing | None:
        clock.advance(span)
        lookup = SessionLookup(database, clock, session_days=30)
        lookup.start()
        try:
            return find(lookup, session_id)
        finally:
            lookup.stop()  # waits for the note of its use

    assert asked_after(TOUCH_AFTER) is not None
    assert _last_used(database, session_id) == clock.now() - TOUCH_AFTER, "noted although it was used just now"
    assert asked_after(timedelta(microseconds=1)) is not None
    assert _last_used(database, session_id) == clock.now()
    assert asked_after(timedelta(days=30, microseconds=-1)) is not None
    assert asked_after(timedelta(days=30)) is None
    with database.write.begin() as connection:
        assert purge_sessions(connection, now=clock.now() - timedelta(microseconds=1)) == 0
        assert purge_sessions(connection, now=clock.now()) == 1


def _last_used(database: Database, session_id: UUID) -> object:
    with database.read.connect() as connection:
        return connection.execute(select(member_session.c.last_used_at).where(member_session.c.id == session_id)).scalar_one()


def test_requests_that_arrive_together_share_a_statement(
    database: Database, clock: FixedClock, lookup: SessionLookup, make_member: MemberMaker
) -> None:
    sessions = [begin(database, clock, make_member()) for _ in range(20)]
    asked = sessions * 10 + [new_id()]

    async def all_at_once() -> list[Standing | None]:
        return list(await asyncio.gather(*(lookup.find(session_id) for session_id in asked)))

    seen: list[str] = []
    event.listen(database.read, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement))
    found = asyncio.run(all_at_once())
    assert [one and one.session_id for one in found] == [*(sessions * 10), None]
    assert len([statement for statement in seen if "member_session" in statement]) == lookup.statements <= 3


def test_several_event_loops_are_answered(database: Database, clock: FixedClock, lookup: SessionLookup, make_member: MemberMaker) -> None:
    session_id = begin(database, clock, make_member())
    answers: list[Standing | None] = []
    threads = [threading.Thread(target=lambda: answers.append(find(lookup, session_id))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one and one.session_id for one in answers] == [session_id] * 8


def test_whoever_goes_away_harms_nobody(database: Database, clock: FixedClock, lookup: SessionLookup, make_member: MemberMaker) -> None:
    session_id = begin(database, clock, make_member())

    async def some_leave() -> Standing | None:
        leaving = [asyncio.ensure_future(lookup.find(session_id)) for _ in range(5)]
        staying = asyncio.ensure_future(lookup.find(session_id))
        await asyncio.sleep(0)
        for task in leaving:
            task.cancel()
        return await staying

    assert asyncio.run(some_leave()) is not None
    loop = asyncio.new_event_loop()
    loop.run_until_complete(asyncio.wait([loop.create_task(lookup.find(session_id))], timeout=0))
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    assert find(lookup, session_id) is not None


def test_a_lost_connection_is_replaced(database: Database, clock: FixedClock, lookup: SessionLookup, make_member: MemberMaker) -> None:
    session_id = begin(database, clock, make_member())
    opened: list[Any] = []
    event.listen(database.read, "checkout", lambda connection, *_: opened.append(connection))
    assert find(lookup, session_id) is not None
    assert opened, "the look-up took its connection before this test could see it"
    for connection in opened:
        connection.close()
    assert find(lookup, session_id) is not None


def test_a_database_that_fails_is_told_as_unavailable(
    database: Database, clock: FixedClock, lookup: SessionLookup, make_member: MemberMaker
) -> None:
    session_id = begin(database, clock, make_member())
    with database.write.begin() as connection:
        connection.execute(text("ALTER TABLE member_session RENAME TO elsewhere"))
    with pytest.raises(Unavailable):
        find(lookup, session_id)
    with database.write.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO member_session"))
    assert find(lookup, session_id) is not None


def test_a_mistake_of_ours_answers_all_who_wait(
    database: Database, clock: FixedClock, lookup: SessionLookup, make_member: MemberMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = begin(database, clock, make_member())

    def broken(row: object) -> Standing:
        raise KeyError("a mistake")

    with monkeypatch.context() as patch:
        patch.setattr(session_lookup, "_standing", broken)
        with pytest.raises(KeyError):
            find(lookup, session_id)
    assert find(lookup, session_id) is not None


def test_the_queue_is_bounded_and_stopping_answers_who_waits(
    database: Database, clock: FixedClock, make_member: MemberMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = begin(database, clock, make_member())
    monkeypatch.setattr(lookup_module, "MAX_WAITING", 3)
    monkeypatch.setattr(lookup_module, "MAX_BATCH", 2)
    lookup = SessionLookup(database, clock, session_days=30)

    async def overfill() -> list[Standing | None]:
        waiting = [asyncio.ensure_future(lookup.find(session_id)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await lookup.find(session_id)
        lookup.start()
        with pytest.raises(RuntimeError):
            lookup.start()
        await asyncio.get_running_loop().run_in_executor(None, lookup.stop)
        with pytest.raises(Unavailable):
            await lookup.find(session_id)
        return list(await asyncio.gather(*waiting))

    found = asyncio.run(overfill())
    assert [one and one.session_id for one in found] == [session_id] * 3
    assert lookup.statements == 2
    lookup.stop()
