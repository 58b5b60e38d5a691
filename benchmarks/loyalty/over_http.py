"""Loyalty over HTTP: batches, single purchases, how soon they count, and a storm on little stock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import httpx

from benchmarks.loyalty.shop import MEMBERS, STOCK, Shop, open_shop
from benchmarks.over_http import memory_of, run_load, serving
from benchmarks.people import environment_of
from laurels.core.database import Database

BATCH = 10_000
CONNECTIONS = 64
STORM_CONNECTIONS = 250
POLL_SECONDS = 0.002
"""Between two looks at one purchase."""
COUNT_SECONDS = 0.05
"""Between two counts of all: each takes the database's time."""
WITHIN_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Counter:
    """A server process with a shop in it, and a client of it."""

    shop: Shop
    database: Database
    client: httpx.Client
    port: int
    process: int

    @property
    def path(self) -> str:
        return f"/api/v1/programs/{self.shop.program}"

    def memory(self, name: str) -> float:
        """A figure of the server's memory, in MiB: VmRSS now, VmHWM at its highest."""
        return memory_of(self.process, name)

    def undecided(self) -> int:
        """How many accepted purchases wait to be decided."""
        with self.database.read.connect() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM purchase WHERE status = 'accepted'").scalar_one())

    def wait_decided(self) -> None:
        """Until nothing waits."""
        until = perf_counter() + WITHIN_SECONDS
        while self.undecided():
            if perf_counter() > until:
                raise RuntimeError("purchases weren't decided in time")
            sleep(COUNT_SECONDS)

    def load(self, path: str, bodies: list[str], connections: int, expected: dict[str, object]) -> float:
        """Seconds that so many requests took."""
        plan: dict[str, Any] = {
            "host": "127.0.0.1",
            "path": path,
            "tokens": [self.shop.token] * len(bodies),
            "bodies": bodies,
            "port": self.port,
            "connections": connections,
            "requests": len(bodies),
        }
        return run_load(plan, expected=expected)


@contextmanager
def counter(url: str, database: Database, home: Path) -> Iterator[Counter]:
    """A server with a shop, warm."""
    shop = open_shop(database, home)
    environment = {**os.environ, **environment_of(url, home)}
    with serving("laurels", url, database, environment, home) as (process, port):
        headers = {"Authorization": f"Bearer {shop.token}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=WITHIN_SECONDS) as client:
            made = Counter(shop, database, client, port, process.pid)
            send_batch(made, "warm", MEMBERS)
            yield made


def send_batch(at: Counter, prefix: str, number: int) -> float:
    """Seconds of a batch that waits for its outcomes: each is posted when it answers."""
    body = json.dumps({"events": list(at.shop.purchases(prefix, number))})
    start = perf_counter()
    answer = at.client.post(f"{at.path}/earn/batch", content=body, headers={"Prefer": "wait", "Content-Type": "application/json"})
    seconds = perf_counter() - start
    counts = answer.raise_for_status().json()
    if counts["earned"] != number:
        raise RuntimeError(f"not every purchase earned: { {name: value for name, value in counts.items() if name != 'items'} }")
    return seconds


def accept_batch(at: Counter, prefix: str, number: int) -> tuple[float, float]:
    """Seconds until a batch was accepted, and until it was posted."""
    body = json.dumps({"events": list(at.shop.purchases(prefix, number))})
    start = perf_counter()
    answer = at.client.post(f"{at.path}/earn/batch", content=body, headers={"Content-Type": "application/json"})
    accepted = perf_counter() - start
    answer.raise_for_status()
    at.wait_decided()
    return accepted, perf_counter() - start


def earn_singly(at: Counter, number: int) -> tuple[float, float]:
    """Purchases a second, accepted and posted, one in each request."""
    start = perf_counter()
    seconds = at.load(f"{at.path}/earn", at.shop.bodies("single", number), CONNECTIONS, {"202": number})
    at.wait_decided()
    return number / seconds, number / (perf_counter() - start)


def delays(at: Counter, number: int) -> list[float]:
    """Seconds from the 202 until a purchase is earned, one after another."""
    found = []
    for body in at.shop.bodies("delay", number):
        answer = at.client.post(f"{at.path}/earn", content=body, headers={"Content-Type": "application/json"})
        start = perf_counter()
        where = answer.raise_for_status().headers["Location"]
        while at.client.get(where).raise_for_status().json()["status"] == "accepted":
            sleep(POLL_SECONDS)
        found.append(perf_counter() - start)
    return sorted(found)


def storm(at: Counter) -> float:
    """Seconds in which all members asked for a piece of little stock; exactly so many pieces are sold."""
    send_batch(at, "funds", 10 * MEMBERS)
    bodies = [json.dumps({"reward_id": str(at.shop.reward), "member": str(number), "at_once": True}) for number in range(MEMBERS)]
    return at.load(f"{at.path}/burn", bodies, STORM_CONNECTIONS, {"201": STOCK, "409": MEMBERS - STOCK})
