"""The demo's class: four short documents, chats that cite them, and what its members used.

Everything goes through the decisions that real classes, questions and calls of
a model go through, at its own time. The documents are read as any upload is;
the chats are answered without a model, from the documents' own sentences.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import update

from laurels.cli.demo_posting import post_story
from laurels.core.clock import FixedClock
from laurels.core.ids import new_id
from laurels.identity.audit_log import new_action
from laurels.jobs import JobContext
from laurels.jobs.running import Workshop
from laurels.ledger.writer import Proposal
from laurels.model import open_prices
from laurels.products.study.actions.sessions import AI_TIER
from laurels.products.study.decisions.billing import Spend, Spent, Ticket
from laurels.products.study.decisions.calls import HoldTokens, SettleTokens
from laurels.products.study.decisions.classes import CreateClass
from laurels.products.study.decisions.documents import AddDocument, Quota, Shelf, Upload
from laurels.products.study.decisions.members import ChangeMember, SetSponsorship
from laurels.products.study.decisions.memberships import JoinClass
from laurels.products.study.decisions.questions import AskQuestion, FinishAnswer
from laurels.products.study.decisions.sessions import OpenSession, SessionDone
from laurels.products.study.desk import Desk, open_desk
from laurels.products.study.extracts import MODEL_NAME, extract
from laurels.products.study.index import quotes
from laurels.products.study.jobs import read_documents
from laurels.products.study.queries.access import read_session
from laurels.products.study.queries.retrieval import find_passages
from laurels.products.study.rules.permissions import DEFAULT_BUDGET, DEFAULT_CHATS, DEFAULT_LIMITS, Permission
from laurels.products.study.storage import new_key
from laurels.products.study.tables import study_session
from laurels.web.language import translations

SEED = 1_866
"""The same use of tokens every time."""

CODE = "EC9LGY26"
ZONE = "Europe/Madrid"
OWNER = "sam"
MANAGER = "amara"
SPONSORED = "mateo"
MEMBERS = (MANAGER, "priya", "jonas", SPONSORED, "yuki", "chloe")

DAYS = 12
"""How long ago the class was made."""

MODEL = "gpt-4o-mini"
"""What answered the questions whose tokens are shown: a model that the demo itself needs no key for."""

HASTE = {"priya": 5, "jonas": 2, SPONSORED: 4, "yuki": 3, MANAGER: 2, OWNER: 1}
"""How many questions somebody asks on a day at most."""

DOCUMENTS = ("populations.md", "food-webs-and-energy.md", "field-protocol.txt", "el-suelo-vivo.md")
_FOLDER = Path(__file__).parent / "demo_documents"

CHATS = (
    (
        2 * 24 * 60 + 90,
        "priya",
        "en",
        True,
        ("What is the carrying capacity of a habitat?", "Why are top predators so rare?", "What is a keystone species?"),
    ),
    (26 * 60, SPONSORED, "es", False, ("¿Por qué se llama a las lombrices ingenieras del suelo?", "¿Qué es una micorriza?")),
)
"""How many minutes ago, whose chat, in which language, whether it is shared, and what was asked."""


def seed_study(place: Workshop, members: dict[str, UUID], now: datetime) -> None:
    """Make the class, with its documents, chats and use."""
    room = new_id()
    begins = now - timedelta(days=DAYS)
    post_story(place.writer, _opening(room, members, begins))
    _add_documents(place, open_desk(place.settings, None), room, members[OWNER], begins + timedelta(hours=1))
    _use_tokens(place, room, members, begins, now)
    for minutes, username, language, is_shared, questions in CHATS:
        _chat(place, room, members[username], now - timedelta(minutes=minutes), questions, language=language, is_shared=is_shared)


def _opening(room: UUID, members: dict[str, UUID], begins: datetime) -> Iterator[Proposal[Any]]:
    """The class is made, and others join. It isn't told: what reacts to it would take it for news of today."""
    owner = members[OWNER]
    description = "Six weeks from populations to the living soil. Ask the notes: every answer names its page."
    made = CreateClass(
        id=room,
        owner=owner,
        title="Introduction to Ecology",
        description=description,
        code=CODE,
        capacity=40,
        zone=ZONE,
        budget=DEFAULT_BUDGET,
        limits=DEFAULT_LIMITS,
        max_chats=DEFAULT_CHATS,
    )
    yield _told_of(made, begins, owner)
    for place, username in enumerate(MEMBERS, 1):
        joined = JoinClass(room, members[username], CODE, DEFAULT_LIMITS, DEFAULT_CHATS)
        yield _told_of(joined, begins + timedelta(minutes=7 * place), members[username])
    at = begins + timedelta(minutes=55)
    audit = partial(new_action, actor_id=owner, subject=f"class/{room}", before={}, now=at)
    manages = {"is_manager": True, "can_share_class": True}
    changed = audit(action="class.member_changed", after={"user_id": str(members[MANAGER]), **manages})
    yield _told_of(ChangeMember(room, owner, members[MANAGER], manages, changed), at, owner)
    sponsored = audit(action="class.sponsored", after={"members": 1, "is_sponsored": True})
    yield _told_of(SetSponsorship(room, owner, (members[SPONSORED],), is_sponsored=True, audit=sponsored), at, owner)


