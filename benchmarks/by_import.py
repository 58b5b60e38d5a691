"""Rows a second of `laurels import`'s own path, on a made-up network of messages.

It is drawn, by chance that is always the same, to be like the real networks
that imports were tried on: few write much, most write little, a fifth of the
rows is refused by the monthly limit.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import perf_counter

from laurels.core.clock import SystemClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.ledger.writer import Writer
from laurels.products.recognition.imports import Source, import_gifts, read_gifts

PEOPLE = 1_900
DAYS = 193
FIRST = 1_082_040_961
BATCH = 2_000
"""As the command's."""


def measure(url: str, database: Database, home: Path, *, rows: int) -> float:
    """Rows a second, members created on the way."""
    settings = Settings(home=home, database_url=url)
    writer = Writer(database, SystemClock(), batch=BATCH)
    writer.start()
    lines = list(_lines(rows))
    start = perf_counter()
    try:
        summary = import_gifts(
            read_gifts(lines, "collegemsg", columns={}),
            Source("benchmark", "Imported"),
            settings=settings,
            database=database,
            writer=writer,
            clock=SystemClock(),
        )
    finally:
        writer.stop()
    assert summary.accepted + sum(summary.refused.values()) == rows
    return rows / (perf_counter() - start)


def _lines(rows: int) -> Iterator[str]:
    chance = Random(20_040_415)
    weights = [1 / (place + 8) for place in range(PEOPLE)]
    people = [str(number) for number in range(1, PEOPLE + 1)]
    senders = chance.choices(people, weights, k=rows)
    chance.shuffle(people)
    receivers = chance.choices(people, weights, k=rows)
    yield "source target weight\n"
    for number, (sender, receiver) in enumerate(zip(senders, receivers, strict=True)):
        yield f"{sender} {receiver} {FIRST + number * DAYS * 86_400 // rows}\n"
