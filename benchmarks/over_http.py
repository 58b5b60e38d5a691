"""Gifts over HTTP: a real server process, authorized, each with an Idempotency-Key; beside the endpoint written plainly."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
import json
import os
from pathlib import Path
import re
import socket
import subprocess
import sys
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
from sqlalchemy import make_url

from benchmarks.community import MESSAGE, Community
from benchmarks.people import environment_of, settings_of, sign_in
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.ledger.reader import heads

STARTS_WITHIN_SECONDS = 90
LOADS_WITHIN_SECONDS = 300
WARM_UP = 300
"""Gifts before the clock starts: connections open, code paths are warm."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a server did.

    Attributes:
        rate: gifts a second.
        peak_mib: most memory that its process ever had (VmHWM).
    """

    rate: float
    peak_mib: float


def measure(
    url: str, database: Database, community: Community, home: Path, *, program: str, shape: str, callers: int, gifts: int
) -> Served:
    """Gifts a second over HTTP by `laurels` or by the `plain` endpoint, one server process each."""
    environment = {
        **os.environ,
        **environment_of(url, home),
        "LAURELS_RECOGNITION_GRANT": "1000000",
        "LAURELS_RECOGNITION_SENDING_LIMIT": "1000000",
    }
    plan = _plan(settings_of(url, home), database, community, shape)
    with serving(program, url, database, environment, home) as (process, port):
        run_load({**plan, "port": port, "connections": min(callers, WARM_UP), "requests": WARM_UP})
        seconds = run_load({**plan, "port": port, "connections": callers, "requests": gifts})
        return Served(gifts / seconds, memory_of(process.pid, "VmHWM"))


def _plan(settings: Settings, database: Database, community: Community, shape: str) -> dict[str, object]:
    """Tokens and bodies: of many members, or all from one to another."""
    size = len(community.members)
    pairs = [(0, 1)] if shape == "hot" else [(number, (number + 7) % size) for number in range(size)]
    tokens = sign_in(database, settings, [community.members[giver] for giver, _ in pairs], datetime.now(UTC))
    bodies = [json.dumps({"receiver_id": str(community.members[receiver]), "credits": 1, "message": MESSAGE}) for _, receiver in pairs]
    return {"host": "127.0.0.1", "path": "/api/v1/recognitions", "tokens": tokens, "bodies": bodies}


def memory_of(process: int, name: str) -> float:
    """A figure of a process's memory, in MiB: VmRSS now, VmHWM at its highest."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def run_load(plan: dict[str, object], *, expected: dict[str, object] | None = None) -> float:
    """Seconds that the load client of a process of its own needs for a plan.

    Args:
        expected: how many answers of each status there must be; None: all are 201.

    Raises:
        RuntimeError: other answers came.
    """
    command = [sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(command, input=json.dumps(plan), capture_output=True, text=True, check=True, timeout=LOADS_WITHIN_SECONDS)
    told = json.loads(done.stdout)
    if told["statuses"] != (expected or {"201": plan["requests"]}):
        raise RuntimeError(f"other answers than expected: {told['statuses']}")
    return float(told["seconds"])


@contextmanager
def serving(
    program: str, url: str, database: Database, environment: dict[str, str], home: Path
) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """A server process of `laurels`, of it with `pots` of one's own, or of the `plain` endpoint; and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    if program == "plain":
        environment = {**environment, "PLAIN_BOOK": str(_number_gifts(url, database))}
        command = ["uvicorn", "benchmarks.plain:app", "--port", str(port), "--no-access-log", "--log-level", "warning"]
        ready = "/docs"
    elif program == "pots":
        command = ["uvicorn", "benchmarks.pot.app:app", "--port", str(port), "--no-access-log", "--log-level", "warning"]
        ready = "/readyz"
    else:
        command = ["laurels.cli", "serve", "--port", str(port)]
        ready = "/readyz"
    log = home / f"{program}.log"
    home.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=output, stderr=output)
        try:
            _wait(f"http://127.0.0.1:{port}{ready}", process, log)
            yield process, port
        finally:
            process.terminate()
            process.wait(STARTS_WITHIN_SECONDS)


def _number_gifts(url: str, database: Database) -> int:
    """Give PostgreSQL a sequence that goes on where the book stands; gives the book's id."""
    with database.read.connect() as connection:
        (head,) = heads(connection)
        book: int = connection.exec_driver_sql("SELECT id FROM book").scalar_one()
    if not database.is_sqlite:
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE SEQUENCE gift_number START {head.sequence + 1}")
    return book


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = monotonic() + STARTS_WITHIN_SECONDS
    while monotonic() < until and process.poll() is None:
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            sleep(0.1)
    raise RuntimeError(f"the server didn't start:\n{log.read_text()[-3000:]}")
