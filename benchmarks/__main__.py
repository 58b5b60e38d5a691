"""`python -m benchmarks`: measure, and write docs/benchmarks.md.

Every measurement gets a fresh database. Runs are interleaved, so that a busy
minute of the machine falls on all programs and not on one.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
import os
from pathlib import Path
import sys

from benchmarks import by_hand, by_import, by_writer, in_sets, over_http
from benchmarks.community import Community, settle
from benchmarks.figures import CALLERS, NAMES, Figures, software, write_page
from benchmarks.places import Places, open_places
from laurels.core.database import Database, open_database

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
PARTS = ("writer", "http", "import")
GIFTS = {"writer": 20_000, "hand": 3_000, "sets": 20_000, "http": 8_000, "plain": 2_000, "import": 30_000}
"""How many for each measurement: some seconds each."""

FEWEST = 200


@dataclass(frozen=True, slots=True)
class Task:
    """One measurement, made once a run."""

    what: str
    engine: str
    shape: str = ""
    callers: int = 0


def list_tasks(parts: list[str], engines: list[str]) -> list[Task]:
    """What is to be measured, in order."""
    tasks = []
    for engine in engines:
        for shape in ("hot", "spread"):
            if "writer" in parts:
                tasks.append(Task("sets", engine, shape))
                tasks += [Task(what, engine, shape, callers) for callers in CALLERS for what in ("writer", "hand")]
            if "http" in parts:
                tasks += [Task(what, engine, shape, 256) for what in ("http", "plain")]
        if "import" in parts:
            tasks.append(Task("import", engine))
    return tasks


def perform(task: Task, places: Places, figures: Figures, *, share: float) -> None:
    """Make one measurement on a database of its own."""
    gifts = max(FEWEST, int(GIFTS[task.what] * share * (1 if task.callers in (0, 256) else 0.5)))
    with places.fresh(task.engine) as url:
        database = open_database(url)
        try:
            rate = _programs(url, database, places, figures)[task.what](task, gifts)
        finally:
            database.dispose()
    figures.add(task.what, task.engine, task.shape, task.callers, rate)
    print(f"{NAMES[task.engine]:<10} {task.what:<7} {task.shape:<7} {task.callers or '':>4} {rate:>10,.0f} /s", file=sys.stderr, flush=True)


def _programs(url: str, database: Database, places: Places, figures: Figures) -> dict[str, Callable[[Task, int], float]]:
    def community() -> Community:
        return settle(database)

    def serve(task: Task, gifts: int) -> float:
        program = "laurels" if task.what == "http" else "plain"
        served = over_http.measure(
            url, database, community(), places.home(), program=program, shape=task.shape, callers=task.callers, gifts=gifts
        )
        if task.what == "http":
            figures.add("memory", task.engine, task.shape, task.callers, served.peak_mib)
        return served.rate

    return {
        "writer": lambda task, gifts: by_writer.measure(database, community(), shape=task.shape, callers=task.callers, gifts=gifts),
        "hand": lambda task, gifts: by_hand.measure(url, community(), shape=task.shape, callers=task.callers, gifts=gifts),
        "sets": lambda task, gifts: in_sets.measure(database, community(), shape=task.shape, gifts=gifts),
        "http": serve,
        "plain": serve,
        "import": lambda task, gifts: by_import.measure(url, database, places.home(), rows=gifts),
    }


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, and write docs/benchmarks.md.")
    parser.add_argument("--runs", type=int, default=3, help="of each measurement; medians are told (3)")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of gifts, for a quick look (1.0)")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part only; may be repeated; writes no page")
    parser.add_argument("--database", choices=list(NAMES), action="append", help="on this database only; writes no page")
    asked = parser.parse_args()
    figures = Figures()
    busy = os.getloadavg()[0]
    with open_places() as places:
        for run in range(asked.runs):
            print(f"run {run + 1} of {asked.runs}", file=sys.stderr, flush=True)
            for task in list_tasks(asked.only or list(PARTS), asked.database or list(NAMES)):
                perform(task, places, figures, share=asked.share)
        versions = software() | places.versions()
    page = write_page(figures, versions, runs=asked.runs, command=_command(asked.runs, asked.share), busy=busy)
    if asked.only or asked.database:
        print(page)
    else:
        PAGE.write_text(page, "utf-8")
        print(f"wrote {os.path.relpath(PAGE)}")


def _command(runs: int, share: float) -> str:
    arguments = [f"--runs {runs}"] if runs != 3 else []
    arguments += [f"--share {share:g}"] if share != 1 else []
    return f'make bench ARGS="{" ".join(arguments)}"' if arguments else "make bench"


if __name__ == "__main__":
    main()
