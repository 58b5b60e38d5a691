"""`python -m benchmarks.study.search_speed`: how long a search takes in one class of many, without vectors.

The texts are made up: words as frequent as a language's (Zipf), and questions of some words of a passage. What is timed is
`index.search` within a transaction that is open, as an endpoint has it, on one connection, after some to warm up.
"""

import argparse
from collections.abc import Iterator
from itertools import accumulate
import random
from statistics import quantiles
import sys
from time import perf_counter
from uuid import UUID

from benchmarks.figures import NAMES, machine, software
from benchmarks.places import Places, open_places
from benchmarks.study.library import add_document, found_class
from laurels.core.database import Database, open_database
from laurels.products.study import index

PASSAGES, CLASS = 100_000, 2_000
DOCUMENTS = 20
"""In a class."""

WORDS = 40_000
"""Different ones."""

WARM_UP, SEARCHES = 50, 1_000
SENTENCE = 20
SENTENCES = 7
QUESTION = 9
"""Words of a question, of which some are as common as the stop words that a real one has left."""

GOALS = {"sqlite": 2.0, "postgresql": 6.0}
"""Milliseconds, at the 95th percentile."""


class Texts:
    """Made-up texts, the same in every run."""

    def __init__(self) -> None:
        self._random = random.Random(20261120)
        self._words = [
            "".join(self._random.choices("bdfgklmnprstv", k=1) + self._random.choices("aeiou", k=1)) * 2 + f"{n:x}" for n in range(WORDS)
        ]
        self._weights = list(accumulate(1 / (place + 20) for place in range(WORDS)))

    def words(self, count: int) -> list[str]:
        """So many words, the common ones more often."""
        return self._random.choices(self._words, cum_weights=self._weights, k=count)

    def page(self) -> str:
        """A page that makes one passage."""
        return " ".join(" ".join(self.words(SENTENCE)).capitalize() + "." for _ in range(SENTENCES))

    def question(self) -> str:
        """Some words, most of them common."""
        return " ".join(self.words(QUESTION)) + "?"


def fill(database: Database, texts: Texts, *, passages: int, of_class: int) -> list[UUID]:
    """Classes of so many passages each; gives their ids."""
    rooms = []
    for _ in range(passages // of_class):
        with database.write.begin() as connection:
            room, owner = found_class(connection, "a class")
            for number in range(DOCUMENTS):
                pages = [texts.page() for _ in range(of_class // DOCUMENTS)]
                add_document(connection, room, owner, f"Document {number}", pages)
        rooms.append(room)
    return rooms


def time_searches(database: Database, texts: Texts, rooms: list[UUID], searches: int) -> Iterator[float]:
    """Milliseconds of each search, in one class after the other."""
    with database.read.connect() as connection:
        for number in range(WARM_UP + searches):
            question = texts.question()
            start = perf_counter()
            hits = index.search(connection, [rooms[number % len(rooms)]], question)
            took = perf_counter() - start
            if not hits:
                raise RuntimeError(f"{question} finds nothing")
            if number >= WARM_UP:
                yield took * 1_000


def measure(places: Places, engine: str, *, passages: int, of_class: int, searches: int, runs: int = 1) -> list[list[float]]:
    """Milliseconds of each search of each run, all on one database."""
    with places.fresh(engine) as url:
        database, texts = open_database(url), Texts()
        try:
            rooms = fill(database, texts, passages=passages, of_class=of_class)
            if engine == "postgresql":
                with database.write.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("VACUUM ANALYZE")  # as autovacuum does after a while
            return [list(time_searches(database, texts, rooms, searches)) for _ in range(runs)]
        finally:
            database.dispose()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study.search_speed", description=__doc__)
    parser.add_argument("--passages", type=int, default=PASSAGES, help="all of them")
    parser.add_argument("--of-class", type=int, default=CLASS, help="those of each class")
    parser.add_argument("--searches", type=int, default=SEARCHES)
    parser.add_argument("--databases", default=",".join(NAMES))
    chosen = parser.parse_args()
    lines = ["| database | p50 | p95 | p99 | goal for p95 |", "| --- | ---: | ---: | ---: | ---: |"]
    with open_places() as places:
        for engine in chosen.databases.split(","):
            [times] = measure(places, engine, passages=chosen.passages, of_class=chosen.of_class, searches=chosen.searches)
            cuts = quantiles(times, n=100)
            lines.append(f"| {NAMES[engine]} | {cuts[49]:.2f} ms | {cuts[94]:.2f} ms | {cuts[98]:.2f} ms | {GOALS[engine]:.0f} ms |")
        told = ", ".join(f"{name} {version}" for name, version in (software() | places.versions()).items())
    lines.append(
        f"\n{chosen.searches:,} searches in classes of {chosen.of_class:,} passages among {chosen.passages:,}. {machine()}. {told}."
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
