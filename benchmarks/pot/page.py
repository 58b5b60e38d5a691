"""docs/benchmarks-pot.md: what was measured, beside the goals."""

from benchmarks.figures import machine, others, shown_runs
from benchmarks.measured import Goal, Measured, write_table
from benchmarks.pot.by_writer import CALLERS
from benchmarks.pot.crowd import MEMBERS

CONNECTIONS = 128
WATCHERS = 200

GOALS: tuple[Goal, ...] = (
    ("one", "messages a second over HTTP, all into the one pot", "–", "{:,.0f}"),
    ("each", "the same, each caller into a pot of their own", "–", "{:,.0f}"),
    ("one against each", "ratio of the two", "at least 0.85", "{:.2f}"),
    ("hand", "messages a second by hand, a transaction each", "–", "{:,.0f}"),
    ("writer", "messages a second through the ledger's writer", "–", "{:,.0f}"),
    ("writer against hand", "ratio to by hand", "at least 8", "{:.1f}"),
    ("http", "messages a second over HTTP", "–", "{:,.0f}"),
    ("http against hand", "ratio to by hand", "at least 1.5", "{:.1f}"),
    ("alone", "messages a second over HTTP, nobody watching", "–", "{:,.0f}"),
    ("watched", "the same while {watchers} watch", "–", "{:,.0f}"),
    ("cost of watching", "what that costs the senders, %", "under 10", "{:.1f}"),
    ("events", "events that each watcher was told meanwhile", "–", "{:,.0f}"),
)


def write_page(measured: Measured, *, runs: int, busy: float) -> str:
    """The page.

    Args:
        busy: processes that wanted a core already when the measuring began (the load average).
    """
    return f"# Benchmarks of the pot\n\n{write_table(measured, GOALS, watchers=WATCHERS)}" + _how(measured, runs, busy)


def _how(measured: Measured, runs: int, busy: float) -> str:
    told = ", ".join(f"{name} {version}" for name, version in sorted(measured.versions.items()))
    return f"""
The goals of the ratios to by hand are for PostgreSQL.

## How it was measured

`make bench-pot` wrote this page: {shown_runs(runs)}; ratios and costs are medians of pairs, each measured in one run; one pot and
many, alone and watched in turns (first, second, second, first) on the same server.
{machine()}. {told}. {others(busy)}

- **Durability is on everywhere**: PostgreSQL with fsync, synchronous_commit and full_page_writes, SQLite in WAL with
  synchronous=FULL.
- {MEMBERS} members with coins enough; a message costs 5 coins more than the one before, up to 100, and wins with a chance of one in
  ten, so a round ends at every tenth message. The built-in bot answers within the same commit.
- **Over HTTP**: one server process with its jobs, {CONNECTIONS} connections from a process of its own, an access token and an
  Idempotency-Key on every request; rate limits are off. It, the server and PostgreSQL share the machine's cores.
- **A pot for each** (`benchmarks/pot/app.py`): the same server and endpoint, but that a client seed of the benchmark's has it draw for
  a pot of the caller's own.
- **Through the writer** (`benchmarks/pot/by_writer.py`): {CALLERS} callers on an event loop, each with a request key, all into the one
  pot.
- **By hand** (`benchmarks/pot/by_hand.py`): one transaction a message, in psycopg with prepared statements on twenty connections; in
  sqlite3 with `BEGIN IMMEDIATE` on one. It locks the pot, checks, draws and writes the same rows but for the book's head, the chain
  and the meters' other side.
- **Watched** (`benchmarks/pot/watchers.py`): {WATCHERS} streams of `GET /pot/stream`, held by a process of its own.

Rates change with the machine and with what else runs on it; run `make bench-pot` on yours.
"""
