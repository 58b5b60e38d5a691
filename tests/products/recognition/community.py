"""A community for recognition's tests: members who do things over HTTP, and the ledger seen from behind."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Barrier
from typing import Any, TypeVar

from fastapi import FastAPI
import httpx
from sqlalchemy import Table, func, select
from starlette.testclient import TestClient

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.identity.tables import Member
from laurels.jobs import JobContext
from laurels.ledger.reader import Line, balances, heads, statement, verify
from laurels.products.recognition.accounts import allowance, owed, received, redeeming, sent, standing
from laurels.products.recognition.jobs import issue_vouchers, open_months
from laurels.vouchers import Vouchers
from support.applications import MakeApp
from support.members import MemberMaker, SignIn
from support.servers import serving

API = "/api/v1"
MESSAGE = "You stayed until the demo ran."

T = TypeVar("T")


class Community:
    """What a test needs at hand: members, their requests, and what the ledger says."""

    def __init__(self, database: Database, clock: FixedClock, make_member: MemberMaker, sign_in: SignIn, make_app: MakeApp) -> None:
        self.database = database
        self.clock = clock
        self.join = make_member
        self._sign_in = sign_in
        self._make_app = make_app
        self._headers: dict[tuple[object, datetime], dict[str, str]] = {}
        self.app: FastAPI
        self.http: TestClient | httpx.Client

    @contextmanager
    def open(self, **settings: Any) -> Iterator["Community"]:
        """Serve in process: requests come one after another."""
        self.app = self._make_app(**settings)
        with TestClient(self.app, raise_server_exceptions=False) as self.http:
            yield self

    @contextmanager
    def open_wide(self, **settings: Any) -> Iterator["Community"]:
        """Serve by a real server: requests can be parallel."""
        self.app = self._make_app(**settings)
        with serving(self.app) as address, httpx.Client(base_url=address, timeout=30, limits=httpx.Limits(max_connections=64)) as self.http:
            yield self

    # Time

    def at(self, year: int, month: int, day: int, hour: int = 12, minute: int = 0, second: int = 0) -> None:
        """Set the clock, in UTC."""
        self.clock.set(datetime(year, month, day, hour, minute, second, tzinfo=UTC))

    # Requests

    def headers(self, who: Member) -> dict[str, str]:
        """A member's headers; they sign in anew whenever the clock has moved."""
        known = self._headers.get((who.id, self.clock.at))
        if known is None:
            known = self._headers[who.id, self.clock.at] = self._sign_in(who).headers
        return known

    def get(self, who: Member, path: str, **query: Any) -> httpx.Response:
        """A member reads."""
        return self.http.get(API + path, params=query, headers=self.headers(who))

    def post(self, who: Member, path: str, body: object = None, *, key: str | None = None) -> httpx.Response:
        """A member posts."""
        headers = self.headers(who) | ({"Idempotency-Key": key} if key else {})
        return self.http.post(API + path, json=body, headers=headers)

    def give(self, giver: Member, receiver: Member, credits: Any, *, message: str = MESSAGE, key: str | None = None) -> httpx.Response:
        """A member gives another credits."""
        return self.post(giver, "/recognitions", {"receiver_id": str(receiver.id), "credits": credits, "message": message}, key=key)

    def gave(self, giver: Member, receiver: Member, credits: int, **more: Any) -> str:
        """The same, where it must succeed; gives the recognition's id."""
        answer = self.give(giver, receiver, credits, **more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["recognition_id"])

    def redeem(self, who: Member, credits: Any, *, key: str | None = None) -> httpx.Response:
        """A member redeems."""
        return self.post(who, "/redemptions", {"credits": credits}, key=key)

    def purse(self, who: Member) -> dict[str, Any]:
        """A member's purses, as the API tells them."""
        answer = self.get(who, "/me/purse")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def together(self, *calls: Callable[[], T]) -> list[T]:
        """Make calls at the same moment, each in a thread of its own."""
        start = Barrier(len(calls))

        def run(call: Callable[[], T]) -> T:
            start.wait(timeout=30)
            return call()

        with ThreadPoolExecutor(len(calls)) as pool:
            return [future.result(timeout=60) for future in [pool.submit(run, call) for call in calls]]

    # Jobs

    def job(self, name: str = "test") -> JobContext:
        """What a job is handed, now."""
        context = self.app.state.context
        return JobContext(
            settings=context.settings,
            clock=context.clock,
            database=context.database,
            writer=context.writer,
            now=self.clock.at,
            period=name,
            due_at=self.clock.at,
            is_stopping=lambda: False,
        )

    def roll_over(self) -> int:
        """Run the monthly job."""
        return open_months(self.job())

    def issue_due(self) -> int:
        """Run the job that issues vouchers."""
        vouchers: Vouchers = self.app.state.vouchers
        return issue_vouchers(self.job(), vouchers)

    # The ledger

    def held(self, who: Member) -> dict[str, int]:
        """What a member's accounts hold as posted, those that hold anything."""
        month = self.clock.at.strftime("%Y-%m")
        named = {
            "allowance": allowance(who.id),
            "received": received(who.id),
            "redeeming": redeeming(who.id),
            "owed": owed(who.id),
            "sent": sent(who.id, month),  # type: ignore[arg-type]  # a Month
            "standing": standing(who.id),
        }
        with self.database.read.connect() as connection:
            found = balances(connection, named.values())
        return {name: found[account] for name, account in named.items() if found[account]}

    def postings(self, who: Member) -> list[tuple[str, int, int]]:
        """What moved in a member's two purses, oldest first: kind, amount, balance after it."""
        with self.database.read.connect() as connection:
            lines: list[Line] = statement(connection, [allowance(who.id), received(who.id)], limit=200)
        return [(line.kind, line.amount, line.balance) for line in reversed(lines)]

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
