"""Many callers at once: threads, event loops and processes, on both databases."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
import json
from pathlib import Path
import subprocess
import sys
from threading import Barrier, Event, Thread
from typing import Any
from uuid import UUID

import pytest

from laurels.core.database import Database
from laurels.core.errors import Unavailable
from laurels.ledger import BusinessKey, InsufficientBalance, KeyReused, outbox
from laurels.ledger.batch import run_batch
from laurels.ledger.reader import balances, verify
from laurels.ledger.writer import Posted, Writer
from ledger.posting_child import post_all
from ledger.toy import NOON, Answer, Does, Give, Grant, fail, poison, proposed, purse, refuse, request, run, writing

CHILD = Path(__file__).with_name("posting_child.py")
CALLERS = 20


def held(database: Database, *members: int) -> list[int]:
    """What members hold; the books are verified on the way."""
    with database.read.connect() as connection:
        assert verify(connection).findings == []
        found = balances(connection, [purse(one) for one in members])
    return [found[purse(one)] for one in members]


def entries(database: Database) -> int:
    """How many entries there are."""
    with database.read.connect() as connection:
        return verify(connection).entries


def whole_balance(number: int, receiver: int | None = None) -> Give:
    """A gift of the whole balance of 100."""
    return Give(UUID(int=number), giver=1, receiver=receiver or 2, amount=100)


def in_threads(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Do something in many threads at the same instant; gives what each got or raised."""
    barrier = Barrier(count)

    def start(number: int) -> Any:
        barrier.wait(30)
        try:
            return act(number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(start, range(count)))


