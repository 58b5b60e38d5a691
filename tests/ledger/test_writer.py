"""The writer: batches, retries, poison, a full queue, stopping."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
import logging
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.errors import Unavailable
from laurels.ledger import KeyReused, tables
from laurels.ledger import writer as writer_module
from laurels.ledger.outbox import Told
from laurels.ledger.reader import balances, verify
from laurels.ledger.writer import Posted, Writer
from ledger.toy import (
    NOON,
    Answer,
    Disliked,
    Does,
    Give,
    Grant,
    Note,
    fail,
    poison,
    proposed,
    purse,
    refuse,
    request,
    writing,
)


def held(database: Database, number: int = 1) -> int:
    """What a member's purse holds."""
    with database.read.connect() as connection:
        return balances(connection, [purse(number)])[purse(number)]


def entries(database: Database) -> int:
    """How many entries there are; the books are verified on the way."""
    with database.read.connect() as connection:
        seen = verify(connection)
        assert seen.findings == []
        return seen.entries


class Gate:
    """A decision that keeps the writer busy until it is opened, so that what follows gathers behind it."""

    def __init__(self) -> None:
        self.entered = Event()
        self._open = Event()

    def decides(self, draft: Any) -> Answer:
        self.entered.set()
        assert self._open.wait(30)
        return Answer(draft.entry, 0)

    def open(self) -> None:
        self._open.set()


@contextmanager
def gathering(writer: Writer) -> Iterator[Gate]:
    """Hold the writer in a batch of one; what is posted meanwhile makes the next batch."""
    gate = Gate()
    holder = Thread(target=lambda: writer.post_now(proposed(Does(gate.decides))))
    holder.start()
    assert gate.entered.wait(30)
    try:
        yield gate
    finally:
        gate.open()
        holder.join()


def lane_of(writer: Writer) -> Any:
    """The lane of the toys' book."""
    return writer._lane(proposed(Grant(1, 1)))


