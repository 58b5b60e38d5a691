"""`python -m benchmarks.loyalty`: measure, and write docs/benchmarks-loyalty.md."""

import argparse
from collections import defaultdict
import json
import os
from pathlib import Path
import subprocess
import sys

from sqlalchemy import make_url

from benchmarks.figures import NAMES, software
from benchmarks.loyalty.over_http import BATCH, CONNECTIONS, Counter, accept_batch, counter, delays, earn_singly, send_batch, storm
from benchmarks.loyalty.page import write_page
from benchmarks.measured import Measured
from benchmarks.places import Places, open_places
from laurels.core.database import open_database

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks-loyalty.md"
SINGLES = 5_000
DELAYS = 200
TRANSFERS = 2_000
THREADS = 8


def measure_server(places: Places, engine: str, measured: Measured, *, share: float) -> None:
    """All that a server does, on a database of its own."""
    with places.fresh(engine) as url:
        database = open_database(url)
        try:
            with counter(url, database, places.home()) as at:
                _batches(at, engine, measured, share=share)
                accepted, posted = earn_singly(at, int(SINGLES * share))
                measured.add("single accepted", engine, accepted)
                measured.add("single posted", engine, posted)
                found = delays(at, int(DELAYS * share))
                measured.add("delay p50", engine, 1_000 * found[len(found) // 2])
                measured.add("delay p95", engine, 1_000 * found[len(found) * 95 // 100])
                measured.add("storm", engine, storm(at))
        finally:
            database.dispose()


def _batches(at: Counter, engine: str, measured: Measured, *, share: float) -> None:
    number = int(BATCH * share)
    idle = at.memory("VmRSS")
    measured.add("batch", engine, number / send_batch(at, "first", number))
    measured.add("batch memory", engine, at.memory("VmHWM") - idle)
    accepted, posted = accept_batch(at, "later", number)
    measured.add("batch accepted", engine, number / accepted)
    measured.add("batch posted", engine, number / posted)


def measure_hordak(places: Places, measured: Measured, *, share: float) -> None:
    """The same transfers by django-hordak, on the same PostgreSQL."""
    for threads in (1, THREADS):
        with places.fresh("postgresql", is_migrated=False) as url:
            address = make_url(url)
            where: dict[str, object] = {"NAME": address.database, "USER": address.username or "", "PASSWORD": address.password or ""}
            where |= {"HOST": address.host or address.query.get("host", ""), "PORT": address.port or ""}
            plan = {"database": where, "transfers": int(TRANSFERS * share), "threads": threads}
            command = [sys.executable, "-m", "benchmarks.loyalty.by_hordak"]
            done = subprocess.run(command, input=json.dumps(plan), capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"django-hordak failed:\n{done.stderr[-3000:]}")
            told = json.loads(done.stdout.splitlines()[-1])
            measured.add(f"hordak {threads}", "postgresql", told["transfers"] / told["seconds"])
            measured.versions["django-hordak"] = told["version"]


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loyalty", description="Measure, and write docs/benchmarks-loyalty.md.")
    parser.add_argument("--runs", type=int, default=3, help="of each measurement; medians are told (3)")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of events, for a quick look; writes no page (1.0)")
    parser.add_argument("--database", choices=list(NAMES), action="append", help="on this database only; writes no page")
    asked = parser.parse_args()
    measured = Measured(defaultdict(list), software())
    busy = os.getloadavg()[0]
    with open_places() as places:
        for run in range(asked.runs):
            for engine in asked.database or NAMES:
                measure_server(places, engine, measured, share=asked.share)
                print(f"run {run + 1} of {asked.runs}: {NAMES[engine]} {measured.last(engine)}", file=sys.stderr, flush=True)
            if not asked.database or "postgresql" in asked.database:
                measure_hordak(places, measured, share=asked.share)
        measured.versions |= places.versions()
    page = write_page(measured, runs=asked.runs, busy=busy, connections=CONNECTIONS, batch=BATCH, threads=THREADS)
    if asked.database or asked.share != 1:
        print(page)
    else:
        PAGE.write_text(page, "utf-8")
        print(f"wrote {os.path.relpath(PAGE)}")


if __name__ == "__main__":
    main()
