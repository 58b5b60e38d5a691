"""What tests of the writer need: purses looked at from behind, and a lane that is kept busy."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from laurels.core.database import Database
from laurels.ledger.reader import balances, verify
from laurels.ledger.writer import Writer
from ledger.toy import (
    Answer,
    Does,
    Grant,
    proposed,
    purse,
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