def together(writer: Writer, *decisions: Any) -> list[Any]:
    """Post decisions so that they make one batch; gives what each poster got."""
    outcomes: list[Any] = [None] * len(decisions)

    def post(place: int) -> None:
        one = decisions[place]
        try:
            outcomes[place] = writer.post_now(one if hasattr(one, "actor") else proposed(one))
        except BaseException as error:
            outcomes[place] = error

    threads = []
    with gathering(writer):
        for place in range(len(decisions)):
            before = lane_of(writer)._queue.qsize()
            threads.append(Thread(target=post, args=(place,)))
            threads[-1].start()
            wait_until(lambda before=before: lane_of(writer)._queue.qsize() > before)
    for thread in threads:
        thread.join(30)
    return outcomes


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for another thread, at most half a minute."""
    pause = Event()
    for _ in range(10_000):
        if condition():
            return
        pause.wait(0.001)
    raise AssertionError("it never came to be")


# Posting


def test_post_answers_and_commits(writer: Writer, toys: Database) -> None:
    assert asyncio.run(writer.post(proposed(Grant(1, 5)))) == Posted(Answer(1, 5), 1, False)
    assert writer.post_now(proposed(Grant(1, 5))) == Posted(Answer(2, 10), 2, False)
    assert held(toys) == 10


def test_post_raises_refusals_and_mistakes(writer: Writer) -> None:
    for post in (writer.post_now, lambda proposal: asyncio.run(writer.post(proposal))):
        with pytest.raises(Disliked):
            post(proposed(refuse()))
        with pytest.raises(KeyError):
            post(proposed(fail(KeyError("mistake"))))


def test_replays_and_reused_keys_come_through(writer: Writer) -> None:
    first = writer.post_now(proposed(Grant(1, 5), request=request("k")))
    again = writer.post_now(proposed(Grant(1, 5), request=request("k")))
    assert again == Posted(first.answer, first.entry, True)
    with pytest.raises(KeyReused):
        writer.post_now(proposed(Grant(1, 6), request=request("k", "other")))


def test_post_all_gives_outcomes_in_order(writer: Writer, toys: Database) -> None:
    decisions = [Grant(1, 1), refuse(), Grant(1, 2), fail(KeyError("mistake")), Grant(2, 1, book="joys")]
    outcomes = list(writer.post_all(proposed(one) for one in decisions))
    assert [type(outcome) for outcome in outcomes] == [Posted, Disliked, Posted, KeyError, Posted]
    assert held(toys) == 3


def test_post_all_of_more_than_the_queue_holds_keeps_order_and_memory(toys: Database) -> None:
    with writing(toys, batch=2) as writer:
        drawn = 0

        def proposals() -> Iterator[Any]:
            nonlocal drawn
            for _ in range(60):
                drawn += 1
                yield proposed(Grant(1, 1))

        outcomes = writer.post_all(proposals())
        first = next(outcomes)
        assert drawn <= 2 * writer_module.QUEUED_BATCHES, "it runs ahead of the database by a queue at most"
        assert [first.entry, *(outcome.entry for outcome in outcomes)] == list(range(1, 61))


def test_post_ahead_has_all_queued_before_the_first_outcome_is_read(toys: Database) -> None:
    with writing(toys, batch=2) as writer:
        ahead = writer.post_ahead(proposed(Grant(1, 1)) for _ in range(20))
        after = writer.post_now(proposed(Grant(1, 1)))
        assert after.entry == 21
        assert [outcome.entry for outcome in ahead] == list(range(1, 21))
        refused = writer.post_ahead([proposed(refuse()), proposed(fail(KeyError("mistake")))])
        assert [type(outcome) for outcome in refused] == [Disliked, KeyError]


def test_post_ahead_after_stopping_gives_unavailable(writer: Writer) -> None:
    writer.stop()
    assert list(writer.post_ahead([proposed(Grant(1, 1)), proposed(Grant(1, 1))])) == [Unavailable(), Unavailable()]


def test_what_gathers_meanwhile_is_one_batch(writer: Writer, toys: Database) -> None:
    outcomes = together(writer, *(Grant(1, 1) for _ in range(8)))
    assert [outcome.entry for outcome in outcomes] == list(range(2, 10))
    with toys.read.connect() as connection:
        assert [tuple(row) for row in connection.execute(select(tables.chain.c.first_sequence, tables.chain.c.last_sequence))] == [
            (1, 1),
            (2, 9),
        ]


def test_batch_takes_no_more_than_its_size(toys: Database) -> None:
    with writing(toys, batch=3) as writer:
        together(writer, *(Grant(1, 1) for _ in range(8)))
    with toys.read.connect() as connection:
        assert [row.last_sequence for row in connection.execute(select(tables.chain))] == [1, 4, 7, 9]


def test_lanes_share_the_books(toys: Database) -> None:
    with writing(toys, lanes=3) as writer:
        assert len(writer._lanes) == (1 if toys.is_sqlite else 3)
        books = [f"book-{number}" for number in range(8)]
        for book in books * 2:
            writer.post_now(proposed(Grant(1, 1, book=book)))
        assert writer.is_running
    assert entries(toys) == 16


# Facts


def test_listeners_hear_the_facts_of_each_commit(writer: Writer) -> None:
    heard: list[Sequence[Told]] = []
    writer.listen(heard.append)
    writer.post_now(proposed(Grant(1, 5)))
    writer.post_now(proposed(Give(UUID(int=1), 1, 2, 5)))
    writer.stop()
    assert [[(fact.sequence, fact.name) for fact in facts] for facts in heard] == [[(2, "toy.gave")]]


def test_listener_with_a_mistake_stops_nobody(writer: Writer, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Sequence[Told]] = []

    def breaks(facts: Sequence[Told]) -> None:
        raise RuntimeError("listener")

    writer.listen(breaks)
    writer.listen(heard.append)
    writer.post_now(proposed(Grant(1, 10)))
    for number in (1, 2):
        writer.post_now(proposed(Give(UUID(int=number), 1, 2, 5)))
    writer.stop()
    assert len(heard) == 2
    assert "a listener failed" in caplog.text


# Poison


def test_poison_fails_alone(writer: Writer, toys: Database) -> None:
    outcomes = together(writer, Grant(1, 1), poison(1), Grant(1, 2), Grant(1, 4), poison(2), Grant(1, 8), Grant(1, 16))
    assert [type(outcome) for outcome in outcomes] == [Posted, IntegrityError, Posted, Posted, IntegrityError, Posted, Posted]
    assert held(toys) == 31
    assert entries(toys) == 6


def test_words_of_a_poison_row_stay_out_of_the_log(writer: Writer, caplog: pytest.LogCaptureFixture) -> None:
    """PostgreSQL quotes the row that it refuses, with the words that a person wrote."""

    def decides(draft: Any) -> Answer:
        draft.record(Note(UUID(int=1), draft.entry, 0, "a secret between friends", 0, False, NOON))
        return Answer(draft.entry, 0)

    with pytest.raises(IntegrityError):
        writer.post_now(proposed(Does(decides)))
    assert "a Does can't be written: IntegrityError" in caplog.text
    assert "secret" not in caplog.text


UNWRITABLE = {
    "an answer that JSON can't hold": Does(lambda draft: float),
    "an answer past 64 bits": Does(lambda draft: Answer(2**70, 0)),
    "an account of no owner": Does(lambda draft: Answer(0, 0), needed=lambda: None),
}


@pytest.mark.parametrize("decision", UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_what_fails_outside_of_decide_fails_alone(writer: Writer, toys: Database, decision: Does) -> None:
    """An answer that can't be encoded failed everyone in its batch."""
    outcomes = together(writer, Grant(1, 1), decision, Grant(1, 2))
    assert [type(outcome) for outcome in (outcomes[0], outcomes[2])] == [Posted, Posted]
    assert isinstance(outcomes[1], TypeError | AttributeError)
    assert held(toys) == 3


