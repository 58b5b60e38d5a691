"""What was measured, and the page that tells it: ratios first."""

from collections import defaultdict
from dataclasses import dataclass, field
import os
from pathlib import Path
import platform
import re
import sqlite3
from statistics import median

from benchmarks.community import MEMBERS

CALLERS = (8, 32, 256)
IDLE = 0.7
"""A load average below which nothing else runs that would matter."""

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(slots=True)
class Figures:
    """Rates by (what, engine, shape, callers), a number for each run."""

    runs: dict[tuple[str, str, str, int], list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, what: str, engine: str, shape: str, callers: int, rate: float) -> None:
        """Note one run."""
        self.runs[what, engine, shape, callers].append(rate)

    def of(self, what: str, engine: str, shape: str = "", callers: int = 0) -> float | None:
        """The median of a measurement's runs; None where it wasn't made."""
        found = self.runs.get((what, engine, shape, callers))
        return median(found) if found else None

    def ratio(self, above: float | None, below: float | None) -> float | None:
        """One figure over another."""
        return None if above is None or below is None else above / below


def write_page(figures: Figures, versions: dict[str, str], *, runs: int, command: str, busy: float) -> str:
    """docs/benchmarks.md.

    Args:
        busy: processes that wanted a core already when the measuring began (the load average).
    """
    parts = [_goals(figures), _writer(figures), _http(figures), _import(figures), _how(versions, runs, command, busy)]
    return "# Benchmarks\n\n" + "\n".join(parts)


def _goals(figures: Figures) -> str:
    lines = [
        "Ratios first: they travel between machines better than rates. Each is of medians of the same run, machine and database.",
        "",
        "| what | goal | SQLite | PostgreSQL |",
        "| --- | --- | --- | --- |",
    ]
    hot = ("writer", "hot", 256)
    for told, goals, above, below in (
        ("256 callers on one hot account, over a hand-written transaction a gift", (6, 10), hot, ("hand", "hot", 256)),
        ("256 callers spread over all members, over the same", (None, 2.5), ("writer", "spread", 256), ("hand", "spread", 256)),
        ("hot, over the same rows written in sets with no logic (the limit)", (0.6, 0.6), hot, ("sets", "hot", 0)),
        ("spread, over the same", (0.6, 0.6), ("writer", "spread", 256), ("sets", "spread", 0)),
        ("HTTP gifts, over the hand-written hot transaction (without HTTP)", (1.5, 1.5), ("http", "hot", 256), ("hand", "hot", 256)),
        ("HTTP gifts, over the same endpoint written plainly", (4, 4), ("http", "hot", 256), ("plain", "hot", 256)),
    ):
        cells = []
        for engine in NAMES:
            cells.append(_shown(figures.ratio(figures.of(above[0], engine, *above[1:]), figures.of(below[0], engine, *below[1:]))))
        lines.append(f"| {told} | {_goal(goals)} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n"


def _goal(goals: tuple[float | None, float | None]) -> str:
    told = [f"{goal:.0%}" if goal and goal < 1 else f"{goal:g} ×" if goal else "–" for goal in goals]
    return told[0] if told[0] == told[1] else " and ".join(told)


def _shown(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.0%}" if ratio < 1 else f"{ratio:.1f} ×"


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _writer(figures: Figures) -> str:
    lines = [
        "\n## Gifts a second through the writer",
        "",
        "| database | load | callers | Laurels | by hand | ratio | in sets |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for engine, name in NAMES.items():
        for shape in ("hot", "spread"):
            limit = figures.of("sets", engine, shape)
            for callers in CALLERS:
                ours, hand = figures.of("writer", engine, shape, callers), figures.of("hand", engine, shape, callers)
                ratio = _shown(figures.ratio(ours, hand))
                lines.append(f"| {name} | {shape} | {callers} | {_rate(ours)} | {_rate(hand)} | {ratio} | {_rate(limit)} |")
    return "\n".join(lines) + "\n"


def _http(figures: Figures) -> str:
    lines = [
        "\n## Gifts a second over HTTP",
        "",
        "One server process, 256 connections, an access token and an Idempotency-Key on every request; rate limits and logs are off.",
        "",
        "| database | load | Laurels | written plainly | ratio | peak memory of Laurels |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for engine, name in NAMES.items():
        for shape in ("hot", "spread"):
            ours, plain = figures.of("http", engine, shape, 256), figures.of("plain", engine, shape, 256)
            peak = figures.of("memory", engine, shape, 256)
            memory = "–" if peak is None else f"{peak:.0f} MiB"
            lines.append(f"| {name} | {shape} | {_rate(ours)} | {_rate(plain)} | {_shown(figures.ratio(ours, plain))} | {memory} |")
    return "\n".join(lines) + "\n"


def _import(figures: Figures) -> str:
    lines = ["\n## Imported rows a second", "", "Goal: 6,000.", "", "| database | rows a second |", "| --- | ---: |"]
    lines += [f"| {name} | {_rate(figures.of('import', engine))} |" for engine, name in NAMES.items()]
    return "\n".join(lines) + "\n"


def _how(versions: dict[str, str], runs: int, command: str, busy: float) -> str:
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"""
## How it was measured

`{command}` wrote this page: {shown_runs(runs)}. {machine()}. {told}.
{others(busy)}

- **Durability is on everywhere**: PostgreSQL with fsync, synchronous_commit and full_page_writes, SQLite in WAL with
  synchronous=FULL.
- **Laurels**: {MEMBERS:,} members; gifts of one credit, each with a request key, posted by callers on an event loop that wait
  for their answer before they send the next. *Hot*: all from one member to another. *Spread*: over all members.
- **By hand** (`benchmarks/by_hand.py`): one transaction a gift, in psycopg with prepared statements, a pool and row locks taken
  in one order; in sqlite3 with `BEGIN IMMEDIATE`, the callers taking turns in the process. It writes the same rows but for what
  would make every gift wait for one row: the book's head, the chain, the meters' other side.
- **In sets** (`benchmarks/in_sets.py`): the same rows in batches of the writer's size, made from the gifts and written with one
  statement a table; nothing is looked up, checked, decided, hashed or answered.
- **Written plainly** (`benchmarks/plain.py`): FastAPI and SQLAlchemy, one transaction a request, in a server process like ours.
- The load comes from a process of its own (`benchmarks/load.py`); it, the server and PostgreSQL share the machine's cores.
- **Import** (`benchmarks/by_import.py`): a made-up network of messages, members created on the way, a part refused by the
  monthly limit.

Rates change with the machine and with what else runs on it; run `make bench` on yours.
"""


def shown_runs(runs: int) -> str:
    """How many runs there were, in words."""
    return "one run" if runs == 1 else f"medians of {runs} runs"


def others(busy: float) -> str:
    """Whether something else ran, by the load average before."""
    if busy < IDLE:
        return "Nothing else ran on the machine."
    return (
        f"**Other work ran on the machine meanwhile** (load average {busy:.1f} when it began): the rates are far below what an idle "
        "one gives, and the ratios less sure."
    )


def machine() -> str:
    """What it was measured on."""
    cpu = "an unknown CPU"
    info = Path("/proc/cpuinfo")
    if info.exists() and (found := re.search(r"model name\s*:\s*(.+)", info.read_text())):
        cpu = found[1]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {cpu}, {memory:.0f} GiB, {platform.system()} {platform.release().split('-')[0]}"


def software() -> dict[str, str]:
    """Versions that matter."""
    return {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
