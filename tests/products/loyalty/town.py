"""A town for loyalty's tests: programs, shops that tell purchases, members who ask over HTTP, and the ledger seen from behind."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID

from fastapi import FastAPI
import httpx
from sqlalchemy import Table, func, select
from starlette.testclient import TestClient

from laurels.core.clock import FixedClock
from laurels.core.database import Database, open_database
from laurels.core.ids import new_id
from laurels.core.settings import Settings
from laurels.identity.service_keys import create_key
from laurels.identity.tables import Member
from laurels.jobs import JobContext
from laurels.ledger import held_of
from laurels.ledger.reader import balances, heads, statement, verify
from laurels.ledger.writer import Posted, Proposal, Writer
from laurels.products.loyalty.accounts import earned, owed, points
from laurels.products.loyalty.actions.changes import OPERATOR
from laurels.products.loyalty.actions.decided import Decided
from laurels.products.loyalty.actions.deciding import Manner, basis_at, decide_events
from laurels.products.loyalty.actions.programs import NewProgram, change_program, create_program
from laurels.products.loyalty.actions.telling import purchase_row, return_row
from laurels.products.loyalty.decisions.burning import Burned, BurnPoints, CancelBurn, ConfirmBurn, Price, Settled
from laurels.products.loyalty.decisions.expiring import ExpirePoints
from laurels.products.loyalty.decisions.memberships import JoinProgram
from laurels.products.loyalty.queries import configuration_of, find_program, subject_of
from laurels.products.loyalty.rules import Line, Purchase, Terms
from laurels.products.loyalty.tables import Program
from laurels.web.etags import WHICHEVER
from products.loyalty.terms_paper import terms as plain_terms
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


class Town:
    """What a test needs at hand. What shops and jobs do goes straight to the ledger; what members ask goes over HTTP, once it is open."""

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
    def open(self, **settings: Any) -> Iterator["Town"]:
        """Serve in process: requests come one after another."""
        self.app = self._make_app(**settings)
        with TestClient(self.app, raise_server_exceptions=False) as self.http:
            yield self

    @contextmanager
    def open_wide(self, **settings: Any) -> Iterator["Town"]:
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

    # Programs and members

    def make_program(self, terms: Terms | dict[str, Any] | None = None, members: Iterable[Member] = (), **more: Any) -> Program:
        """An active program in pounds and in UTC, 5 points for 100.00 where nothing else is said, and its members.

        Args:
            terms: whole, or what differs from the plain ones: `{"pending_days": 14}`.
            more: fields of `NewProgram`.
        """
        known = terms if isinstance(terms, Terms) else plain_terms(**(terms or {}))
        fields = {"name": f"Program {next(self._numbers)}", "currency": "GBP", "zone": "UTC", "is_active": True}
        saved = create_program(self.database, OPERATOR, NewProgram(**{**fields, "terms": known, **more}), now=self.clock.at)
        for member in members:
            self.join(saved.id, member)
        with self.database.read.connect() as connection:
            found = find_program(connection, saved.id)
        assert found is not None
        return found

    def join(self, program: Program | UUID, member: Member) -> None:
        """Have a member join, by invitation or not."""
        program_id = program if isinstance(program, UUID) else program.id
        version = configuration_of(self.database, program_id).program.version
        self.post_now(JoinProgram(program_id, member.id, version, needs_invitation=False))

    def change(self, program: Program, *, database: Database | None = None, **wanted: Any) -> Program:
        """Change a program as its admins do: `status="paused"`; here, or as another process has the database."""
        return change_program(database or self.database, OPERATOR, program.id, wanted, expected=WHICHEVER, now=self.clock.at)

    # What shops tell

    def earn(
        self,
        program: Program,
        member: Member | str,
        amount: int,
        *,
        at: datetime | None = None,
        transaction_id: str | None = None,
        lines: Sequence[tuple[str, int]] = (),
        metadata: str | None = None,
    ) -> Decided:
        """A shop tells a purchase, which is decided at once.

        Args:
            amount: in minor units.
            at: when it happened; now, where nothing is said.
            transaction_id: the shop's; a new one, where nothing is said.
        """
        sent = Purchase(
            transaction_id or f"sale-{next(self._numbers)}",
            member if isinstance(member, str) else member.student_id,
            amount,
            program.currency,
            at or self.clock.at,
            tuple(Line(category, spent) for category, spent in lines),
        )
        return self.decide(program, purchase_row(program.id, sent, now=self.clock.at, metadata=metadata))

    def earned(self, program: Program, member: Member | str, amount: int, **more: Any) -> Decided:
        """The same, where it must earn."""
        decided = self.earn(program, member, amount, **more)
        assert decided.status == "earned", decided
        return decided

    def give_back(
        self,
        program: Program,
        amount: int,
        *,
        transaction_id: str | None = None,
        member: Member | str | None = None,
        return_id: str | None = None,
        at: datetime | None = None,
    ) -> Decided:
        """A shop tells a return: of a purchase that it names, or of a member's."""
        row = return_row(
            program.id,
            return_id or f"back-{next(self._numbers)}",
            amount=amount,
            occurred_at=at or self.clock.at,
            now=self.clock.at,
            transaction_id=transaction_id,
            member_ref=member.student_id if isinstance(member, Member) else member,
        )
        return self.decide(program, row)

    def decide(self, program: Program, event: Any) -> Decided:
        """Decide one event now, as the application's jobs would."""
        [decided] = decide_events(self.place, program.id, [event], Manner("test", self.clock.at))
        return decided

    # What members and jobs do

    def burn(
        self, program: Program, member: Member, amount: int, *, reward: UUID | None = None, confirm_minutes: int | None = None
    ) -> Burned:
        """Burn points, at once or (with minutes) by reserving them; a free amount is worth a penny a point."""
        now = self.clock.at
        price = Price(amount, reward) if reward else Price(amount, value_minor=amount)
        confirm_by = None if confirm_minutes is None else now + timedelta(minutes=confirm_minutes)
        basis = basis_at(configuration_of(self.database, program.id), now, now)
        return self.post_now(BurnPoints(new_id(), member.id, price, basis, confirm_by)).answer

    def confirm(self, program: Program, member: Member, burn: Burned) -> Settled:
        """Confirm a reservation."""
        return self.post_now(ConfirmBurn(program.id, burn.burn, member.id)).answer

    def cancel(self, program: Program, member: Member, burn: Burned, *, grace_days: int = 30) -> Settled:
        """Cancel a reservation."""
        return self.post_now(CancelBurn(program.id, burn.burn, member.id, timedelta(days=grace_days))).answer

    def expire(self, program: Program, member: Member) -> int:
        """Post what has expired of a member's points."""
        known = configuration_of(self.database, program.id)
        version = known.terms_at(self.clock.at)
        return self.post_now(ExpirePoints(program.id, member.id, version.terms, known.program.version, known.zone)).answer.points

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

    def key(self, program: Program, *scopes: str) -> dict[str, str]:
        """Headers of a new service key of a program; the town must be open."""
        made = create_key(self.app.state.identity, subject=subject_of(program.id), name="till", scopes=scopes, by=None)
        return {"Authorization": f"Bearer {made.token}"}

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

    def held(self, program: Program, member: Member) -> dict[str, int]:
        """What a member's accounts hold as posted, those that hold anything."""
        purse = points(program.id, member.id)
        named = {"points": purse, "held": held_of(purse), "earned": earned(program.id, member.id), "owed": owed(program.id, member.id)}
        with self.database.read.connect() as connection:
            found = balances(connection, named.values())
        return {name: found[account] for name, account in named.items() if found[account]}

    def postings(self, program: Program, member: Member) -> list[tuple[str, int, int]]:
        """What moved in a member's purse, oldest first: kind, points, balance after it."""
        with self.database.read.connect() as connection:
            lines = statement(connection, [points(program.id, member.id)], limit=200)
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
