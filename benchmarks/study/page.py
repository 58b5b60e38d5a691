"""docs/benchmarks-study.md: what was measured, beside the goals."""

from pathlib import Path

from benchmarks.figures import machine, others, shown_runs
from benchmarks.measured import Goal, Measured, write_table
from benchmarks.study.chatting import AT_ONCE, CHATS, FIRST_MS, QUESTIONS
from benchmarks.study.classes import PASSAGES as OF_CLASS
from benchmarks.study.ingestion import FILES, PAGES
from benchmarks.study.scripts import WORDS
from benchmarks.study.search_speed import PASSAGES, SEARCHES
from benchmarks.study.spending import CAP
from benchmarks.study.spending import CHATS as SPENDERS

GOALS: tuple[Goal, ...] = (
    ("search", "a search in a class of {of_class:,} passages among {passages:,}, ms, median", "–", "{:.2f}"),
    ("search p95", "the same, 95th percentile", "at most 2; on PostgreSQL 6", "{:.2f}"),
    ("pages", "pages read a second, from files to passages that are found", "at least 400", "{:,.0f}"),
    ("pages by hand", "pages a second by hand, their text alone", "–", "{:,.0f}"),
    ("pages against hand", "ratio of the two", "–", "{:.2f}"),
    ("own", "the model's own time to its first word, ms, median", "–", "{:.1f}"),
    ("added", "what Laurels adds to it, ms, median", "–", "{:.1f}"),
    ("added p95", "the same, 95th percentile", "at most 15", "{:.1f}"),
    ("together", "what it adds while {at_once} ask at once, ms, median", "–", "{:.1f}"),
    ("together p95", "the same, 95th percentile", "–", "{:.1f}"),
    ("before", "memory of the server before, MiB", "–", "{:.0f}"),
    ("streaming", "the most while {chats} chats stream, MiB", "–", "{:.0f}"),
    ("each chat", "more for each of them, KiB", "–", "{:.0f}"),
    ("used", "tokens that {spenders} chats at once used of {cap:,}", "at most {cap:,}", "{:,.0f}"),
    ("most", "the most that was ever set aside and used together", "at most {cap:,}", "{:,.0f}"),
    ("answered", "how many of them were answered", "–", "{:.0f}"),
    ("used by hand", "tokens used by looking first and writing down after", "–", "{:,.0f}"),
)

QUALITY = "## How well questions find their paragraph"


def write_page(measured: Measured, quality: str | None, *, runs: int, busy: float, before: Path) -> str:
    """The page.

    Args:
        quality: what was measured of that; None: it wasn't, for want of the questions: what the page says of it stays.
        busy: processes that wanted a core already when the measuring began (the load average).
        before: the page as it is.
    """
    told = {"of_class": OF_CLASS, "passages": PASSAGES, "at_once": AT_ONCE, "chats": CHATS, "spenders": SPENDERS, "cap": CAP}
    goals = [(name, what, goal.format(**told), form) for name, what, goal, form in GOALS]
    parts = [f"# Benchmarks of study\n\n{write_table(measured, goals, **told)}"]
    parts.append(_kept(before) if quality is None else f"{QUALITY}\n\n{quality}\n{_QUALITY_HOW}")
    return "\n".join([*parts, _how(measured, runs, busy)])


def _kept(before: Path) -> str:
    """What the page said of quality before."""
    found = before.read_text("utf-8").partition(QUALITY)[2].partition("\n## ")[0] if before.exists() else ""
    return f"{QUALITY}{found or _UNMEASURED}"


_UNMEASURED = """

Not measured yet: name XQuAD's folder by `--xquad`, or the folder above it by `LAURELS_TEST_DATA`.
"""

_QUALITY_HOW = """
Goals: hit@5 at least 0.940 in English and 0.985 in Spanish; quotes hold the answer for at least 0.850 of both.

XQuAD (Artetxe, Ruder and Yogatama 2020): 48 articles of Wikipedia, of which each is a document and each paragraph a page, and 1,190
questions in each language, asked without a model and without vectors. *Quotes hold the answer*: one of the sentences that are quoted
where no model is set contains it, word for word. *Answered*: the documents say it, and the question isn't refused; *refused*: they
don't, and it is. *Same*: how many of the questions find the same ten passages in the same order with the same scores on both
databases. It comes out the same each time, so it is measured once. Without the questions' folder (`--xquad FOLDER`, or
`LAURELS_TEST_DATA` with `retrieval/xquad` in it) the command leaves this part as it stands.
"""


def _how(measured: Measured, runs: int, busy: float) -> str:
    told = ", ".join(f"{name} {version}" for name, version in sorted(measured.versions.items()))
    return f"""## How it was measured

`make bench-study` wrote this page: {shown_runs(runs)}; ratios are medians of pairs, each measured in one run.
{machine()}. {told}. {others(busy)}

- **Durability is on everywhere**: PostgreSQL with fsync, synchronous_commit and full_page_writes, SQLite in WAL with
  synchronous=FULL.
- **Search** (`benchmarks/study/search_speed.py`): {SEARCHES:,} questions of nine made-up words, as frequent as a language's, on one
  connection within a transaction, in one class after the other; the classes are filled once for all runs.
- **Reading** (`benchmarks/study/ingestion.py`): {FILES} PDF files of {PAGES} pages with {WORDS} words, like those of written lectures,
  by the job as it runs in the server: each file in a process of its own with limits, its pages, passages and terms in pieces, until all
  are READY. By hand: the same files by the same library in one process, each file's text inserted in a transaction, and no passages,
  terms, leases or limits.
- **The first word** (`benchmarks/study/chatting.py`): {QUESTIONS} questions in a class of {OF_CLASS:,} passages, one after the other,
  each by a connection of its own with an Idempotency-Key, to a server process with its jobs; from the connection's opening to the first
  word of the model at the client. In turn with them the model's server is asked directly, one of ours that says its first word after
  {FIRST_MS} ms; the median of that is what is taken off. Then {AT_ONCE} ask at once. Both servers, the client and PostgreSQL share the
  machine's cores.
- **Memory**: of the server process (VmRSS), after a first chat and at its highest while {CHATS} members' answers of five seconds come.
- **At a cap** (`benchmarks/study/spending.py`): one member with {CAP:,} tokens a day sends {SPENDERS} questions at the same moment, 50 of
  which may be answered at once; each answer takes 940 tokens, and more than three times that is set aside for it. Questions wait three
  seconds for what is set aside for others. By hand: a program that asks if less than the cap is written down, and writes down afterwards.

Figures change with the machine and with what else runs on it; run `make bench-study` on yours.
"""
