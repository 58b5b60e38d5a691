"""`python -m benchmarks.pot`: measure, and write docs/benchmarks-pot.md."""

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
import os
from pathlib import Path
from statistics import fmean
import sys

from benchmarks.figures import NAMES, software
from benchmarks.measured import Measured
from benchmarks.over_http import run_load, serving
from benchmarks.people import environment_of, settings_of
from benchmarks.places import Places, open_places
from benchmarks.pot import by_hand, by_writer
from benchmarks.pot.crowd import OWN, SHARED, Crowd, gather
from benchmarks.pot.page import CONNECTIONS, WATCHERS, write_page
from benchmarks.pot.watchers import watching
from laurels.core.database import open_database

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks-pot.md"
OVER_HTTP = 8_000
THROUGH_WRITER = 20_000
BY_HAND = 4_000
WARM_UP = 500

Send = Callable[[str, int], float]
"""Messages a second of so many requests with a client seed."""


@contextmanager
def counter(places: Places, engine: str, program: str) -> Iterator[tuple[str, Crowd, int, Send]]:
    """A server with a crowd, warm: the database's URL, the crowd, the port, and how it is asked."""
    with places.fresh(engine) as url:
        home, database = places.home(), open_database(url)
        try:
            crowd = gather(database, settings_of(url, home), with_pots=program == "pots")
            with serving(program, url, database, {**os.environ, **environment_of(url, home)}, home) as (_, port):

                def send(client_seed: str, requests: int) -> float:
                    return requests / run_load(crowd.plan(port, client_seed=client_seed, connections=CONNECTIONS, requests=requests))

                for client_seed in (SHARED, OWN):
                    send(client_seed, WARM_UP)
                yield url, crowd, port, send
        finally:
            database.dispose()


def in_turn(first: Callable[[], float], second: Callable[[], float]) -> tuple[float, float]:
    """Two rates, each measured twice in the order first, second, second, first: what grows or wears on meanwhile meets both alike."""
    begun = first()
    between = second(), second()
    return fmean((begun, first())), fmean(between)


def measure_pots(places: Places, engine: str, measured: Measured, *, share: float) -> None:
    """All on the one pot against each on their own: a pair, by the same server."""
    half = int(OVER_HTTP * share) // 2
    with counter(places, engine, "pots") as (_, _, _, send):
        one, each = in_turn(lambda: send(SHARED, half), lambda: send(OWN, half))
    measured.add("one", engine, one)
    measured.add("each", engine, each)
    measured.add("one against each", engine, one / each)


def measure_by_hand(places: Places, engine: str, measured: Measured, *, share: float) -> None:
    """Over HTTP on one database, then through the writer and by hand on another."""
    with counter(places, engine, "laurels") as (url, crowd, _, send):
        http = send(SHARED, int(OVER_HTTP * share))
    measured.add("http", engine, http)
    with places.fresh(engine) as url:
        database = open_database(url)
        try:
            crowd = gather(database, settings_of(url, places.home()))
            writer = by_writer.measure(database, crowd, messages=int(THROUGH_WRITER * share))
            hand = by_hand.measure(url, crowd, messages=int(BY_HAND * share))
        finally:
            database.dispose()
    measured.add("writer", engine, writer)
    measured.add("hand", engine, hand)
    measured.add("http against hand", engine, http / hand)
    measured.add("writer against hand", engine, writer / hand)


def measure_watched(places: Places, engine: str, measured: Measured, *, share: float) -> None:
    """Sending while nobody watches, and while many do: a pair, by the same server."""
    half, events = int(OVER_HTTP * share) // 2, list[int]()
    with counter(places, engine, "laurels") as (_, crowd, port, send):

        def send_watched() -> float:
            with watching(port, crowd.tokens[:WATCHERS], events):
                return send(SHARED, half)

        alone, watched = in_turn(lambda: send(SHARED, half), send_watched)
    if min(events) < WATCHERS:
        raise RuntimeError(f"{WATCHERS} watchers saw {events} events")
    measured.add("alone", engine, alone)
    measured.add("watched", engine, watched)
    measured.add("cost of watching", engine, 100 * (1 - watched / alone))
    measured.add("events", engine, sum(events) / WATCHERS)


PARTS = {"pots": measure_pots, "hand": measure_by_hand, "watched": measure_watched}


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pot", description="Measure, and write docs/benchmarks-pot.md.")
    parser.add_argument("--runs", type=int, default=3, help="of each measurement; medians are told (3)")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of messages, for a quick look; writes no page (1.0)")
    parser.add_argument("--database", choices=list(NAMES), action="append", help="on this database only; writes no page")
    parser.add_argument("--part", choices=list(PARTS), action="append", help="only this; writes no page")
    asked = parser.parse_args()
    measured, busy = Measured(defaultdict(list), software()), os.getloadavg()[0]
    with open_places() as places:
        for run in range(asked.runs):
            for engine in asked.database or NAMES:
                for name in asked.part or PARTS:
                    PARTS[name](places, engine, measured, share=asked.share)
                print(f"run {run + 1} of {asked.runs}: {NAMES[engine]} {measured.last(engine)}", file=sys.stderr, flush=True)
        measured.versions |= places.versions()
    page = write_page(measured, runs=asked.runs, busy=busy)
    if asked.database or asked.part or asked.share != 1:
        print(page)
    else:
        PAGE.write_text(page, "utf-8")
        print(f"wrote {os.path.relpath(PAGE)}")


if __name__ == "__main__":
    main()
