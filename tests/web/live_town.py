"""A server with nothing but live streams, decisions that only tell a fact, and a client that reads events."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import json
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, FastAPI, Request
import httpx

from laurels.core.clock import SystemClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.ledger.outbox import Told
from laurels.ledger.writer import Proposal, Writer
from laurels.web import events
from laurels.web.app import build_app
from laurels.web.caller import Caller, Role
from laurels.web.context import Context
from laurels.web.limits import RateLimiter
from laurels.web.live import Live, Message
from laurels.web.pages import Pages

SECONDS = 30
ADA = UUID("01a1f890-e37a-73f9-9bad-00000000000a")
BOB = UUID("01a1f890-e37a-73f9-9bad-00000000000b")


@dataclass(frozen=True, slots=True)
class Waved:
    """A fact for these tests."""

    name: ClassVar[str] = "test.waved"
    number: int


@dataclass(frozen=True, slots=True)
class Seen:
    number: int


@dataclass(frozen=True, slots=True)
class Wave:
    """Moves nothing, tells one fact."""

    name: ClassVar[str] = "wave"
    answers: ClassVar[type] = Seen
    number: int
    book: str = "test"
    key: BusinessKey | None = None
    reference: UUID | None = None

    def needs(self) -> Needs:
        return Needs()

    def decide(self, draft: Draft) -> Seen:
        draft.announce(Waved(self.number))
        return Seen(self.number)


class Town:
    """The parts of one server process."""

    def __init__(self, database: Database, home: Path, *pages: APIRouter) -> None:
        clock = SystemClock()
        settings = Settings(_env_file=None, home=home, secret_key="s" * 64)
        self.writer = Writer(database, clock)
        self.live = Live(database, self.writer, tail_seconds=0.05)
        self.live.on(Waved.name, draw_waves)
        self.context = Context(
            settings=settings,
            clock=clock,
            database=database,
            writer=self.writer,
            limiter=RateLimiter(clock),
            live=self.live,
            pages=Pages(clock=clock, community_name="Laurels", default_zone=settings.zone),
            authenticate=authenticate,
        )
        self.app: FastAPI = build_app(self.context, pages=[events.router, *pages], lifespan=lambda _: self.live.running())

    def wave(self, *numbers: int) -> None:
        """Commit entries that each tell a fact."""
        for number in numbers:
            self.writer.post_now(Proposal(Wave(number), at=self.context.clock.now()))


def draw_waves(told: Sequence[Told]) -> list[Message]:
    return [Message("waves", "test.waved", str(json.loads(one.payload)["number"]).encode()) for one in told]


async def authenticate(request: Request) -> Caller | None:
    """Whoever the headers, or for a browser the cookies, say."""
    found = request.headers.get("x-test-member") or request.cookies.get("test-member")
    return None if found is None else caller(UUID(found), request.headers.get("x-test-role", "member"))


def caller(member_id: UUID, role: str = "member") -> Caller:
    """A member, in a session that has the same id."""
    return Caller(
        member_id=member_id,
        role=Role(role),
        session_id=member_id,
        student_id="1",
        display_name="Ada",
        time_zone="UTC",
        locale="en",
        via="cookie",
    )


@dataclass(frozen=True)
class Heard:
    event: str
    data: str
    id: str
    retry: str


class Stream:
    """An open stream, read as a browser does."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()
        self.opening = self._block()

    def __iter__(self) -> Iterator[Heard]:
        while block := self._block():
            if "data" in block:
                yield Heard(block.get("event", ""), block["data"], block.get("id", ""), block.get("retry", ""))

    def until(self, event: str, data: str | None = None) -> list[Heard]:
        """What comes up to and with a message."""
        heard = []
        for one in self:
            heard.append(one)
            if one.event == event and data in (None, one.data):
                return heard
        raise AssertionError(f"the stream ended before {event} {data}, after {heard}")

    def _block(self) -> dict[str, str]:
        block: dict[str, str] = {}
        for line in self._lines:
            if not line and block:
                return block
            name, _, value = line.partition(": ")
            if name:
                block[name] = f"{block['data']}\n{value}" if name == "data" and "data" in block else value
        return block


@contextmanager
def following(address: str, topics: str, *, member: UUID = ADA, role: str = "member", **headers: str) -> Iterator[Stream]:
    """Open a stream."""
    sent = {"x-test-member": str(member), "x-test-role": role, "accept": "text/event-stream", **headers}
    with httpx.stream("GET", f"{address}/events", params={"topics": topics}, headers=sent, timeout=SECONDS) as response:
        assert response.status_code == 200
        stream = Stream(response)  # kept here: were it forgotten, httpx would close the connection
        yield stream


def ask(address: str, topics: str, *, member: UUID | None = ADA, role: str = "member") -> httpx.Response:
    """Ask for a stream that will be refused."""
    sent = {"x-test-role": role, "accept": "text/event-stream"}
    if member is not None:
        sent["x-test-member"] = str(member)
    return httpx.get(f"{address}/events", params={"topics": topics}, headers=sent, timeout=SECONDS)
