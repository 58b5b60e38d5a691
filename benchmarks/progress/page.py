"""docs/benchmarks-progress.md: what was measured, beside the goals."""

from benchmarks.figures import machine, others, shown_runs
from benchmarks.measured import Goal, Measured, cell, write_table
from benchmarks.progress.boards import AWARDING, PAGE
from benchmarks.progress.circle import MEMBERS
from benchmarks.progress.over_http import BATCH, CONNECTIONS

GOALS: tuple[Goal, ...] = (
    ("single", "awards a second over HTTP, one in each request", "–", "{:,.0f}"),
    ("batch", "awards a second through /progress/awards/batch", "–", "{:,.0f}"),
    ("batch memory", "memory of a batch above idle, MiB", "–", "{:,.0f}"),
    ("import", "imported rows a second", "–", "{:,.0f}"),
    ("goals seconds", "seconds to open Monday's goals for {active} members", "under 60", "{:,.1f}"),
    ("goals memory", "memory of that above the process's own, MiB", "flat", "{:,.1f}"),
    ("board page p95", "a board's page of {page} among {crowd} members, 95th percentile, ms", "50 and 20", "{:,.1f}"),
    ("board page p50", "the same, median, ms", "–", "{:,.1f}"),
    ("own rank p95", "one's own rank there with {page} rows around it, 95th percentile, ms", "50 and 20", "{:,.1f}"),
    ("own rank p50", "the same, median, ms", "–", "{:,.1f}"),
    ("awards meanwhile", "awards a second that were made while they were read", "–", "{:,.0f}"),
)

BESIDE = (("single", "one in each request"), ("batch", f"in batches of {BATCH:,}"))


def write_page(measured: Measured, *, runs: int, busy: float, active: int, crowd: int) -> str:
    """The page.

    Args:
        busy: processes that wanted a core already when the measuring began (the load average).
        active: members whose goals were opened; `crowd`: members of the boards.
    """
    table = write_table(measured, GOALS, active=f"{active:,}", crowd=f"{crowd:,}", page=PAGE)
    return f"# Benchmarks of progress\n\n{table}" + _beside(measured) + _how(measured, runs, busy)


def _beside(measured: Measured) -> str:
    rows = []
    for name, told in BESIDE:
        cells = []
        for engine in ("sqlite", "postgresql"):
            ours, theirs = measured.of(name, engine), measured.of("hand", engine)
            ratio = "–" if ours is None or theirs is None else f"{ours / theirs:.1f} ×"
            cells += [cell(ours, "{:,.0f}"), ratio]
        rows.append(f"| Laurels over HTTP, {told} | {' | '.join(cells)} |")
    hand = [cell(measured.of("hand", engine), "{:,.0f}") for engine in ("sqlite", "postgresql")]
    return f"""
## Beside a transaction an award

The same awards written by hand (`benchmarks/progress/by_hand.py`), without HTTP: a transaction each, with the same checks and
rows but for those that would make every award wait for one row.

| | SQLite | ratio | PostgreSQL | ratio |
| --- | ---: | ---: | ---: | ---: |
{chr(10).join(rows)}
| by hand | {hand[0]} | | {hand[1]} | |
"""


def _how(measured: Measured, runs: int, busy: float) -> str:
    told = ", ".join(f"{name} {version}" for name, version in sorted(measured.versions.items()))
    return f"""
## How it was measured

`make bench-progress` wrote this page: {shown_runs(runs)}. {machine()}. {told}. {others(busy)}

One server process with its jobs, and a service key; rate limits are off, durability is on everywhere. Awards are quizzes of
{MEMBERS:,} members, each of whom has points already; each counts on three ranked boards, a streak, a lifetime, two weekly goals
and the badges. Single ones come over {CONNECTIONS} connections from a process of its own; it, the server and PostgreSQL share the
machine's cores. Imported rows are made up: {MEMBERS:,} students, days of two years in any order.

Monday's goals are four for each member, opened by the job in a process of its own; its memory is the highest that it ever had,
less what it had before.

Boards: a fifth of the members are tied at three totals. They are read over HTTP, one look after another, by members from the top
to the end of the board, while awards come without a pause (connections: {AWARDING}); what is told is the time until the answer is
there. Only the first run measures boards: filling them takes minutes.
"""
