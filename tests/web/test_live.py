"""Live streams: to the right people, once, from every process, and never held up by the slowest."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
import os
from pathlib import Path
import signal
import socket
import subprocess
import sys
from threading import Event
from time import monotonic
from uuid import uuid4

from fastapi import Request
import pytest

from laurels.core.database import Database, open_database
from laurels.core.errors import DomainError, Invalid, Missing, Unavailable
from laurels.ledger.outbox import Tail, Told
from laurels.web import events
from laurels.web.caller import Caller
from laurels.web.events import topics_for
from laurels.web.live import STREAMS_PER_MEMBER, Live, Message, member_topic
from laurels.web.sse import MAX_QUEUED_MESSAGES, Watcher, framed
from support.servers import serving
from web.live_town import ADA, BOB, SECONDS, Town, ask, caller, following

CHILD = Path(__file__).with_name("live_child.py")


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Iterator[Town]:
    made = Town(database, tmp_path)
    made.writer.start()
    yield made
    made.writer.stop()


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    with serving(town.app) as found:
        yield found
        town.live.stop()


def eventually(condition: object) -> None:
    """Wait until something on another thread has come true."""
    assert callable(condition)
    pause, ends_at = Event(), monotonic() + SECONDS
    while not condition():
        assert monotonic() < ends_at
        pause.wait(0.01)


# Who hears what


def test_what_is_for_one_member_reaches_nobody_else(town: Town, address: str) -> None:
    with following(address, "me,waves") as adas, following(address, "me,waves", member=BOB) as bobs:
        town.live.publish(member_topic(ADA), "purse", b"90")
        town.live.publish(member_topic(BOB), "purse", b"12")
        town.live.publish("waves", "end", b"")
        assert [(one.event, one.data) for one in adas.until("end")] == [("purse", "90"), ("end", "")]
        assert [(one.event, one.data) for one in bobs.until("end")] == [("purse", "12"), ("end", "")]


@pytest.mark.parametrize(
    ("topics", "role", "refusal"),
    [
        (f"member:{BOB}", "member", Missing),
        (f"waves,member:{BOB}", "admin", Missing),
        (f"member:{str(BOB).upper()}", "member", Invalid),
        ("staff", "member", Missing),
        ("staff:patterns", "member", Missing),
        ("", "member", Invalid),
        ("waves,,me", "member", Invalid),
        ("Waves!", "member", Invalid),
        (",".join(f"t{number}" for number in range(13)), "member", Invalid),
    ],
)
def test_topics_that_are_anothers_or_none_are_refused(topics: str, role: str, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        topics_for(caller(ADA, role), topics)


def test_refusal_is_an_answer_and_no_stream(address: str) -> None:
    assert ask(address, f"member:{BOB}").status_code == 404
    assert ask(address, "").status_code == 422
    assert ask(address, "waves", member=None).status_code == 401


def test_staff_topics_are_for_staff(town: Town, address: str) -> None:
    with following(address, "staff", role="staff") as stream:
        town.live.publish("staff", "pattern", b"")
        stream.until("pattern")


def test_topics_one_doesnt_follow_dont_come(town: Town, address: str) -> None:
    with following(address, "waves") as stream:
        town.live.publish("other", "hidden", b"")
        town.live.publish("waves", "end", b"")
        assert [one.event for one in stream.until("end")] == ["end"]
        assert town.live.is_watched("waves")
        assert not town.live.is_watched("other")


def test_member_has_so_many_streams_and_a_closed_one_gives_its_place_back(town: Town, address: str) -> None:
    with ExitStack() as others:
        for _ in range(STREAMS_PER_MEMBER - 1):
            others.enter_context(following(address, "waves"))
        with following(address, "waves"):
            refused = ask(address, "waves")
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
            with following(address, "waves", member=BOB):
                pass  # another member isn't held back
        eventually(lambda: len(town.live._watchers) == STREAMS_PER_MEMBER - 1)
        with following(address, "waves") as stream:
            town.live.publish("waves", "end", b"")
            stream.until("end")


def test_signing_out_ends_the_sessions_streams(town: Town, address: str) -> None:
    with following(address, "waves") as adas, following(address, "waves", member=BOB) as bobs:
        town.live.end_session(ADA)
        assert list(adas) == []
        town.live.publish("waves", "end", b"")
        bobs.until("end")


@pytest.mark.parametrize("now", [None, caller(ADA), caller(BOB, "staff")])
def test_whoever_may_not_watch_any_more_hears_nothing_more(
    town: Town, address: str, now: Caller | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def authenticate(request: Request) -> Caller | None:
        return now

    monkeypatch.setattr(events, "CHECK_SECONDS", 0.0)
    with following(address, "me,staff", role="staff") as adas:
        town.live.publish("staff", "seen", b"1")
        adas.until("seen")
        town.context.authenticate = authenticate  # suspended, demoted, or somebody else by now
        town.live.publish("staff", "unseen", b"2")
        assert list(adas) == []


# The format


def test_stream_opens_with_an_id_and_says_when_to_come_back(town: Town, address: str) -> None:
    with following(address, "waves") as stream:
        assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.response.headers["cache-control"] == "no-store"
        assert stream.opening["retry"] == "2000"
        town.live.publish("waves", "end", b"")
        (only,) = stream.until("end")
        assert only.id != stream.opening["id"]


def test_client_that_comes_back_is_told_to_refresh(address: str) -> None:
    with following(address, "waves", **{"last-event-id": "anything"}) as stream:
        assert [one.event for one in stream.until("refresh")] == ["refresh"]


def test_data_of_several_lines_arrives_whole(town: Town, address: str) -> None:
    with following(address, "waves") as stream:
        town.live.publish("waves", "", "<p>\n  ¡hola!\r\n</p>".encode())
        assert [one.data for one in stream.until("")] == ["<p>\n  ¡hola!\n</p>"]


@pytest.mark.parametrize("event", ["two\nlines", "two words", "data: x", "é", "x" * 81])
def test_event_names_that_would_break_the_format_are_refused(event: str) -> None:
    with pytest.raises(ValueError, match="no name for an event"):
        framed(event, b"")


def test_frame_is_made_once_and_shared() -> None:
    async def deliver() -> None:
        watchers = [watcher(), watcher()]
        frame = framed("waves", b"x")
        for one in watchers:
            one.put(frame)
        assert [await one.next() for one in watchers] == [frame, frame]
        for one in watchers:
            one.put(frame)
        assert all(one._frames[0] is frame for one in watchers)

    asyncio.run(deliver())


def test_silence_is_broken_by_a_comment() -> None:
    async def wait() -> bytes | None:
        return await watcher().next(heartbeat_seconds=0.01)

    assert asyncio.run(wait()) == b": \n\n"


def watcher() -> Watcher:
    return Watcher(frozenset({"waves"}), member_id=ADA, session_id=uuid4())


# Slow clients


def test_slow_client_is_dropped_and_holds_nobody_up(town: Town, address: str) -> None:
    with slow_client(address) as slow, following(address, "waves", member=BOB) as quick:
        eventually(lambda: len(town.live._watchers) == 2)
        for number in range(400):
            town.live.publish("waves", "big", b"x" * 65_536)
            town.live.publish("waves", "number", str(number).encode())
            quick.until("number", str(number))
        received = b""
        while chunk := slow.recv(1 << 20):
            received += chunk
        assert received.endswith(b"event: dropped\nretry: 2000\ndata: \n\n\r\n0\r\n\r\n")
        eventually(lambda: len(town.live._watchers) == 1)


def test_queue_of_a_client_is_bounded() -> None:
    async def flood() -> None:
        one = watcher()
        kept = [one.put(b"x") for _ in range(MAX_QUEUED_MESSAGES + 2)]
        assert kept == [True] * MAX_QUEUED_MESSAGES + [False, True], "what comes after the end is nothing"
        assert await one.next() == framed("dropped", retry=True)
        assert await one.next() is None

    asyncio.run(flood())


@contextmanager
def slow_client(address: str) -> Iterator[socket.socket]:
    """A client that asks for a stream and reads nothing."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(SECONDS)
        host, port = address.removeprefix("http://").split(":")
        client.connect((host, int(port)))
        client.sendall(f"GET /events?topics=waves HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nx-test-member: {ADA}\r\n\r\n".encode())
        yield client


