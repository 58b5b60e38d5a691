"""The connection is lost exactly at COMMIT: one entry, whether or not the server heard of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import make_url, text

from faults.proxy import Proxy
from laurels.core.clock import SystemClock
from laurels.core.database import Database, open_database
from laurels.core.errors import Unavailable
from laurels.ledger.reader import balances, verify
from laurels.ledger.writer import Posted, Writer
from ledger.toy import BOOK, Answer, Grant, proposed, purse, run, toy_tables
from support.databases import fresh_database


@pytest.fixture
def server_url(tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database with the toy's tables."""
    with fresh_database("postgresql", tmp_path) as url:
        database = open_database(url)
        toy_tables.create_all(database.write)
        database.dispose()
        yield url


@contextmanager
def behind_a_proxy(url: str) -> Iterator[tuple[Proxy, Database]]:
    """A database that is reached through a proxy."""
    direct = make_url(url)
    folder = str(direct.query.get("host") or direct.host)
    port = direct.port or 5432
    proxy = Proxy(f"{folder}/.s.PGSQL.{port}" if folder.startswith("/") else (folder, port))
    plain = {"sslmode": "disable", "gssencmode": "disable"}
    database = open_database(
        direct.set(host=proxy.url_host, port=proxy.url_port, query=plain).render_as_string(hide_password=False), pool_size=2
    )
    try:
        yield proxy, database
    finally:
        database.dispose()
        proxy.close()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for other threads, at most a minute."""
    pause = Event()
    for _ in range(12_000):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it never came to be")


def entries(url: str) -> int:
    """How many entries there are; the books are verified on the way."""
    database = open_database(url)
    with database.read.begin() as connection:
        seen = verify(connection)
    database.dispose()
    assert seen.findings == []
    return seen.entries


@pytest.mark.parametrize("how", ["before", "after", "meanwhile"])
@pytest.mark.parametrize("refuse", [0, 3], ids=["reconnects at once", "is refused at first"])
@pytest.mark.parametrize("is_first", [True, False], ids=["a new book", "a known book"])
def test_commit_cut_off_makes_one_entry(server_url: str, how: str, refuse: int, is_first: bool) -> None:
    """With no key to tell a repeat: the writer alone must know.

    A new book is the hardest: until its row is committed nobody can lock it.
    """
    held = 0 if is_first else 1
    with behind_a_proxy(server_url) as (proxy, database):
        writer = Writer(database, SystemClock(), lanes=1)
        writer.start()
        # The lane is connected, so that the COMMIT that breaks is the batch's own.
        writer.post_now(proposed(Grant(1, 1, book=BOOK if held else "another book")))
        commits = proxy.commits
        proxy.break_next_commit(how, refuse=refuse)
        outcome = writer.post_now(proposed(Grant(1, 5)))
        again = writer.post_now(proposed(Grant(1, 7)))
        writer.stop()
        # The batch's, that of the new connection's settings, the try that looks or writes, and the next batch's.
        assert proxy.commits - commits == 4
        assert proxy.refused == refuse
    assert (outcome, again) == (Posted(Answer(held + 1, held + 5), held + 1, False), Posted(Answer(held + 2, held + 12), held + 2, False))
    assert entries(server_url) == 3


def test_every_third_commit_cut_off_loses_and_doubles_nothing(server_url: str) -> None:
    with behind_a_proxy(server_url) as (proxy, database):
        writer = Writer(database, SystemClock())
        writer.start()
        posted = []
        for number in range(30):
            if number % 3 == 0:
                proxy.break_next_commit(("before", "after", "meanwhile")[number // 3 % 3])
            posted.append(writer.post_now(proposed(Grant(1, 1))).entry)
        writer.stop()
    assert posted == list(range(1, 31))
    assert entries(server_url) == 30


def test_connections_ended_by_the_server_under_load_double_nothing(server_url: str) -> None:
    """The server ends every connection again and again; no post has a key. Acknowledged means there, once."""
    database, administrator = open_database(server_url), open_database(server_url)
    writer = Writer(database, SystemClock())
    writer.start()
    kept: list[int] = []
    unknown: list[Unavailable] = []
    ending = Event()

    def post() -> None:
        while not ending.is_set():
            try:
                kept.append(writer.post_now(proposed(Grant(1, 1))).entry)
            except Unavailable as refusal:
                unknown.append(refusal)

    threads = [Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    others = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    ended = 0
    with administrator.write.connect() as connection:
        for _ in range(25):
            answered = len(kept) + len(unknown)
            ended += len(connection.execute(others).all())
            connection.commit()
            wait_until(lambda answered=answered: len(kept) + len(unknown) > answered + 3)
    ending.set()
    for thread in threads:
        thread.join(60)
    writer.stop()
    assert ended >= 5
    assert len(set(kept)) == len(kept)
    with administrator.read.connect() as connection:
        held = balances(connection, [purse(1)])[purse(1)]
    found = entries(server_url)
    assert held == found
    assert len(kept) <= found <= len(kept) + len(unknown)
    database.dispose()
    administrator.dispose()


def test_writer_outwaits_another_process_that_holds_the_database(database: Database, database_url: str) -> None:
    """A long write of another process is waited for, and nothing is lost."""
    toy_tables.create_all(database.write)
    run(database, Grant(1, 1))
    writer = Writer(database, SystemClock())
    writer.start()
    other = open_database(database_url)
    outcomes: list[Any] = []
    with other.write.begin() as connection:
        connection.execute(text("UPDATE book SET sequence = sequence"))
        waiting = Thread(target=lambda: outcomes.append(writer.post_now(proposed(Grant(1, 1)))))
        waiting.start()
        waiting.join(0.3)
        assert outcomes == []
    waiting.join(60)
    writer.stop()
    other.dispose()
    assert [outcome.entry for outcome in outcomes] == [2]
