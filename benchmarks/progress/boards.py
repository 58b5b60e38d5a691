"""A board's page and one's own rank among very many, over HTTP, while awards go on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
import json
import os
from pathlib import Path
import subprocess
import sys
from time import perf_counter
from uuid import UUID

import httpx

from benchmarks.over_http import memory_of, serving
from benchmarks.people import environment_of, settings_of, sign_in
from benchmarks.progress.circle import DESCRIPTION, POINTS, service_key
from benchmarks.progress.crowd import fill
from benchmarks.progress.over_http import WITHIN_SECONDS, plan_of
from laurels.core.database import Database
from laurels.ledger.reader import heads
from laurels.products.progress.accounts import BOOK

AWARDING = 1
"""Connections over which awards come meanwhile, the next as soon as the one before is answered."""

READERS = 20
"""Members who look, from the top to the end of the board."""

PAGE = 50
PATHS = {"board page": f"/api/v1/progress/boards/month?limit={PAGE}", "own rank": f"/api/v1/me/thrive-circle?around=me&limit={PAGE}"}


@dataclass(frozen=True, slots=True)
class Looks:
    """How long looks took.

    Attributes:
        p50: seconds, by what was looked at; `p95` likewise.
        awards: a second, meanwhile.
    """

    p50: dict[str, float]
    p95: dict[str, float]
    awards: float
    peak_mib: float


def measure(url: str, database: Database, home: Path, *, members: int, looks: int, awards: int) -> Looks:
    """Look so many times at each path.

    Args:
        awards: most that are asked for meanwhile.

    Raises:
        RuntimeError: they were all made before the looking ended.
    """
    crowd = fill(url, database, members)
    settings = settings_of(url, home)
    token = service_key(database, settings)
    readers = sign_in(database, settings, crowd[:: max(1, len(crowd) // READERS)], datetime.now(UTC))
    environment = {**os.environ, **environment_of(url, home)}
    with serving("laurels", url, database, environment, home) as (process, port):
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=WITHIN_SECONDS) as client:
            _look(client, readers, looks // 10)  # connections are open and pages in memory
            with _awarding(token, crowd, port, awards) as load:
                before, start = _number(database), perf_counter()
                found = _look(client, readers, looks)
                rate = (_number(database) - before) / (perf_counter() - start)
                if load.poll() is not None:
                    raise RuntimeError("the awards ended before the looking did: ask for more")
        peak = memory_of(process.pid, "VmHWM")
    return Looks(
        {name: _of(times, 50) for name, times in found.items()}, {name: _of(times, 95) for name, times in found.items()}, rate, peak
    )


def _look(client: httpx.Client, readers: list[str], looks: int) -> dict[str, list[float]]:
    """Seconds of each look, ascending, by what was looked at."""
    found: dict[str, list[float]] = {name: [] for name in PATHS}
    for number in range(looks):
        headers = {"Authorization": f"Bearer {readers[number % len(readers)]}"}
        for name, path in PATHS.items():
            start = perf_counter()
            answer = client.get(path, headers=headers)
            found[name].append(perf_counter() - start)
            if len(answer.raise_for_status().json()["items"]) != PAGE:
                raise RuntimeError(f"{path} has too few rows")
    return {name: sorted(times) for name, times in found.items()}


@contextmanager
def _awarding(token: str, crowd: list[UUID], port: int, awards: int) -> Iterator["subprocess.Popen[str]"]:
    """Awards that go on, to members all over the board."""
    asked = {"amount": POINTS, "activity_type": "quiz_complete", "description": DESCRIPTION}
    step = max(1, len(crowd) // awards)
    bodies = [json.dumps({"event_id": f"m-{place}", "member": str(crowd[place * step % len(crowd)]), **asked}) for place in range(awards)]
    load = subprocess.Popen([sys.executable, "-m", "benchmarks.load"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        assert load.stdin is not None
        load.stdin.write(json.dumps(plan_of(token, bodies, port, AWARDING)))
        load.stdin.close()
        yield load
    finally:
        load.kill()
        load.wait()


def _number(database: Database) -> int:
    with database.read.connect() as connection:
        return next(head.sequence for head in heads(connection) if head.name == BOOK)


def _of(times: list[float], percent: int) -> float:
    return times[len(times) * percent // 100]
