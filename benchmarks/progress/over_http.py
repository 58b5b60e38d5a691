"""Awards over HTTP: in batches, and one in each request."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from benchmarks.over_http import memory_of, run_load, serving
from benchmarks.people import environment_of, settings_of
from benchmarks.progress.circle import MEMBERS, Circle, open_circle
from laurels.core.database import Database

BATCH = 10_000
CONNECTIONS = 64
WITHIN_SECONDS = 300
PATH = "/api/v1/progress/awards"


@dataclass(frozen=True, slots=True)
class Desk:
    """A server process with a circle in it, and a client of it."""

    circle: Circle
    client: httpx.Client
    port: int
    process: int

    def memory(self, name: str) -> float:
        """A figure of the server's memory, in MiB: VmRSS now, VmHWM at its highest."""
        return memory_of(self.process, name)


@contextmanager
def desk(url: str, database: Database, home: Path) -> Iterator[Desk]:
    """A server, warm: every member has points, a streak and goals."""
    circle = open_circle(database, settings_of(url, home))
    environment = {**os.environ, **environment_of(url, home)}
    with serving("laurels", url, database, environment, home) as (process, port):
        headers = {"Authorization": f"Bearer {circle.token}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=WITHIN_SECONDS) as client:
            made = Desk(circle, client, port, process.pid)
            send_batch(made, "warm", MEMBERS)
            yield made


def send_batch(at: Desk, prefix: str, number: int) -> float:
    """Seconds of a batch; all of it is committed when it answers."""
    body = json.dumps({"awards": list(at.circle.awards(prefix, number))})
    start = perf_counter()
    answer = at.client.post(f"{PATH}/batch", content=body, headers={"Content-Type": "application/json"})
    seconds = perf_counter() - start
    counts = answer.raise_for_status().json()
    if counts["awarded"] != number:
        raise RuntimeError(f"not every award was made: { {name: value for name, value in counts.items() if name != 'items'} }")
    return seconds


def award_singly(at: Desk, prefix: str, number: int) -> float:
    """Awards a second, one in each request; each is committed when it answers."""
    bodies = at.circle.bodies(prefix, number)
    return number / run_load(plan_of(at.circle.token, bodies, at.port, CONNECTIONS), expected={"200": number})


def plan_of(token: str, bodies: list[str], port: int, connections: int) -> dict[str, Any]:
    """What the load client is told."""
    return {
        "host": "127.0.0.1",
        "path": PATH,
        "tokens": [token] * len(bodies),
        "bodies": bodies,
        "port": port,
        "connections": connections,
        "requests": len(bodies),
    }