def test_text_that_the_database_cannot_hold_fails_alone(writer: Writer, toys: Database) -> None:
    """Half of a surrogate pair, as JSON may bring it: no database error, and so it failed everyone in its batch."""
    writer.post_now(proposed(Grant(1, 50)))
    odd = Give(UUID(int=1), 1, 2, 5, words="\ud800")
    outcomes = together(writer, Grant(2, 1), odd, Grant(2, 2))
    assert [type(outcome) for outcome in (outcomes[0], outcomes[2])] == [Posted, Posted]
    assert isinstance(outcomes[1], UnicodeEncodeError | DataError)
    assert held(toys, 2) == 3


def test_stop_iteration_reaches_its_caller_and_the_others_theirs(writer: Writer) -> None:
    """No future carries a StopIteration: the callers behind it in the batch waited for ever."""

    async def story() -> list[Any]:
        return await asyncio.gather(
            *(writer.post(proposed(one)) for one in (Grant(1, 1), fail(StopIteration()), Grant(1, 2))), return_exceptions=True
        )

    outcomes = asyncio.run(asyncio.wait_for(story(), 30))
    assert [type(outcome) for outcome in outcomes] == [Posted, RuntimeError, Posted]
    assert isinstance(outcomes[1].__cause__, StopIteration)


# Faults of the database


