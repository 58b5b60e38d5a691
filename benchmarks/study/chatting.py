"""`python -m benchmarks.study --part chatting`: what a chat adds to the model's own time to the first word, and the memory of many at once.

The model's server is one of ours that takes a known time. It is asked directly
and through Laurels in turn, each time by a connection of its own, by a member
of a class of 2,000 passages; then through Laurels by several at once; and 50
members ask at once, whose answers come slowly, so that all stream together.
"""

import asyncio
from collections.abc import Sequence
from statistics import median, quantiles

from benchmarks.over_http import memory_of
from benchmarks.places import Places
from benchmarks.study.asking import direct, first_word, first_words
from benchmarks.study.classes import Class, a_class, serving_chats
from benchmarks.study.search_speed import Texts
from benchmarks.study.upstream import upstream

CHATS = 50
"""That stream together."""

WARM_UP, QUESTIONS = 30, 200
AT_ONCE = 10
FIRST_MS = 20
"""The model's own time to its first word."""

PIECES, REST_MS = 20, 1
SLOW_PIECES, SLOW_MS = 100, 50
"""Of the answers that stream together: five seconds."""

LOOKS_SECONDS = 0.2


async def compare(model_port: int, port: int, here: Class, texts: Texts, questions: int) -> tuple[list[float], list[float]]:
    """Milliseconds to the first word, asked directly and through Laurels in turn; the first ones don't count."""
    own, ours = list[float](), list[float]()
    for number in range(WARM_UP + questions):
        question = texts.question()
        own.append(await first_word(model_port, direct(model_port, question)))
        ours.append(await first_word(port, here.request(port, number, question)))
    return own[WARM_UP:], ours[WARM_UP:]


async def ask_together(port: int, here: Class, texts: Texts, questions: int) -> list[float]:
    """Milliseconds to the first word where several ask at once; the first ones don't count."""
    took = list[float]()
    for count in (WARM_UP, questions):
        requests = [here.request(port, number, texts.question()) for number in range(count)]
        took = await first_words(port, requests, at_once=AT_ONCE)
    return took


async def stream_together(port: int, process: int, here: Class, texts: Texts) -> tuple[float, float]:
    """Memory of the server's process before all ask, a chat having warmed it, and the most while all stream, in MiB."""
    await first_word(port, here.request(port, 0, texts.question()))
    before = memory_of(process, "VmRSS")
    requests = [here.request(port, number, texts.question()) for number in range(CHATS)]
    asking = [asyncio.create_task(first_word(port, request)) for request in requests]
    most, left = before, set(asking)
    while left:
        _, left = await asyncio.wait(left, timeout=LOOKS_SECONDS)
        most = max(most, memory_of(process, "VmRSS"))
    for task in asking:
        task.result()
    return before, most


def measure(places: Places, engine: str, *, share: float) -> dict[str, float]:
    """All figures on one database."""
    texts, questions = Texts(), max(20, int(QUESTIONS * share))
    with a_class(places, engine, texts, members=CHATS) as (url, home, database, here):
        with upstream(FIRST_MS, REST_MS, PIECES) as model_port, serving_chats(url, home, database, model_port) as (_, port):
            own, ours = asyncio.run(compare(model_port, port, here, texts, questions))
            together = asyncio.run(ask_together(port, here, texts, questions))
        with upstream(FIRST_MS, SLOW_MS, SLOW_PIECES) as model_port, serving_chats(url, home, database, model_port) as (process, port):
            before, most = asyncio.run(stream_together(port, process.pid, here, texts))
    added, added_together = beyond(own, ours), beyond(own, together)
    return {
        "own": median(own),
        "added": median(added),
        "added p95": ninety_fifth(added),
        "together": median(added_together),
        "together p95": ninety_fifth(added_together),
        "before": before,
        "streaming": most,
        "each chat": (most - before) / CHATS * 1024,
    }


def beyond(own: Sequence[float], ours: Sequence[float]) -> list[float]:
    """What each took beyond the model's own time, which is the median of asking it directly."""
    usual = median(own)
    return [one - usual for one in ours]


def ninety_fifth(figures: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(figures, n=100)[94]