def _add_documents(place: Workshop, desk: Desk, room: UUID, owner: UUID, at: datetime) -> None:
    """Take the documents in, and read them."""
    adding = []
    for filename in DOCUMENTS:
        data, key = (_FOLDER / filename).read_bytes(), new_key(at)
        desk.storage.put(key, BytesIO(data))
        file_type = filename.rpartition(".")[2]
        upload = Upload(new_id(), filename, file_type, len(data), sha256(data).hexdigest(), key)
        adding.append(_told_of(AddDocument(upload, Shelf(room), Quota(len(DOCUMENTS), 10**6), owner), at, owner))
    post_story(place.writer, adding)
    then = at + timedelta(minutes=1)
    read_documents(
        JobContext(place.settings, FixedClock(then), place.database, place.writer, then, "demo", then, is_stopping=lambda: False), desk
    )


def _use_tokens(place: Workshop, room: UUID, members: dict[str, UUID], begins: datetime, now: datetime) -> None:
    """Calls of a model on the days since, set aside and settled as real ones are."""
    chance, prices = Random(SEED), open_prices(place.settings)  # noqa: S311  # a story, not a secret
    calls = []
    for day in range(1, DAYS):
        for username, most in HASTE.items():
            for _ in range(chance.randrange(most + 1)):
                at = begins + timedelta(days=day, minutes=chance.randrange(10 * 60))
                asked, answered = chance.randrange(900, 3_600), chance.randrange(120, 900)
                cost = prices.cost(MODEL, input_tokens=asked, output_tokens=answered).micros
                calls.append((at, members[username], Spent(asked, answered, cost, is_estimated=False)))
    for at, who, spent in sorted((call for call in calls if call[0] < now), key=lambda call: call[0]):
        until = at + timedelta(minutes=3)
        spend = Spend(new_id(), room, who, "CHAT", MODEL, spent.tokens + 500, at, ZoneInfo(ZONE), until, takes_slot=True)
        ticket: Ticket = place.writer.post_now(_told_of(HoldTokens(spend, Permission.CHAT), at, who)).answer
        place.writer.post_now(_told_of(SettleTokens(ticket, spent), at + timedelta(seconds=6), who))


def _chat(place: Workshop, room: UUID, who: UUID, at: datetime, questions: Sequence[str], *, language: str, is_shared: bool) -> None:
    """A chat, answered from the documents' own sentences."""
    opened: SessionDone = place.writer.post_now(_told_of(OpenSession(new_id(), room, who, "", AI_TIER), at, who)).answer
    session = opened.session
    with place.database.write.begin() as connection:
        connection.execute(update(study_session).where(study_session.c.id == session).values(is_shared=is_shared))
    for number, question in enumerate(questions):
        asked_at = at + timedelta(minutes=4 * number)
        spend = Spend(new_id(), room, who, "CHAT", MODEL_NAME, 0, asked_at, ZoneInfo(ZONE), asked_at, takes_slot=True)
        asked = place.writer.post_now(_told_of(AskQuestion(session, new_id(), question, spend), asked_at, who)).answer
        with place.database.read.connect() as connection:
            given = find_passages(connection, read_session(connection, session, who), question)
        found = quotes([passage.hit for passage in given])
        cited = {quote.number for quote in found}
        answer = FinishAnswer(
            answer=asked.answer,
            session=session,
            ticket=asked.ticket,
            status="answered",
            content=extract(found, say=translations(language).gettext),
            spent=None,
            response_time_ms=40 + 3 * number,
            citations=[passage.cite(asked.answer) for passage in given if passage.number in cited],
        )
        place.writer.post_now(_told_of(answer, asked_at + timedelta(seconds=1), who))


def _told_of(decision: Any, at: datetime, who: UUID) -> Proposal[Any]:
    return Proposal(decision, at, f"member/{who}", is_told=False)
