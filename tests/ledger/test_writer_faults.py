"""The writer and faults of the database: those that pass are tried again."""

import logging
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from laurels.core.database import Database
from laurels.core.errors import Unavailable
from laurels.ledger import writer as writer_module
from laurels.ledger.writer import Posted, Writer
from ledger.lanes import entries, held, lane_of
from ledger.toy import (
    Answer,
    Grant,
    proposed,
    writing,
)


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
