"""`python -m benchmarks.study.chatting`: what a chat adds to the model's own time to the first word, and the memory of many at once.

The model's server is one of ours that takes a known time. It is asked directly
and through Laurels in turn, each time by a connection of its own, by a member
of a class of 2,000 passages; and 50 members ask at once, whose answers come
slowly, so that all stream together.
"""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
import json
import os
from statistics import median, quantiles
import sys
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from benchmarks.figures import NAMES, machine, software
from benchmarks.over_http import memory_of, serving
from benchmarks.people import environment_of, member_rows, settings_of, sign_in
from benchmarks.places import Places, open_places
from benchmarks.study.library import add_document
from benchmarks.study.search_speed import Texts
from benchmarks.study.upstream import upstream
from laurels.core.clock import SystemClock
from laurels.core.database import Database, open_database
from laurels.core.ids import new_id
from laurels.identity.tables import member
from laurels.ledger import Decision
from laurels.ledger.writer import Proposal, Writer
from laurels.products.study.decisions.classes import CreateClass
from laurels.products.study.decisions.memberships import JoinClass
from laurels.products.study.decisions.sessions import OpenSession
from laurels.products.study.rules.permissions import DEFAULT_BUDGET, DEFAULT_CHATS, DEFAULT_LIMITS

CHATS = 50
"""That stream together."""

PASSAGES, DOCUMENTS = 2_000, 20
WARM_UP, QUESTIONS = 30, 300
FIRST_MS = 20
"""The model's own time to its first word."""

SLOW_MS, SLOW_PIECES = 50, 200
"""Of the answers that stream together: ten seconds."""

GOAL_MS = 15.0
CODE = "BENCH234"
FIRST_WORD = b"word0"