class Faults:
    """Errors to raise at the next commits, or statements, of the writer's engine."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.errors: list[Exception | None] = []
        self.after_commit: list[Exception | None] = []
        self.database = database
        run_batch = writer_module.run_batch

        def faulty(connection: Connection, *arguments: Any, **options: Any) -> Any:
            error = self.errors.pop(0) if self.errors else None
            if error is not None:
                raise error
            return run_batch(connection, *arguments, **options)

        monkeypatch.setattr(writer_module, "run_batch", faulty)
        monkeypatch.setattr(writer_module, "FIRST_BACKOFF_SECONDS", 0.0001)

    def lose_commits(self, *, committed: bool, times: int = 1) -> None:
        """Lose the next answers to COMMIT: the transaction is there, or it is not."""
        left = [times]

        @event.listens_for(self.database.write, "commit", named=True)
        def commit(conn: Connection, **rest: Any) -> None:
            if left[0] and conn.info.get("writes", True):
                left[0] -= 1
                raw: Any = conn.connection.dbapi_connection
                if committed:
                    raw.execute("COMMIT") if self.database.is_sqlite else raw.commit()
                else:
                    raw.execute("ROLLBACK") if self.database.is_sqlite else raw.rollback()
                raise lost_connection()


class DriverError(Exception):
    """What a driver raises."""

    def __init__(self, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text)
        self.sqlstate = sqlstate


def lost_connection() -> DBAPIError:
    """A connection that broke."""
    return OperationalError("COMMIT", None, DriverError("server closed the connection unexpectedly"), connection_invalidated=True)


def state(sqlstate: str) -> DBAPIError:
    """An error of the server with a SQLSTATE."""
    return OperationalError("x", None, DriverError("from the server", sqlstate))


@pytest.fixture
def faults(toys: Database, monkeypatch: pytest.MonkeyPatch) -> Faults:
    """A way to make the database fail."""
    return Faults(toys, monkeypatch)


PASSING = {
    "lost connection": lost_connection(),
    "serialization": state("40001"),
    "completion unknown": state("40003"),
    "deadlock": state("40P01"),
    "shutting down": state("57P01"),
    "connection failure": state("08006"),
    "standby": state("25006"),
    "full disk": state("53100"),
    "busy file": OperationalError("x", None, DriverError("database is locked")),
    "no connection to be had": PoolTimeout("QueuePool limit reached"),
    "duplicate key": IntegrityError("x", None, DriverError("duplicate key")),
}


@pytest.mark.parametrize("error", PASSING.values(), ids=PASSING.keys())
def test_passing_fault_is_tried_again(faults: Faults, writer: Writer, toys: Database, error: Exception) -> None:
    faults.errors = [error]
    assert writer.post_now(proposed(Grant(1, 5))).entry == 1
    assert held(toys) == 5


@pytest.mark.parametrize("error", [state("42501"), DataError("x", None, DriverError("out of range", "22003")), KeyError("mistake")])
def test_lasting_fault_is_told_at_once(faults: Faults, writer: Writer, toys: Database, error: Exception) -> None:
    faults.errors = [error]
    with pytest.raises(type(error)):
        writer.post_now(proposed(Grant(1, 5)))
    assert writer.post_now(proposed(Grant(1, 6))).entry == 1
    assert held(toys) == 6


def test_duplicate_key_is_tried_once_more_only(faults: Faults, writer: Writer) -> None:
    faults.errors = [PASSING["duplicate key"]] * 2
    with pytest.raises(IntegrityError):
        writer.post_now(proposed(Grant(1, 5)))
    assert faults.errors == []


def test_fault_that_stays_is_unavailable_and_the_next_batch_goes_on(faults: Faults, writer: Writer, toys: Database) -> None:
    faults.errors = [lost_connection()] * writer_module.MAX_TRIES
    with pytest.raises(Unavailable) as refused:
        writer.post_now(proposed(Grant(1, 5)))
    assert refused.value.fields == {"retry_after_seconds": 2}
    assert writer.post_now(proposed(Grant(1, 6))).entry == 1
    assert held(toys) == 6


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("times", [1, 3])
def test_lost_answer_to_a_commit_makes_one_entry(faults: Faults, writer: Writer, toys: Database, committed: bool, times: int) -> None:
    writer.post_now(proposed(Grant(1, 1)))
    faults.lose_commits(committed=committed, times=times)
    assert writer.post_now(proposed(Grant(1, 5))) == Posted(Answer(2, 6), 2, False)
    assert (held(toys), entries(toys)) == (6, 2)


@pytest.mark.parametrize("committed", [True, False])
def test_doubt_survives_a_failed_reconnect(faults: Faults, writer: Writer, toys: Database, committed: bool) -> None:
    """A server that restarts at COMMIT refuses the next connections: the doubt was forgotten, and the batch written twice."""
    writer.post_now(proposed(Grant(1, 1)))
    faults.lose_commits(committed=committed)
    faults.errors = [None, lost_connection(), state("57P03"), lost_connection()]
    assert writer.post_now(proposed(Grant(1, 5))) == Posted(Answer(2, 6), 2, False)
    assert faults.errors == []
    assert (held(toys), entries(toys)) == (6, 2)


def test_refused_connection_is_a_passing_fault(toys: Database, faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drivers give no SQLSTATE for it; it was taken for the batch's own fault, which was halved to nothing."""
    connect = writer_module._Lane._connected
    refusals = [OperationalError("connect", None, DriverError("connection refused"))] * 3

    def refused(lane: Any) -> Connection:
        if refusals:
            raise refusals.pop()
        return connect(lane)

    monkeypatch.setattr(writer_module._Lane, "_connected", refused)
    with writing(toys) as writer:
        assert writer.post_now(proposed(Grant(1, 5))).entry == 1


def test_connection_that_cannot_be_closed_is_left_behind(
    toys: Database, faults: Faults, writer: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    writer.post_now(proposed(Grant(1, 1)))
    connection = lane_of(writer)._connection
    assert connection is not None
    broken = lost_connection()

    def gone() -> None:
        Connection.invalidate(connection)
        Connection.close(connection)
        raise broken

    connection.invalidate = gone  # type: ignore[method-assign,assignment]
    faults.errors = [lost_connection()]
    assert writer.post_now(proposed(Grant(1, 5))).entry == 2
    assert "the connection was gone already" in caplog.text


# A full queue


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
