"""A place for products' tests: members who ask over HTTP once it is open, the ledger's writer, and the ledger seen from behind."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Barrier
from typing import Any, Self, TypeVar

from fastapi import FastAPI
import httpx
from sqlalchemy import Table, func, select
from starlette.testclient import TestClient

from laurels.core.clock import FixedClock
from laurels.core.database import Database, open_database
from laurels.core.settings import Settings
from laurels.identity.tables import Member
from laurels.jobs import JobContext
from laurels.ledger.reader import heads, verify
from laurels.ledger.writer import Posted, Proposal, Writer
from support.applications import MakeApp
from support.members import MemberMaker, SignIn
from support.servers import serving

API = "/api/v1"

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """What deciding events works with, where no application is open."""

    settings: Settings
    clock: FixedClock
    database: Database
    writer: Writer


class Site:
    """What a test needs at hand. A product's own place adds what its members and jobs do."""

    def __init__(
        self,
        database: Database,
        clock: FixedClock,
        settings: Settings,
        make_member: MemberMaker,
        sign_in: SignIn,
        make_app: MakeApp,
    ) -> None:
        self.database = database
        self.clock = clock
        self.writer = Writer(database, clock)
        self.place = Place(settings, clock, database, self.writer)
        self.make_member = make_member
        self._sign_in = sign_in
        self._make_app = make_app
        self._headers: dict[tuple[object, datetime], dict[str, str]] = {}
        self._numbers = count(1)
        self.app: FastAPI
        self.http: TestClient | httpx.Client

    @contextmanager
    def open(self, **settings: Any) -> Iterator[Self]:
        """Serve in process: requests come one after another."""
        self.app = self._make_app(**settings)
        with TestClient(self.app, raise_server_exceptions=False) as self.http:
            yield self

    @contextmanager
    def open_wide(self, **settings: Any) -> Iterator[Self]:
        """Serve by a real server: requests can be parallel."""
        self.app = self._make_app(**settings)
        with serving(self.app) as address, httpx.Client(base_url=address, timeout=30, limits=httpx.Limits(max_connections=64)) as self.http:
            yield self

    @contextmanager
    def elsewhere(self) -> Iterator[Database]:
        """The database as another process has it, which remembers nothing of what this one does."""
        opened = open_database(self.place.settings.resolved_database_url)
        yield opened
        opened.dispose()

    # Time

    def at(self, year: int, month: int, day: int, hour: int = 12, minute: int = 0, second: int = 0) -> None:
        """Set the clock, in UTC."""
        self.clock.set(datetime(year, month, day, hour, minute, second, tzinfo=UTC))

    def later(self, **time: float) -> None:
        """Move the clock on: `later(days=14)`."""
        self.clock.set(self.clock.at + timedelta(**time))

    # Decisions

    def post_now(self, decision: Any) -> Posted[Any]:
        """Post a decision as it is."""
        return self.writer.post_now(Proposal(decision, self.clock.at, "test"))

    def job(self, name: str = "test") -> JobContext:
        """What a job is handed, now."""
        return JobContext(
            settings=self.place.settings,
            clock=self.clock,
            database=self.database,
            writer=self.writer,
            now=self.clock.at,
            period=name,
            due_at=self.clock.at,
            is_stopping=lambda: False,
        )

    # Requests

    def headers(self, who: Member) -> dict[str, str]:
        """A member's headers; they sign in anew whenever the clock has moved."""
        known = self._headers.get((who.id, self.clock.at))
        if known is None:
            known = self._headers[who.id, self.clock.at] = self._sign_in(who).headers
        return known

    def ask(self, who: Member | dict[str, str], method: str, path: str, *, key: str | None = None, **more: Any) -> httpx.Response:
        """A member, or a service key's headers, asks for a path below `/api/v1`."""
        headers = self.headers(who) if isinstance(who, Member) else who
        return self.http.request(method, API + path, headers=headers | ({"Idempotency-Key": key} if key else {}), **more)

    def get(self, who: Member | dict[str, str], path: str, **query: Any) -> httpx.Response:
        """The same, reading."""
        return self.ask(who, "GET", path, params=query)

    def read(self, who: Member | dict[str, str], path: str, **query: Any) -> Any:
        """The same, where there must be an answer; gives its JSON."""
        answer = self.get(who, path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pages(self, who: Member | dict[str, str], path: str, **query: Any) -> list[Any]:
        """Every item of a list, page by page."""
        items: list[Any] = []
        cursor: str | None = None
        for _ in range(1_000):
            page = self.read(who, path, **query, **({"cursor": cursor} if cursor else {}))
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items
        raise AssertionError(f"{path} has no end")

    def together(self, *calls: Callable[[], T]) -> list[T]:
        """Make calls at the same moment, each in a thread of its own."""
        start = Barrier(len(calls))

        def run(call: Callable[[], T]) -> T:
            start.wait(timeout=30)
            return call()

        with ThreadPoolExecutor(len(calls)) as pool:
            return [future.result(timeout=60) for future in [pool.submit(run, call) for call in calls]]

    # The ledger

    def count(self, table: Table) -> int:
        """How many rows a table has."""
        with self.database.read.connect() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def heads(self) -> list[tuple[str, int, str]]:
        """Where every book stands: the same before and after means that nothing happened."""
        with self.database.read.connect() as connection:
            return [(head.name, head.sequence, head.hash) for head in heads(connection) if head.sequence]

    def verify(self) -> None:
        """Prove the books."""
        with self.database.read.connect() as connection:
            seen = verify(connection)
        assert seen.is_clean, [str(finding) for finding in seen.findings]


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is a refusal of this sort; gives its problem."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem: dict[str, Any] = answer.json()
    assert problem["code"] == code, problem
    return problem
