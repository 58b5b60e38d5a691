"""`python -m benchmarks.study`: measure, and write docs/benchmarks-study.md."""

import argparse
from collections import defaultdict
import os
from pathlib import Path
from statistics import median
import sys

from benchmarks.figures import NAMES, software
from benchmarks.measured import Measured
from benchmarks.places import Places, open_places
from benchmarks.study import chatting, ingestion, retrieval, search_speed, spending
from benchmarks.study.page import write_page
from benchmarks.study.scripts import make_scripts
from benchmarks.study.xquad import read_collection

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks-study.md"
XQUAD = Path("retrieval", "xquad")
"""Below LAURELS_TEST_DATA."""


def measure_search(places: Places, engine: str, measured: Measured, *, share: float, runs: int) -> None:
    """How long searches take: all runs on one database, which takes long to fill."""
    passages = max(search_speed.CLASS, int(search_speed.PASSAGES * share))
    searches = max(100, int(search_speed.SEARCHES * share))
    for times in search_speed.measure(places, engine, passages=passages, of_class=search_speed.CLASS, searches=searches, runs=runs):
        measured.add("search", engine, median(times))
        measured.add("search p95", engine, chatting.ninety_fifth(times))


def measure_reading(places: Places, engine: str, measured: Measured, *, share: float, runs: int) -> None:
    """How many pages a second are read."""
    files = make_scripts(max(1, int(ingestion.FILES * share)), ingestion.PAGES)
    for _ in range(runs):
        rates = ingestion.measure(places, engine, files, pages=ingestion.PAGES, runs=1)
        measured.add("pages", engine, rates["job"])
        measured.add("pages by hand", engine, rates["hand"])
        measured.add("pages against hand", engine, rates["job"] / rates["hand"])


def measure_chatting(places: Places, engine: str, measured: Measured, *, share: float, runs: int) -> None:
    """How soon answers begin, and the memory of many."""
    for _ in range(runs):
        _add_all(measured, engine, chatting.measure(places, engine, share=share))


def measure_spending(places: Places, engine: str, measured: Measured, *, share: float, runs: int) -> None:
    """What many chats at once take at a cap; the share doesn't matter."""
    for _ in range(runs):
        _add_all(measured, engine, spending.measure(places, engine))


def measure_quality(places: Places, folder: Path | None, *, share: float) -> str | None:
    """How well questions find their paragraph; None without the questions. Of a small share English alone."""
    if folder is None:
        return None
    languages = retrieval.LANGUAGES if share == 1 else retrieval.LANGUAGES[:1]
    engines = list(NAMES)
    found = [retrieval.measure_language(places, engines, read_collection(folder, language)) for language in languages]
    return retrieval.write_table(found, engines)


def _add_all(measured: Measured, engine: str, figures: dict[str, float]) -> None:
    for name, figure in figures.items():
        measured.add(name, engine, figure)


PARTS = {"search": measure_search, "reading": measure_reading, "chatting": measure_chatting, "spending": measure_spending}


def main() -> None:
    """Measure, and write the page."""
    asked = _parser().parse_args()
    measured, busy = Measured(defaultdict(list), software()), os.getloadavg()[0]
    with open_places() as places:
        for engine in asked.database or NAMES:
            for name in asked.part or PARTS:
                PARTS[name](places, engine, measured, share=asked.share, runs=asked.runs)
                print(f"{NAMES[engine]}, {name}: {measured.last(engine)}", file=sys.stderr, flush=True)
        quality = None if asked.part else measure_quality(places, asked.xquad, share=asked.share)
        measured.versions |= places.versions()
    page = write_page(measured, quality, runs=asked.runs, busy=busy, before=PAGE)
    if asked.database or asked.part or asked.share != 1:
        print(page)
    else:
        PAGE.write_text(page, "utf-8")
        print(f"wrote {os.path.relpath(PAGE)}")


def _parser() -> argparse.ArgumentParser:
    data = os.environ.get("LAURELS_TEST_DATA")
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study", description="Measure, and write docs/benchmarks-study.md.")
    parser.add_argument("--runs", type=int, default=3, help="of each measurement; medians are told (3)")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual amounts, for a quick look; writes no page (1.0)")
    parser.add_argument("--database", choices=list(NAMES), action="append", help="on this database only; writes no page")
    parser.add_argument("--part", choices=list(PARTS), action="append", help="only this; writes no page")
    where = "where xquad.<language>.json are (LAURELS_TEST_DATA's retrieval/xquad); without it that part of the page stays as it is"
    parser.add_argument("--xquad", type=Path, default=Path(data) / XQUAD if data else None, help=where)
    return parser


if __name__ == "__main__":
    main()
