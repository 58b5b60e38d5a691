"""The writer's queue when it is full; starting and stopping."""

import asyncio
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Connection, event

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.errors import Unavailable
from laurels.ledger.writer import Posted, Writer
from ledger.lanes import entries, gathering, held, lane_of, wait_until
from ledger.toy import (
    NOON,
    Grant,
    proposed,
    writing,
)


def test_full_queue_is_unavailable_with_a_time_to_come_back(toys: Database) -> None:
    with writing(toys, batch=2) as writer, gathering(writer):
        lane = lane_of(writer)
        threads = [Thread(target=writer.post_now, args=(proposed(Grant(1, 1)),)) for _ in range(lane.capacity)]
        for thread in threads:
            thread.start()
        wait_until(lambda: lane.is_full)
        with pytest.raises(Unavailable) as refused:
            writer.post_now(proposed(Grant(1, 100)))
        assert refused.value.fields == {"retry_after_seconds": 1}
        with pytest.raises(Unavailable):
            asyncio.run(writer.post(proposed(Grant(1, 100))))
    for thread in threads:
        thread.join(30)
    assert held(toys) == 8


def test_post_all_waits_for_a_queue_that_others_filled(toys: Database) -> None:
    """An import died of the others' load: it waited only where its own proposals were the ones queued."""
    with writing(toys, batch=2) as writer:
        results: list[Any] = []
        importing = Thread(target=lambda: results.extend(writer.post_all([proposed(Grant(1, 100))])))
        with gathering(writer):
            lane = lane_of(writer)
            threads = [Thread(target=writer.post_now, args=(proposed(Grant(1, 1)),)) for _ in range(lane.capacity)]
            for thread in threads:
                thread.start()
            wait_until(lambda: lane.is_full)
            importing.start()
            Event().wait(0.05)
            assert results == []
        for thread in (*threads, importing):
            thread.join(30)
    assert [type(outcome) for outcome in results] == [Posted]
    assert held(toys) == 108


def test_post_all_yields_while_its_own_fill_the_queue(toys: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(toys, batch=1) as writer:
        lane = lane_of(writer)
        full = iter([False, False, True, False])
        monkeypatch.setattr(type(lane), "is_full", property(lambda self: next(full, False)))
        assert [outcome.entry for outcome in writer.post_all(proposed(Grant(1, 1)) for _ in range(4))] == [1, 2, 3, 4]


def test_post_all_after_stopping_gives_unavailable(writer: Writer) -> None:
    writer.stop()
    assert list(writer.post_all([proposed(Grant(1, 1)), proposed(Grant(1, 1))])) == [Unavailable(), Unavailable()]


# Starting and stopping


def test_stop_drains_and_refuses_what_comes(toys: Database) -> None:
    with writing(toys, batch=4) as writer:
        outcomes: list[Any] = []
        threads = [Thread(target=lambda: outcomes.append(writer.post_now(proposed(Grant(1, 1))))) for _ in range(10)]
        with gathering(writer) as gate:
            for thread in threads:
                thread.start()
            wait_until(lambda: lane_of(writer)._queue.qsize() == 10)
            stopping = Thread(target=writer.stop)
            stopping.start()
            wait_until(lambda: not writer.is_running)
            with pytest.raises(Unavailable):
                writer.post_now(proposed(Grant(1, 100)))
            gate.open()
        for thread in (*threads, stopping):
            thread.join(30)
        assert not any(thread.is_alive() for thread in (*threads, stopping))
    assert len(outcomes) == 10
    assert (held(toys), entries(toys)) == (10, 11)


def test_stop_from_several_threads_at_once_ends(toys: Database) -> None:
    """Two marks in the queue kept the thread turning for ever."""
    with writing(toys) as writer:
        with gathering(writer) as gate:
            stopping = [Thread(target=writer.stop) for _ in range(4)]
            for thread in stopping:
                thread.start()
            wait_until(lambda: not writer.is_running)
            gate.open()
        for thread in stopping:
            thread.join(30)
        assert not any(thread.is_alive() for thread in stopping)


def test_start_and_stop_twice_do_nothing_more(toys: Database) -> None:
    writer = Writer(toys, FixedClock(NOON))
    assert not writer.is_running
    writer.start()
    writer.start()
    assert writer.is_running
    writer.stop()
    writer.stop()
    writer.start()
    assert not writer.is_running


def test_stop_without_start_turns_the_waiting_away(toys: Database) -> None:
    """They waited for a thread that never came."""
    writer = Writer(toys, FixedClock(NOON))
    outcomes: list[Exception] = []

    def post() -> None:
        try:
            writer.post_now(proposed(Grant(1, 1)))
        except Unavailable as refusal:
            outcomes.append(refusal)

    threads = [Thread(target=post) for _ in range(3)]
    for thread in threads:
        thread.start()
    wait_until(lambda: sum(lane._queue.qsize() for lane in writer._lanes) == 3)
    writer.stop()
    for thread in threads:
        thread.join(30)
    assert outcomes == [Unavailable()] * 3
    assert held(toys) == 0


def test_posting_before_start_waits_for_it(toys: Database) -> None:
    writer = Writer(toys, FixedClock(NOON))
    outcomes: list[Any] = []
    thread = Thread(target=lambda: outcomes.append(writer.post_now(proposed(Grant(1, 1)))))
    thread.start()
    wait_until(lambda: sum(lane._queue.qsize() for lane in writer._lanes) == 1)
    writer.start()
    thread.join(30)
    writer.stop()
    assert [outcome.entry for outcome in outcomes] == [1]


def test_full_disk_is_told_in_the_log_and_passes(sqlite_toys: tuple[Database, str], caplog: pytest.LogCaptureFixture) -> None:
    database, _ = sqlite_toys
    with database.read.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    limits = [pages]

    @event.listens_for(database.write, "begin")
    def fill(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={limits[-1]}")

    with writing(database) as writer:
        with pytest.raises(Unavailable):
            for number in range(1, 2_000):
                writer.post_now(proposed(Grant(number, 1)))
        stood = entries(database)
        limits.append(pages * 10)
        writer.post_now(proposed(Grant(1, 1)))
    assert "OperationalError: database or disk is full" in caplog.text
    assert entries(database) == stood + 1
