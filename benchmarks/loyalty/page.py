"""docs/benchmarks-loyalty.md: what was measured, beside the goals."""

from benchmarks.figures import machine, others, shown_runs
from benchmarks.loyalty.shop import MEMBERS, STOCK
from benchmarks.measured import Measured, cell, write_table

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


def write_page(measured: Measured, *, runs: int, busy: float, connections: int, batch: int, threads: int) -> str:
    """The page.

    Args:
        busy: processes that wanted a core already when the measuring began (the load average).
    """
    table = write_table(measured, GOALS, members=f"{MEMBERS:,}", stock=STOCK)
    return f"# Benchmarks of loyalty\n\n{table}" + _beside(measured, threads) + _how(measured, runs, busy, connections, batch)


def _beside(measured: Measured, threads: int) -> str:
    ours = measured.of("batch", "postgresql")
    rows = []
    for number in (1, threads):
        theirs = measured.of(f"hordak {number}", "postgresql")
        ratio = "–" if ours is None or theirs is None else f"{ours / theirs:.1f} ×"
        rows.append(f"| django-hordak, {number} {'thread' if number == 1 else 'threads'} | {cell(theirs, '{:,.0f}')} | {ratio} |")
    return f"""
## Beside django-hordak

The same transfers, from what is issued to {MEMBERS:,} members, in the same run on the same PostgreSQL. django-hordak makes one
transaction with two legs for each and nothing else; Laurels takes them over HTTP, checks the key, finds the member, works out
the rules, keeps the purchase, its lot and its key, and chains the batch.

| | transfers a second | Laurels over it |
| --- | ---: | ---: |
| Laurels, /earn/batch | {cell(ours, "{:,.0f}")} | |
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
