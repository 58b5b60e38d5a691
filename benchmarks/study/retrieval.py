"""`python -m benchmarks.study.retrieval FOLDER`: how well XQuAD's questions find their paragraph, without a model or vectors.

All articles of a language are in two classes, every second one in the other, and a question is asked of both at once. It finds its
paragraph at a place if a passage of that page is there. What is quoted holds the answer if one of the sentences contains it; nothing
is quoted where the documents are thought not to say. A question that can be answered is then asked of the class with its article, and
as one that can't be of the other.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
import json
from pathlib import Path
from statistics import fmean
import sys
from uuid import UUID

from sqlalchemy import Connection

from benchmarks.figures import NAMES
from benchmarks.places import Places, open_places
from benchmarks.study.library import add_documents, found_class
from benchmarks.study.xquad import Asked, Collection, holds_answer, read_collection
from laurels.core.database import open_database
from laurels.products.study import index

TOP = 10
GIVEN = 8
"""Passages that quotes are taken from, as many as a model is given."""

LANGUAGES = ("en", "es", "ar", "hi", "zh")
GOALS = {"en": {"hit_5": 0.94, "quoted": 0.85}, "es": {"hit_5": 0.985, "quoted": 0.85}}

Top = tuple[tuple[str, int, int, int], ...]
"""What a question found: title, page, start and score of each."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares of a language's questions.

    Attributes:
        hit_1: whose paragraph is found first; `hit_5`: among the first five.
        mrr: the mean of one over the place that it is found at, of the first ten.
        quoted: where a sentence quoted contains the answer.
        kept: that can be answered and aren't refused.
        refused: that can't be, and are.
        same: that find the same passages in the same order on all databases, with the same scores.
    """

    language: str
    questions: int
    hit_1: float
    hit_5: float
    mrr: float
    quoted: float
    kept: float
    refused: float
    same: float = 1.0


@dataclass(frozen=True, slots=True)
class Classes:
    """Two classes with every second article each."""

    rooms: tuple[UUID, UUID]
    titles: dict[UUID, str]

    def top(self, connection: Connection, text: str, rooms: Sequence[UUID], limit: int) -> tuple[list[index.Hit], Top]:
        """What a question finds, and the same told without what differs from run to run."""
        hits = index.search(connection, rooms, text, limit=limit)
        return hits, tuple((self.titles[hit.document], hit.page, hit.start, hit.score) for hit in hits)


@contextmanager
def filled(places: Places, engine: str, collection: Collection) -> Iterator[tuple[Connection, Classes]]:
    """A database with the classes, and a connection that reads it."""
    with places.fresh(engine) as url:
        database = open_database(url)
        try:
            with database.write.begin() as connection:
                first, second = (found_class(connection, name) for name in ("even", "odd"))
                titles = add_documents(connection, *first, collection.articles[::2])
                titles |= add_documents(connection, *second, collection.articles[1::2])
            with database.read.connect() as connection:
                yield connection, Classes((first[0], second[0]), titles)
        finally:
            database.dispose()


def measure(places: Places, engine: str, collection: Collection) -> tuple[Quality, list[Top]]:
    """Ask every question on one database."""
    with filled(places, engine, collection) as (connection, classes):
        rows, tops = [], list[Top]()
        for asked in collection.questions:
            hits, top = classes.top(connection, asked.text, classes.rooms, TOP)
            found = [place for place, hit in enumerate(top, 1) if hit[:2] == (collection.articles[asked.article][0], asked.page)]
            place = found[0] if found else 0
            quoted = holds_answer(asked, [quote.text for quote in index.quotes(hits[:GIVEN])])
            rows.append((place == 1, 1 <= place <= 5, 1 / place if place else 0, quoted, *_refusals(connection, classes, asked)))
            tops.append(top)
    shares = [round(fmean(column), 4) for column in zip(*rows, strict=True)]
    return Quality(collection.language, len(rows), *shares), tops


def _refusals(connection: Connection, classes: Classes, asked: Asked) -> tuple[bool, bool]:
    """Whether the question is answered where it can be, and refused where it can't."""
    own, other = asked.article % 2, 1 - asked.article % 2
    answered = [index.is_answered(classes.top(connection, asked.text, [classes.rooms[room]], GIVEN)[0]) for room in (own, other)]
    return answered[0], not answered[1]


def measure_language(places: Places, engines: Sequence[str], collection: Collection) -> Quality:
    """The first database's figures, and how many questions find the same on all of them."""
    quality, first = measure(places, engines[0], collection)
    same = [True] * len(first)
    for engine in engines[1:]:
        _, tops = measure(places, engine, collection)
        same = [alike and one == other for alike, one, other in zip(same, first, tops, strict=True)]
    return Quality(**{**asdict(quality), "same": round(fmean(same), 4)})


def write_table(qualities: Sequence[Quality], engines: Sequence[str]) -> str:
    """The figures, and the goals they miss."""
    lines = [
        f"| language | questions | hit@1 | hit@5 | MRR | quotes hold the answer | answered | refused | same on {len(engines)} databases |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in qualities:
        figures = (one.hit_1, one.hit_5, one.mrr, one.quoted, one.kept, one.refused, one.same)
        lines.append(f"| {one.language} | {one.questions:,} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |")
    for one in qualities:
        missed = {name: goal for name, goal in GOALS.get(one.language, {}).items() if getattr(one, name) < goal}
        lines += [f"\n{one.language}: {name} misses {goal}" for name, goal in missed.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study.retrieval", description=__doc__)
    parser.add_argument("folder", type=Path, help="where xquad.<language>.json are")
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    parser.add_argument("--databases", default=",".join(NAMES))
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    chosen = parser.parse_args()
    engines = chosen.databases.split(",")
    with open_places() as places:
        collections = (read_collection(chosen.folder, language) for language in chosen.languages.split(","))
        qualities = [measure_language(places, engines, collection) for collection in collections]
    told = json.dumps([asdict(one) for one in qualities]) if chosen.json else write_table(qualities, engines)
    sys.stdout.write(f"{told.rstrip()}\n")


if __name__ == "__main__":
    main()