class Class:
    """A class with documents and members, each of whom began a chat; written to a fresh database."""

    def __init__(self, database: Database, texts: Texts) -> None:
        self.members = [new_id() for _ in range(CHATS)]
        self.room = new_id()
        self.sessions = [new_id() for _ in self.members]
        with database.write.begin() as connection:
            connection.execute(insert(member), member_rows(self.members, datetime.now(UTC)))
        self._decide(database)
        for number in range(DOCUMENTS):
            pages = [texts.page() for _ in range(PASSAGES // DOCUMENTS)]
            with database.write.begin() as connection:
                add_document(connection, self.room, self.members[0], f"Document {number}", pages)

    def _decide(self, database: Database) -> None:
        clock = SystemClock()
        writer = Writer(database, clock)
        writer.start()
        try:
            for decision in self._decisions():
                writer.post_now(Proposal(decision, clock.now()))
        finally:
            writer.stop()

    def _decisions(self) -> list[Decision[Any]]:
        owner, *others = self.members
        made = CreateClass(
            id=self.room,
            owner=owner,
            title="Physics",
            description="",
            code=CODE,
            capacity=None,
            zone="UTC",
            budget=DEFAULT_BUDGET,
            limits=DEFAULT_LIMITS,
            max_chats=DEFAULT_CHATS,
        )
        joined = [JoinClass(self.room, who, CODE, limits=DEFAULT_LIMITS, max_chats=DEFAULT_CHATS) for who in others]
        opened = [
            OpenSession(session, self.room, who, "Chat", "standard") for session, who in zip(self.sessions, self.members, strict=True)
        ]
        return [made, *joined, *opened]


def direct(port: int, question: str) -> bytes:
    """A request to the model's server itself."""
    messages = [{"role": "user", "content": question * 40}]  # about as long as with passages
    body = {"model": "gpt-4o-mini", "messages": messages, "stream": True, "stream_options": {"include_usage": True}, "max_tokens": 500}
    return _request("/v1/chat/completions", port, body, "none")


def through(port: int, session: UUID, token: str, question: str) -> bytes:
    """A request to Laurels."""
    return _request(f"/api/v1/chat/sessions/{session}/messages", port, {"content": question, "stream": True}, token)


def _request(path: str, port: int, body: dict[str, Any], token: str) -> bytes:
    sent = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {uuid4()}\r\nContent-Length: {len(sent)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + sent


async def first_word(port: int, request: bytes) -> float:
    """Milliseconds from the connection's opening to the first word; the answer is read to its end."""
    start = perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    came, took = b"", 0.0
    while data := await reader.read(65_536):
        came += data
        if not took and FIRST_WORD in came:
            took = (perf_counter() - start) * 1_000
        if came.endswith(b"0\r\n\r\n"):
            break
    writer.close()
    if not took:
        raise RuntimeError(f"no answer came: {came[:500]!r}")
    return took


async def compare(
    model_port: int, port: int, here: Class, tokens: Sequence[str], texts: Texts, questions: int
) -> tuple[list[float], list[float]]:
    """Milliseconds to the first word, asked directly and through Laurels in turn; the first ones don't count."""
    own, ours = list[float](), list[float]()
    for number in range(WARM_UP + questions):
        question, place = texts.question(), number % CHATS
        own.append(await first_word(model_port, direct(model_port, question)))
        ours.append(await first_word(port, through(port, here.sessions[place], tokens[place], question)))
    return own[WARM_UP:], ours[WARM_UP:]


async def stream_together(port: int, process: int, here: Class, tokens: Sequence[str], texts: Texts) -> tuple[float, float]:
    """Memory of the server's process before all ask, and the most while all stream, in MiB."""
    before = memory_of(process, "VmRSS")
    requests = [through(port, session, token, texts.question()) for session, token in zip(here.sessions, tokens, strict=True)]
    asking = [asyncio.create_task(first_word(port, request)) for request in requests]
    most, left = before, set(asking)
    while left:
        _, left = await asyncio.wait(left, timeout=0.2)
        most = max(most, memory_of(process, "VmRSS"))
    for task in asking:
        task.result()
    return before, most


def measure(places: Places, engine: str, *, questions: int) -> dict[str, float]:
    """All figures on one database."""
    texts = Texts()
    with places.fresh(engine) as url:
        home, database = places.home(), open_database(url)
        try:
            here = Class(database, texts)
            tokens = sign_in(database, settings_of(url, home), here.members, datetime.now(UTC))
            with upstream(FIRST_MS, 1, 20) as model_port, _laurels(url, database, home, model_port) as (_, port):
                own, ours = asyncio.run(compare(model_port, port, here, tokens, texts, questions))
            with upstream(FIRST_MS, SLOW_MS, SLOW_PIECES) as model_port, _laurels(url, database, home, model_port) as (process, port):
                before, most = asyncio.run(stream_together(port, process.pid, here, tokens, texts))
        finally:
            database.dispose()
    added = sorted(one - median(own) for one in ours)
    return {
        "own p50": median(own),
        "p50": median(added),
        "p95": quantiles(added, n=100)[94],
        "before": before,
        "while": most,
        "each": (most - before) / CHATS,
    }


def _laurels(url: str, database: Database, home: Any, model_port: int) -> Any:
    environment = {
        **os.environ,
        **environment_of(url, home),
        "LAURELS_OPENAI_BASE_URL": f"http://127.0.0.1:{model_port}/v1",
        "LAURELS_EMBEDDING_MODEL": "",
    }
    return serving("laurels", url, database, environment, home)


ROWS = (
    ("own p50", "the model's own time to the first word, p50", "", "{:.1f} ms"),
    ("p50", "added by Laurels, p50", "", "{:.1f} ms"),
    ("p95", "added by Laurels, p95", f"{GOAL_MS:.0f} ms", "{:.1f} ms"),
    ("before", "memory of the server before", "", "{:.0f} MiB"),
    ("while", f"while {CHATS} chats stream", "", "{:.0f} MiB"),
    ("each", "more for each of them", "", "{:.2f} MiB"),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study.chatting", description="Measure chats, and print a table.")
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--databases", default=",".join(NAMES))
    chosen = parser.parse_args()
    figures: dict[str, dict[str, float]] = {}
    with open_places() as places:
        for engine in chosen.databases.split(","):
            figures[engine] = measure(places, engine, questions=chosen.questions)
        versions = software() | places.versions()
    engines = list(figures)
    lines = [f"| what | goal | {' | '.join(NAMES[engine] for engine in engines)} |", f"| --- | --- |{' ---: |' * len(engines)}"]
    for name, what, goal, form in ROWS:
        lines.append(f"| {what} | {goal} | {' | '.join(form.format(figures[engine][name]) for engine in engines)} |")
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    lines.append(f"\n{chosen.questions:,} questions in a class of {PASSAGES:,} passages, without vectors. {machine()}. {told}.")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