# Facts


def test_facts_of_our_own_writer_are_drawn_once_also_when_the_outbox_shows_them_again(town: Town, address: str) -> None:
    town.wave(0)  # before anyone watches: passes by
    with following(address, "waves") as stream:
        town.wave(*range(1, 21))
        eventually(lambda: (town.live._reached or {}).get("test", 0) >= 21)
        town.wave(21)
        assert [int(one.data) for one in stream.until("test.waved", "21")] == list(range(1, 22))


def test_fact_comes_once_whichever_way_is_first(database: Database, town: Town) -> None:
    drawn: list[int] = []
    live = Live(database, town.writer)
    live.on("test.waved", lambda told: drawn.extend(one.sequence for one in told) or [])
    told = [Told("test", number, 0, "test.waved", "{}", datetime(2026, 11, 20, tzinfo=UTC)) for number in range(1, 5)]
    live._take_tailed(Tail([], {}))
    live._take_own(told[0:1])
    live._take_tailed(Tail(told[0:2], {"test": 2}))
    live._take_own(told[1:2])
    live._take_tailed(Tail(told[2:3], {"test": 3}))
    live._take_own(told[3:4])
    live._take_tailed(Tail(told[3:4], {"test": 4}))
    live._draw_due()
    assert drawn == [1, 2, 3, 4]
    assert live._ahead == set()


