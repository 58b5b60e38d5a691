"""`python -m benchmarks.study --part spending`: what sixty chats at once take of a member who may use 10,000 tokens a day.

Fifty of them may be answered at once. Beside it sixty calls of the same model's
server by a program as it is often written: it looks what was used, asks if that
is below the cap, and writes down what the answer took.
"""

import asyncio

from sqlalchemy import func, select, text

from benchmarks.places import Places
from benchmarks.study.asking import direct, first_word, hear
from benchmarks.study.classes import Class, a_class, serving_chats
from benchmarks.study.search_speed import Texts
from benchmarks.study.upstream import PROMPT_TOKENS, upstream
from laurels.core.database import Database, open_database
from laurels.ledger.reader import statement
from laurels.products.study.accounts import own
from laurels.products.study.bounds import MAX_CHATS
from laurels.products.study.rules.permissions import TokenLimits
from laurels.products.study.tables import study_usage

CHATS, CAP = 60, 10_000
FIRST_MS, REST_MS, PIECES = 200, 5, 40
"""Of an answer: it takes 400 milliseconds."""

MUCH = 10**9
MOST_LINES = 10_000
PASSAGES = 200


def measure(places: Places, engine: str) -> dict[str, float]:
    """Tokens that were used by Laurels and by the program by hand, how many got answers, and the most that was ever set aside and used."""
    with upstream(FIRST_MS, REST_MS, PIECES) as model_port:
        used, most, answered = _through_laurels(places, engine, model_port)
        by_hand = _by_hand(places, engine, model_port)
    return {"used": used, "most": most, "answered": answered, "used by hand": by_hand}


def _through_laurels(places: Places, engine: str, model_port: int) -> tuple[int, int, int]:
    texts, limits = Texts(), TokenLimits(CAP, MUCH, MUCH)
    with a_class(places, engine, texts, members=1, passages=PASSAGES, limits=limits, max_chats=MAX_CHATS) as (url, home, database, here):
        with serving_chats(url, home, database, model_port) as (_, port):
            answered = asyncio.run(_ask_all(port, here, texts))
        return *_used(database, here), answered


async def _ask_all(port: int, here: Class, texts: Texts) -> int:
    """Ask all at once; gives how many are answered. The others are refused in words."""
    heard = await asyncio.gather(*(hear(port, here.request(port, 0, texts.question())) for _ in range(CHATS)))
    strange = {one.status for one in heard if not one.is_answered} - {409, 429}
    if strange:
        raise RuntimeError(f"other refusals than expected: {strange}")
    return sum(one.is_answered for one in heard)


def _used(database: Database, here: Class) -> tuple[int, int]:
    """Tokens that were used, and the most that the member's meter of the day ever showed."""
    with database.read.connect() as connection:
        used = connection.execute(select(func.sum(study_usage.c.input_tokens + study_usage.c.output_tokens))).scalar_one()
        day = connection.execute(select(study_usage.c.day).limit(1)).scalar_one()
        lines = statement(connection, [own(here.room, here.members[0], day)], limit=MOST_LINES)
    return int(used), max(line.balance for line in lines)


def _by_hand(places: Places, engine: str, model_port: int) -> int:
    """Tokens that sixty callers used by looking first and writing down after."""
    with places.fresh(engine) as url:
        database = open_database(url)
        try:
            with database.write.begin() as connection:
                connection.execute(text("CREATE TABLE spent (tokens BIGINT NOT NULL)"))
            asyncio.run(_call_all(database, model_port))
            return _spent(database)
        finally:
            database.dispose()


async def _call_all(database: Database, model_port: int) -> None:
    question = Texts().question()

    async def call() -> None:
        if await asyncio.to_thread(_spent, database) < CAP:
            await first_word(model_port, direct(model_port, question))
            await asyncio.to_thread(_record, database, PROMPT_TOKENS + PIECES)

    await asyncio.gather(*(call() for _ in range(CHATS)))


def _spent(database: Database) -> int:
    with database.read.connect() as connection:
        return int(connection.execute(text("SELECT coalesce(sum(tokens), 0) FROM spent")).scalar_one())


def _record(database: Database, tokens: int) -> None:
    with database.write.begin() as connection:
        connection.execute(text("INSERT INTO spent (tokens) VALUES (:tokens)"), {"tokens": tokens})
