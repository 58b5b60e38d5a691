"""A shop whose servers and workers are killed: it sends again until it is answered, and expects each purchase to earn once."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
import subprocess
import sys
from threading import Event
from typing import Any

import httpx
from sqlalchemy import func, select

from laurels.identity.service_keys import create_key
from laurels.identity.tables import Member
from laurels.ledger import tables
from laurels.ledger.reader import balances, verify
from laurels.products.loyalty.accounts import points
from laurels.products.loyalty.queries import subject_of
from laurels.products.loyalty.tables import Program, purchase
from products.loyalty.town import Town

HERE = Path(__file__).parent
PENCE, POINTS = 10_000, 5
"""What each purchase costs and earns."""

PATIENCE = 60
"""Seconds until what doesn't come about is given up."""


@contextmanager
def process(script: str, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A process of this folder, and the line that it says when it is ready; killed in the end, if it wasn't before."""
    command = [sys.executable, str(HERE / script), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        try:
            yield started, started.stdout.readline().strip()
        finally:
            started.kill()


def wait_until(come: Any, what: str) -> None:
    """Wait for other processes."""
    pause = Event()
    for _ in range(PATIENCE * 50):
        if come():
            return
        pause.wait(0.02)
    raise AssertionError(f"it never came to be: {what}")


@dataclass
class Shop:
    """One program's shop, on a town's database.

    Attributes:
        answered: ids of purchases that a server acknowledged.
    """

    town: Town
    program: Program
    members: Sequence[Member]
    key: str
    answered: set[str] = field(default_factory=set)

    @property
    def _settings(self) -> tuple[str, str]:
        return self.town.place.settings.resolved_database_url, str(self.town.place.settings.home)

    @contextmanager
    def server(self) -> Iterator[tuple["subprocess.Popen[str]", httpx.Client]]:
        """A server of its own process, and a client that asks it."""
        headers = {"Authorization": f"Bearer {self.key}"}
        secret = self.town.place.settings.secret_key
        assert secret is not None
        with ExitStack() as stack:
            running, port = stack.enter_context(process("shop_server.py", *self._settings, secret.get_secret_value()))
            address = f"http://127.0.0.1:{port}/api/v1/programs/{self.program.id}"
            yield running, stack.enter_context(httpx.Client(base_url=address, headers=headers, timeout=30))

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[str]"]:
        """A worker of its own process."""
        with process("decider.py", *self._settings) as (running, said):
            assert said == "ready"
            yield running

    def told(self, number: int) -> dict[str, Any]:
        """A purchase, alike whenever it is sent."""
        who = self.members[number % len(self.members)].student_id
        at = f"2020-01-01T{number // 3_600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
        return {"transaction_id": f"T-{number}", "member": who, "amount": PENCE, "currency": "GBP", "occurred_at": at}

    def earn(self, client: httpx.Client, number: int, *, is_waiting: bool = False) -> bool:
        """Tell one purchase; whether the server acknowledged it."""
        return self._send(client, "/earn", self.told(number), [number], is_waiting=is_waiting)

    def earn_all(self, client: httpx.Client, numbers: Sequence[int], *, is_waiting: bool = False) -> bool:
        """Tell many in one batch; whether the server acknowledged them."""
        return self._send(client, "/earn/batch", {"events": [self.told(number) for number in numbers]}, numbers, is_waiting=is_waiting)

    def _send(self, client: httpx.Client, path: str, body: Any, numbers: Sequence[int], *, is_waiting: bool) -> bool:
        try:
            answer = client.post(path, json=body, headers={"Prefer": "wait"} if is_waiting else {})
        except httpx.TransportError:
            return False  # it is gone: whether it was kept, nobody knows
        if answer.status_code == 503:
            return False
        assert answer.status_code in (200, 202), answer.text
        outcomes = answer.json().get("items", [answer.json()])
        assert {one["status"] for one in outcomes} <= {"accepted", "earned"}, outcomes
        self.answered.update(f"T-{number}" for number in numbers)
        return True

    def statuses(self) -> dict[str, int]:
        """How many purchases there are of each status."""
        with self.town.database.read.connect() as connection:
            counted = select(purchase.c.status, func.count()).group_by(purchase.c.status)
            return {row[0]: row[1] for row in connection.execute(counted)}

    def wait_for_all(self) -> None:
        """Wait until nothing is undecided, and see that each purchase earned once and none is lost."""
        wait_until(lambda: "accepted" not in self.statuses(), f"all is decided: {self.statuses()}")
        with self.town.database.read.begin() as connection:
            seen = verify(connection)
            assert seen.findings == []
            rows = connection.execute(select(purchase.c.transaction_id, purchase.c.status, purchase.c.points)).all()
            entries = list(connection.scalars(select(tables.entry.c.reference).where(tables.entry.c.name == "earn_points")))
            held = sum(balances(connection, [points(self.program.id, who.id) for who in self.members]).values())
        assert {(row.status, row.points) for row in rows} == {("earned", POINTS)}
        earned = {row.transaction_id for row in rows}
        assert sorted(self.answered - earned) == [], "acknowledged, and not earned"
        assert len(set(entries)) == len(entries) == len(rows), "each once"
        assert held == POINTS * len(rows)


def open_shop(town: Town) -> Shop:
    """A shop with ten members."""
    members = [town.make_member() for _ in range(10)]
    program = town.make_program(None, members)
    with town.open():
        made = create_key(town.app.state.identity, subject=subject_of(program.id), name="till", scopes=["earn"], by=None)
    return Shop(town, program, members, made.token)