def test_burst_is_drawn_together(database: Database, town: Town) -> None:
    drawn: list[int] = []
    live = Live(database, town.writer)
    live.on("test.waved", lambda told: drawn.append(len(told)) or [], every_seconds=60)
    live._take_tailed(Tail([], {}))
    for number in range(1, 12):
        live._take_own([Told("test", number, 0, "test.waved", "{}", datetime(2026, 11, 20, tzinfo=UTC))])
        again = live._draw_due()
    assert drawn == [1], "the first at once, the others when their time has come"
    assert 59 < again - monotonic() <= 60
    live._drawings["test.waved"][0].not_before = 0.0
    live._draw_due()
    assert drawn == [1, 10]


def test_drawing_that_fails_stops_no_other(town: Town, address: str) -> None:
    def fail(told: Sequence[Told]) -> list[Message]:
        raise RuntimeError("a mistake in a template")

    town.live._drawings["test.waved"].insert(0, type(town.live._drawings["test.waved"][0])(fail, 0.0))
    with following(address, "waves") as stream:
        town.wave(1, 2)
        stream.until("test.waved", "2")


def test_nothing_is_drawn_or_read_while_nobody_watches(town: Town, address: str) -> None:
    with following(address, "waves"):
        assert town.live._reached is not None
    eventually(lambda: town.live._reached is None)
    town.wave(1)
    with following(address, "waves") as stream:
        town.wave(2)
        assert [one.data for one in stream.until("test.waved")] == ["2"]


def test_hub_that_isnt_running_opens_no_stream(database: Database, town: Town) -> None:
    async def follow(live: Live) -> None:
        await live.follow(["waves"], member_id=ADA, session_id=ADA, is_resumed=False)

    live = Live(database, town.writer)
    with pytest.raises(Unavailable):
        asyncio.run(follow(live))
    live.publish("waves", "nobody", b"")
    live.stop()
    live.end_session(ADA)


def test_outbox_that_is_away_for_a_moment_loses_no_fact(town: Town, address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    empty = open_database(f"sqlite:///{tmp_path / 'empty.db'}")  # no tables: every look fails
    with following(address, "waves") as stream:
        readable, town.live._database = town.live._database, empty
        eventually(lambda: "will try again" in caplog.text)
        town.live._database = readable
        town.wave(1)
        stream.until("test.waved", "1")
    empty.dispose()


# Several processes, and the end


def test_two_processes_see_each_others_facts(town: Town, address: str, database_url: str, tmp_path: Path) -> None:
    with child_server(database_url, tmp_path) as (child, childs_address):
        assert child.stdin is not None
        with following(address, "waves") as here, following(childs_address, "waves") as there:
            for number in range(1, 11, 2):
                town.wave(number)
                there.until("test.waved", str(number))
                child.stdin.write(f"{number + 1}\n")
                child.stdin.flush()
                heard = here.until("test.waved", str(number + 1))
                assert [int(one.data) for one in heard] == [number, number + 1]


def test_streams_end_at_once_when_the_server_is_asked_to_stop(database_url: str, tmp_path: Path) -> None:
    with child_server(database_url, tmp_path) as (child, address), following(address, "waves") as stream:
        began = monotonic()
        child.send_signal(signal.SIGTERM)
        assert list(stream) == [], "it ends as a whole answer does, not cut off"
        assert child.wait(SECONDS) == -signal.SIGTERM, "uvicorn hands the signal on when it is done"
        assert monotonic() - began < 20, "the server would have waited 60 s for an open stream"


@contextmanager
def child_server(url: str, home: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Another server process on the same database, and its address."""
    command = [sys.executable, str(CHILD), url, str(home)]
    paths = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | paths) as child:
        try:
            assert child.stdout is not None
            yield child, child.stdout.readline().strip()
        finally:
            child.kill()
