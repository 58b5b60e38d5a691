"""A class with documents and members, each of whom began a chat: what chats are measured in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
import os
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from benchmarks.over_http import serving
from benchmarks.people import environment_of, member_rows, settings_of, sign_in
from benchmarks.places import Places
from benchmarks.study.asking import through
from benchmarks.study.library import add_document
from benchmarks.study.search_speed import Texts
from laurels.core.clock import SystemClock
from laurels.core.database import Database, open_database
from laurels.core.ids import new_id
from laurels.identity.tables import member
from laurels.ledger import Decision
from laurels.ledger.writer import Proposal, Writer
from laurels.products.study.decisions.classes import CreateClass
from laurels.products.study.decisions.memberships import JoinClass
from laurels.products.study.decisions.sessions import OpenSession
from laurels.products.study.rules.permissions import DEFAULT_BUDGET, DEFAULT_CHATS, DEFAULT_LIMITS, TokenLimits

PASSAGES, DOCUMENTS = 2_000, 20
CODE = "BENCH234"


@dataclass(frozen=True, slots=True)
class Class:
    """A class, the first of whose members owns it.

    Attributes:
        sessions: a chat of each member's; `tokens`: an access token.
    """

    room: UUID
    members: Sequence[UUID]
    sessions: Sequence[UUID]
    tokens: Sequence[str]

    def request(self, port: int, place: int, question: str) -> bytes:
        """A question of one of the members; beyond the last the first is next."""
        place %= len(self.members)
        return through(port, self.sessions[place], self.tokens[place], question)


def found_class(
    url: str,
    home: Any,
    database: Database,
    texts: Texts,
    *,
    members: int,
    passages: int = PASSAGES,
    limits: TokenLimits = DEFAULT_LIMITS,
    max_chats: int = DEFAULT_CHATS,
) -> Class:
    """Write one to a fresh database.

    Args:
        limits, max_chats: of each member.
    """
    who, room = [new_id() for _ in range(members)], new_id()
    sessions = [new_id() for _ in who]
    with database.write.begin() as connection:
        connection.execute(insert(member), member_rows(who, datetime.now(UTC)))
    made = CreateClass(room, who[0], "Physics", "", CODE, None, "UTC", DEFAULT_BUDGET, limits, max_chats)
    joined = [JoinClass(room, one, CODE, limits=limits, max_chats=max_chats) for one in who[1:]]
    opened = [OpenSession(session, room, one, "Chat", "standard") for session, one in zip(sessions, who, strict=True)]
    decide(database, [made, *joined, *opened])
    for number in range(DOCUMENTS):
        pages = [texts.page() for _ in range(max(1, passages // DOCUMENTS))]
        with database.write.begin() as connection:
            add_document(connection, room, who[0], f"Document {number}", pages)
    if not database.is_sqlite:
        with database.write.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")  # as autovacuum does after a while
    return Class(room, who, sessions, sign_in(database, settings_of(url, home), who, datetime.now(UTC)))


def decide(database: Database, decisions: Sequence[Decision[Any]]) -> None:
    """Post decisions, one after the other."""
    clock = SystemClock()
    writer = Writer(database, clock)
    writer.start()
    try:
        for decision in decisions:
            writer.post_now(Proposal(decision, clock.now()))
    finally:
        writer.stop()


@contextmanager
def a_class(places: Places, engine: str, texts: Texts, **more: Any) -> Iterator[tuple[str, Any, Database, Class]]:
    """A class on a fresh database: its URL, a server's home, the database, the class. `more`: as for `found_class`."""
    with places.fresh(engine) as url:
        home, database = places.home(), open_database(url)
        try:
            yield url, home, database, found_class(url, home, database, texts, **more)
        finally:
            database.dispose()


def serving_chats(url: str, home: Any, database: Database, model_port: int) -> Any:
    """A server that asks the model's server at a port; gives its process and its port."""
    environment = {
        **os.environ,
        **environment_of(url, home),
        "LAURELS_OPENAI_BASE_URL": f"http://127.0.0.1:{model_port}/v1",
        "LAURELS_EMBEDDING_MODEL": "",
    }
    return serving("laurels", url, database, environment, home)
