"""docs/benchmarks-loyalty.md: what was measured, beside the goals."""

from dataclasses import dataclass
from statistics import median

from benchmarks.figures import NAMES, machine, others, shown_runs
from benchmarks.loyalty.shop import MEMBERS, STOCK

GOALS = (
    ("batch", "events a second through /earn/batch, posted (`Prefer: wait`)", "at least 3,500 and 4,000", "{:,.0f}"),
    ("batch accepted", "events a second through /earn/batch, accepted (durable)", "–", "{:,.0f}"),
    ("batch posted", "the same, until they were posted", "–", "{:,.0f}"),
    ("batch memory", "memory of a batch above idle, MiB", "under 100", "{:,.0f}"),
    ("single accepted", "single earns a second over HTTP, accepted", "–", "{:,.0f}"),
    ("single posted", "the same, until they were posted", "–", "{:,.0f}"),
    ("delay p50", "from the 202 until the points are there, median, ms", "–", "{:,.1f}"),
    ("delay p95", "the same, 95th percentile, ms", "under 100", "{:,.1f}"),
    ("storm", "seconds in which {members} members storm {stock} pieces: exactly {stock} sold", "–", "{:,.2f}"),
)


@dataclass(slots=True)
class Measured:
    """Figures by (what, database), one for each run; and versions of what was measured."""

    runs: dict[tuple[str, str], list[float]]
    versions: dict[str, str]

    def add(self, what: str, engine: str, figure: float) -> None:
        """Note one run."""
        self.runs[what, engine].append(figure)

    def of(self, what: str, engine: str) -> float | None:
        """The median of a figure's runs; None where it wasn't measured."""
        found = self.runs.get((what, engine))
        return median(found) if found else None

    def last(self, engine: str) -> str:
        """The latest run of a database, for whoever watches."""
        return ", ".join(f"{what} {figures[-1]:,.1f}" for (what, of), figures in self.runs.items() if of == engine)


def write_page(measured: Measured, *, runs: int, busy: float, connections: int, batch: int, threads: int) -> str:
    """The page.

    Args:
        busy: processes that wanted a core already when the measuring began (the load average).
    """
    lines = ["# Benchmarks of loyalty", "", "| what | goal | SQLite | PostgreSQL |", "| --- | --- | ---: | ---: |"]
    for name, told, goal, form in GOALS:
        cells = [_cell(measured.of(name, engine), form) for engine in NAMES]
        lines.append(f"| {told.format(members=f'{MEMBERS:,}', stock=STOCK)} | {goal} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n" + _beside(measured, threads) + _how(measured, runs, busy, connections, batch)


def _cell(figure: float | None, form: str) -> str:
    return "–" if figure is None else form.format(figure)


def _beside(measured: Measured, threads: int) -> str:
    ours = measured.of("batch", "postgresql")
    rows = []
    for number in (1, threads):
        theirs = measured.of(f"hordak {number}", "postgresql")
        ratio = "–" if ours is None or theirs is None else f"{ours / theirs:.1f} ×"
        rows.append(f"| django-hordak, {number} {'thread' if number == 1 else 'threads'} | {_cell(theirs, '{:,.0f}')} | {ratio} |")
    return f"""
## Beside django-hordak

The same transfers, from what is issued to {MEMBERS:,} members, in the same run on the same PostgreSQL. django-hordak makes one
transaction with two legs for each and nothing else; Laurels takes them over HTTP, checks the key, finds the member, works out
the rules, keeps the purchase, its lot and its key, and chains the batch.

| | transfers a second | Laurels over it |
| --- | ---: | ---: |
| Laurels, /earn/batch | {_cell(ours, "{:,.0f}")} | |
{chr(10).join(rows)}
"""


def _how(measured: Measured, runs: int, busy: float, connections: int, batch: int) -> str:
    told = ", ".join(f"{name} {version}" for name, version in sorted(measured.versions.items()))
    return f"""
## How it was measured

`make bench-loyalty` wrote this page: {shown_runs(runs)}. {machine()}. {told}. {others(busy)}

One server process with its jobs, {MEMBERS:,} members who have joined, a program of one rule, a service key; rate limits are off,
durability is on everywhere. Batches are of {batch:,} purchases. Single earns come over {connections} connections. Memory is the
highest that the server's process ever had, less what it had before the batch. The load comes from a process of its own; it, the
server and PostgreSQL share the machine's cores.
"""
