"""`python -m benchmarks.progress`: measure, and write docs/benchmarks-progress.md."""

import argparse
from collections import defaultdict
import json
import os
from pathlib import Path
import subprocess
import sys

from benchmarks.figures import NAMES, software
from benchmarks.measured import Measured
from benchmarks.places import Places, open_places
from benchmarks.progress import boards, by_hand, by_import
from benchmarks.progress.monday import fill
from benchmarks.progress.over_http import BATCH, award_singly, desk, send_batch
from benchmarks.progress.page import write_page
from laurels.core.database import open_database

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks-progress.md"
SINGLES = 5_000
BY_HAND = 5_000
IMPORTED = 20_000
ACTIVE = 100_000
CROWD = 1_000_000
LOOKS = 400
MEANWHILE = 60_000
"""Most awards that are asked for while boards are read."""


def measure_awards(places: Places, engine: str, measured: Measured, *, share: float) -> None:
    """Awards over HTTP, then the same by hand on the same database, once the server has stopped."""
    with places.fresh(engine) as url:
        database = open_database(url)
        try:
            with desk(url, database, places.home()) as at:
                number, idle = int(BATCH * share), at.memory("VmRSS")
                measured.add("batch", engine, number / send_batch(at, "batch", number))
                measured.add("batch memory", engine, at.memory("VmHWM") - idle)
                measured.add("single", engine, award_singly(at, "single", int(SINGLES * share)))
                circle = at.circle
            measured.add("hand", engine, by_hand.measure(url, circle, "hand", awards=int(BY_HAND * share)))
        finally:
            database.dispose()


def measure_import(places: Places, engine: str, measured: Measured, *, share: float) -> None:
    """A file of activities."""
    with places.fresh(engine) as url:
        database = open_database(url)
        try:
            measured.add("import", engine, by_import.measure(url, database, places.home(), rows=int(IMPORTED * share)))
        finally:
            database.dispose()


def measure_monday(places: Places, engine: str, measured: Measured, *, share: float) -> None:
    """The week's goals, in a process of its own."""
    with places.fresh(engine) as url:
        active = int(ACTIVE * share)
        fill(url, active)
        plan = json.dumps({"url": url, "home": str(places.home())})
        command = [sys.executable, "-m", "benchmarks.progress.monday"]
        done = subprocess.run(command, input=plan, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the goals weren't opened:\n{done.stderr[-3000:]}")
        told = json.loads(done.stdout.splitlines()[-1])
        if told["opened"] != told["kept"] or told["opened"] < active:
            raise RuntimeError(f"not every goal was opened: {told}")
        measured.add("goals seconds", engine, told["seconds"])
        measured.add("goals memory", engine, told["mib"])


def measure_boards(places: Places, engine: str, measured: Measured, *, share: float) -> None:
    """Boards of very many."""
    with places.fresh(engine) as url:
        database = open_database(url)
        try:
            home = places.home()
            looks = boards.measure(url, database, home, members=int(CROWD * share), looks=max(40, int(LOOKS * share)), awards=MEANWHILE)
        finally:
            database.dispose()
        for name in boards.PATHS:
            measured.add(f"{name} p50", engine, 1_000 * looks.p50[name])
            measured.add(f"{name} p95", engine, 1_000 * looks.p95[name])
        measured.add("awards meanwhile", engine, looks.awards)


PARTS = {"awards": measure_awards, "import": measure_import, "goals": measure_monday, "boards": measure_boards}
ONCE = ("boards",)
"""Measured in the first run only."""


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.progress", description="Measure, and write docs/benchmarks-progress.md.")
    parser.add_argument("--runs", type=int, default=3, help="of each measurement but the boards; medians are told (3)")
    parser.add_argument(
        "--share", type=float, default=1.0, help="of the usual number of everything, for a quick look; writes no page (1.0)"
    )
    parser.add_argument("--database", choices=list(NAMES), action="append", help="on this database only; writes no page")
    parser.add_argument("--part", choices=list(PARTS), action="append", help="only this; writes no page")
    asked = parser.parse_args()
    measured = Measured(defaultdict(list), software())
    busy = os.getloadavg()[0]
    with open_places() as places:
        for run in range(asked.runs):
            for engine in asked.database or NAMES:
                for name in asked.part or PARTS:
                    if run == 0 or name not in ONCE:
                        PARTS[name](places, engine, measured, share=asked.share)
                print(f"run {run + 1} of {asked.runs}: {NAMES[engine]} {measured.last(engine)}", file=sys.stderr, flush=True)
        measured.versions |= places.versions()
    page = write_page(measured, runs=asked.runs, busy=busy, active=int(ACTIVE * asked.share), crowd=int(CROWD * asked.share))
    if asked.database or asked.part or asked.share != 1:
        print(page)
    else:
        PAGE.write_text(page, "utf-8")
        print(f"wrote {os.path.relpath(PAGE)}")


if __name__ == "__main__":
    main()