class Child:
    """Another process with a writer of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def begin(self, posts: list[dict[str, Any]]) -> None:
        """Have it make posts at the same time."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(posts) + "\n")
        self.process.stdin.flush()

    def outcomes(self) -> list[Any]:
        """What became of them."""
        assert self.process.stdout is not None
        answer: list[Any] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def children(url: str, count: int = 2) -> Iterator[list[Child]]:
    """Processes that post to a database."""
    started = [
        subprocess.Popen([sys.executable, str(CHILD), url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield [Child(process) for process in started]
        for process in started:
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(60) == 0
    finally:
        for process in started:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


# One balance, many spenders


def test_one_of_twenty_threads_spends_a_whole_balance(writer: Writer, toys: Database) -> None:
    run(toys, Grant(1, 100))
    outcomes = in_threads(CALLERS, lambda number: writer.post_now(proposed(whole_balance(number + 1))))
    assert Counter(type(outcome) for outcome in outcomes) == {Posted: 1, InsufficientBalance: CALLERS - 1}
    assert held(toys, 1, 2) == [0, 100]


def test_one_of_twenty_tasks_spends_a_whole_balance(writer: Writer, toys: Database) -> None:
    run(toys, Grant(1, 100))

    async def story() -> list[Any]:
        gifts = (writer.post(proposed(whole_balance(number + 1))) for number in range(CALLERS))
        return await asyncio.gather(*gifts, return_exceptions=True)

    assert Counter(type(outcome) for outcome in asyncio.run(story())) == {Posted: 1, InsufficientBalance: CALLERS - 1}
    assert held(toys, 1, 2) == [0, 100]


def test_one_of_twenty_posts_of_two_processes_spends_a_whole_balance(toys: Database, database_url: str) -> None:
    run(toys, Grant(1, 100))
    with children(database_url) as both:
        for place, child in enumerate(both):
            child.begin([{"note": 1 + 100 * place + number, "giver": 1, "receiver": 2, "amount": 100} for number in range(CALLERS // 2)])
        outcomes = [outcome for child in both for outcome in child.outcomes()]
    assert Counter(map(str, outcomes)) == {"[2, False]": 1, "insufficient-balance": CALLERS - 1}
    assert held(toys, 1, 2) == [0, 100]


def test_limit_holds_against_many_at_once(writer: Writer, toys: Database) -> None:
    run(toys, Grant(1, 1_000))
    outcomes = in_threads(CALLERS, lambda number: writer.post_now(proposed(Give(UUID(int=number + 1), 1, 2, 10, limit=50))))
    assert sum(isinstance(outcome, Posted) for outcome in outcomes) == 5
    assert held(toys, 2) == [50]


# One key, many requests


@pytest.mark.parametrize("keyed_by", ["request", "business"])
def test_key_asked_by_many_threads_decides_once(writer: Writer, toys: Database, keyed_by: str) -> None:
    key = BusinessKey("purchase", "details") if keyed_by == "business" else None
    asked = request("k") if keyed_by == "request" else None
    outcomes = in_threads(CALLERS, lambda number: writer.post_now(proposed(Grant(1, 5, key=key), request=asked)))
    assert {(outcome.entry, outcome.answer) for outcome in outcomes} == {(1, Answer(1, 5))}
    assert Counter(outcome.is_replay for outcome in outcomes) == {False: 1, True: CALLERS - 1}
    assert (held(toys, 1), entries(toys)) == ([5], 1)


def test_request_key_with_another_body_loses_whoever_is_first(writer: Writer, toys: Database) -> None:
    outcomes = in_threads(CALLERS, lambda number: writer.post_now(proposed(Grant(1, 5), request=request("k", f"body {number % 2}"))))
    assert Counter(type(outcome) for outcome in outcomes) == {Posted: CALLERS // 2, KeyReused: CALLERS // 2}
    assert held(toys, 1) == [5]


@pytest.mark.parametrize("keyed_by", ["request", "business"])
def test_key_asked_by_two_processes_decides_once(toys: Database, database_url: str, keyed_by: str) -> None:
    """Several keys, each asked for several times by both, in a book that neither has opened yet."""
    posts = [{"to": number, "amount": 5, keyed_by: f"key {number}"} for number in range(5)] * 4
    with children(database_url) as both:
        for child in both:
            child.begin(posts)
        outcomes = [child.outcomes() for child in both]
    assert [[entry for entry, _ in one] for one in outcomes] == [[entry for entry, _ in outcomes[0]]] * 2
    assert sum(not is_replay for one in outcomes for _, is_replay in one) == 5
    assert (held(toys, *range(5)), entries(toys)) == ([5] * 5, 5)


def test_two_processes_in_many_books_lose_nothing(toys: Database, database_url: str) -> None:
    """Books are opened by whoever comes first; both lock the same heads in the same order."""
    posts = [{"to": 1, "amount": 1, "book": f"book {number % 6}"} for number in range(120)]
    with children(database_url) as both:
        for child, order in zip(both, (1, -1), strict=True):
            for place in range(0, 120, 40):
                child.begin(posts[::order][place : place + 40])
        outcomes = [outcome for child in both for _ in range(3) for outcome in child.outcomes()]
    assert {is_replay for _, is_replay in outcomes} == {False}
    with toys.read.connect() as connection:
        assert verify(connection).findings == []
        found = balances(connection, [purse(1, f"book {number}") for number in range(6)])
    assert set(found.values()) == {40}


def test_batch_waits_for_another_process_in_the_same_book_and_then_sees_what_it_did(toys: Database) -> None:
    """Heads are locked first: were they only read, the second would decide by what the first is about to change."""
    run(toys, Grant(1, 5))
    outcomes: list[Any] = []
    with toys.write.begin() as connection:
        run_batch(connection, [proposed(Give(UUID(int=1), 1, 2, 5))], NOON)
        second = Thread(target=lambda: outcomes.extend(run(toys, Give(UUID(int=2), 1, 2, 5))))
        second.start()
        second.join(0.2)
        assert outcomes == []
    second.join(30)
    assert [type(outcome) for outcome in outcomes] == [InsufficientBalance]
    assert held(toys, 1, 2) == [0, 5]


def test_rows_that_refer_to_a_book_do_not_wait_for_its_batch(postgresql_toys: tuple[Database, str]) -> None:
    """Workers that take pieces of the outbox wrote such rows, and waited for each batch."""
    database, _ = postgresql_toys
    run(database, Grant(1, 5), Give(UUID(int=1), 1, 2, 5))
    with database.write.begin() as connection:
        run_batch(connection, [proposed(Grant(1, 5))], NOON)
        with database.write.begin() as worker:
            worker.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
            claim = outbox.claim(worker, "board", names=["toy.gave"], limit=9, now=NOON, lease=timedelta(minutes=1), max_tries=3)
    assert claim is not None
    assert [told.sequence for told in claim.told] == [2]


# Callers that leave


def test_cancelled_callers_break_no_batch_and_lose_no_entry(writer: Writer, toys: Database) -> None:
    async def story() -> list[Any]:
        tasks = [asyncio.ensure_future(writer.post(proposed(Grant(1, 1)))) for _ in range(CALLERS)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    outcomes = asyncio.run(story())
    assert {type(outcome) for outcome in outcomes[::2]} == {asyncio.CancelledError}
    assert {type(outcome) for outcome in outcomes[1::2]} == {Posted}
    writer.stop()
    assert held(toys, 1) == [CALLERS]


def test_event_loop_that_closes_breaks_no_batch_and_loses_no_entry(writer: Writer, toys: Database) -> None:
    entered, opened = Event(), Event()

    def waits(draft: Any) -> Answer:
        entered.set()
        assert opened.wait(30)
        return Answer(draft.entry, 0)

    busy = Thread(target=lambda: writer.post_now(proposed(Does(waits))))
    busy.start()
    assert entered.wait(30)
    loop = asyncio.new_event_loop()

    async def leave() -> list[asyncio.Task[Any]]:
        left = [asyncio.ensure_future(writer.post(proposed(Grant(1, 1)))) for _ in range(5)]
        await asyncio.sleep(0)
        return left

    left = loop.run_until_complete(leave())
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()
    opened.set()
    busy.join(30)
    assert writer.post_now(proposed(Grant(1, 1))).answer == Answer(7, 6)
    assert held(toys, 1) == [6]


def test_two_event_loops_share_one_writer(writer: Writer, toys: Database) -> None:
    def loop(number: int) -> list[Any]:
        return asyncio.run(post_all(writer, [{"to": 1, "amount": 1, "request": f"{number}/{post}"} for post in range(50)]))

    outcomes = in_threads(2, loop)
    assert sorted(entry for one in outcomes for entry, _ in one) == list(range(1, 101))
    assert held(toys, 1) == [100]


# Callers with mistakes


def test_mistakes_poison_and_refusals_harm_nobody_else(writer: Writer, toys: Database) -> None:
    """Twenty honest callers, and as many of every other sort, all at once."""
    others = [fail(KeyError("mistake")), poison(7), refuse(), Does(lambda draft: float), fail(StopIteration())]

    async def story() -> tuple[list[Any], list[Any]]:
        honest = [asyncio.ensure_future(writer.post(proposed(Grant(1, 1)))) for _ in range(CALLERS // 2)]
        odd = [asyncio.ensure_future(writer.post(proposed(one))) for one in others for _ in range(4)]
        honest += [asyncio.ensure_future(writer.post(proposed(Grant(1, 1)))) for _ in range(CALLERS // 2)]
        return await asyncio.gather(*honest), await asyncio.gather(*odd, return_exceptions=True)

    honest, odd = asyncio.run(asyncio.wait_for(story(), 60))
    assert sorted(posted.entry for posted in honest) == list(range(1, CALLERS + 1))
    assert not any(isinstance(outcome, Posted) for outcome in odd)
    assert held(toys, 1) == [CALLERS]


def test_full_queue_turns_some_away_and_keeps_its_word_to_the_rest(toys: Database) -> None:
    with writing(toys, batch=3) as writer:
        outcomes = in_threads(60, lambda number: writer.post_now(proposed(Grant(1, 1))))
    kept = sum(isinstance(outcome, Posted) for outcome in outcomes)
    assert {type(outcome) for outcome in outcomes} <= {Posted, Unavailable}
    assert kept >= 12
    assert held(toys, 1) == [kept]


def test_stop_in_the_middle_of_a_storm_answers_everybody(toys: Database) -> None:
    """Each caller has an entry or was turned away; none waits for ever, and no entry is without a caller."""
    with writing(toys, batch=5) as writer:
        turned_away, kept = Counter[str](), Counter[str]()

        def caller(number: int) -> None:
            if number == 0:
                while kept.total() < 50:
                    Event().wait(0.001)
                writer.stop()
                return
            for _ in range(200):
                try:
                    writer.post_now(proposed(Grant(1, 1)))
                    kept[str(number)] += 1
                except Unavailable:
                    turned_away[str(number)] += 1

        in_threads(8, caller)
    assert held(toys, 1) == [kept.total()]
    assert kept.total() + turned_away.total() == 7 * 200
    assert turned_away.total() > 0
