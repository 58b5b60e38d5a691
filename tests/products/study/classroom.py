"""Chats for study's tests: a class with a document that was read, questions asked over HTTP, and what was set aside for them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
import json
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import insert, select, update

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.study.accounts import chats
from laurels.products.study.desk import Desk
from laurels.products.study.index import add_passages
from laurels.products.study.jobs import lapse
from laurels.products.study.queries.access import read_standing
from laurels.products.study.queries.usage import ClassUse, Tracker, read_my_use
from laurels.products.study.rules.words import Page, passages_of
from laurels.products.study.tables import (
    ChatMessage,
    Citation,
    StudyClass,
    StudyDocument,
    Usage,
    study_citation,
    study_document,
    study_message,
    study_page,
    study_usage,
)
from products.study.school import School
from support.openai_server import OpenAIServer

PAGES = (
    "Momentum is conserved in every collision of two bodies.",
    "In an elastic collision kinetic energy is conserved as well.",
    "Light bends where it enters glass; that is called refraction.",
)
"""A script of three pages."""

ELASTIC = "What is conserved in an elastic collision?"


@dataclass(frozen=True)
class Event:
    """One of an answer's server-sent events."""

    name: str
    data: dict[str, Any]


@dataclass
class Heard:
    """All that a stream told, in its order."""

    status: int
    events: list[Event] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The events' names; of several `delta` in a row one."""
        names = [event.name for event in self.events]
        return [name for place, name in enumerate(names) if name != "delta" or names[place - 1] != "delta"]

    @property
    def text(self) -> str:
        """What was said."""
        return "".join(event.data["text"] for event in self.events if event.name == "delta")

    def one(self, name: str) -> dict[str, Any]:
        """The data of the one event of a name."""
        [event] = [event for event in self.events if event.name == name]
        return event.data


class Classroom:
    """A class of a school, with its owner and some members."""

    def __init__(self, school: School, members: int = 1, **more: Any) -> None:
        self.school = school
        self.room, self.owner, self.members = school.with_members(members, **more)
        self.ana = self.members[0] if self.members else self.owner

    @property
    def desk(self) -> Desk:
        """The application's parts of study."""
        desk: Desk = self.school.app.state.study
        return desk

    # Documents, written as reading them does

    def put(self, filename: str, pages: Sequence[str], *, session: UUID | None = None, language: str = "en") -> UUID:
        """A document that is there, and read; of the class, or of a session."""
        row = _document(self.room, self.owner, filename, len(pages), session, at=self.school.clock.at)
        numbered = [Page(number, text) for number, text in enumerate(pages, 1)]
        with self.school.database.write.begin() as connection:
            connection.execute(insert(study_document).values({name: getattr(row, name) for name in StudyDocument.__slots__}))
            connection.execute(insert(study_page), [{"document": row.id, "number": page.number, "text": page.text} for page in numbered])
            add_passages(connection, row, passages_of(numbered), title="", language=language)
        return row.id

    def take_away(self, document: UUID) -> None:
        """Delete a document."""
        with self.school.database.write.begin() as connection:
            connection.execute(update(study_document).where(study_document.c.id == document).values(deleted_at=self.school.clock.at))

    # Chats

    def begin(self, who: Member | None = None, title: str | None = None) -> str:
        """Begin a session; gives its id."""
        body = {"class_id": str(self.room.id)} | ({"title": title} if title else {})
        answer = self.school.ask(who or self.ana, "POST", "/chat/sessions", json=body)
        assert answer.status_code == 201, answer.text
        id: str = answer.json()["id"]
        return id

    def ask(self, session: str, content: str = ELASTIC, who: Member | None = None, **more: Any) -> httpx.Response:
        """Ask, and wait for the answer. `more`: `key`."""
        return self.school.ask(who or self.ana, "POST", f"/chat/sessions/{session}/messages", json={"content": content}, **more)

    def asked(self, session: str, content: str = ELASTIC, who: Member | None = None, **more: Any) -> Any:
        """The same, where there must be an answer; gives that."""
        answer = self.ask(session, content, who, **more)
        assert answer.status_code == 201, answer.text
        return answer.json()["answer"]

    def listen(self, session: str, content: str = ELASTIC, who: Member | None = None) -> Heard:
        """Ask, and hear the answer's events to their end."""
        path = f"/chat/sessions/{session}/messages"
        with self.streaming(who or self.ana, "POST", path, json={"content": content, "stream": True}) as lines:
            return hear(lines)

    def follow(self, session: str, answer: str, who: Member | None = None) -> Heard:
        """Hear an answer from its beginning."""
        with self.streaming(who or self.ana, "GET", f"/chat/sessions/{session}/messages/{answer}/stream") as lines:
            return hear(lines)

    @contextmanager
    def streaming(self, who: Member, method: str, path: str, **more: Any) -> Iterator[Iterator[str]]:
        """The lines of a stream, while the block runs; then the client leaves."""
        headers = self.school.headers(who)
        with self.school.http.stream(method, f"/api/v1{path}", headers=headers, **more) as response:
            assert response.status_code in (200, 201), response.read()
            assert response.headers["content-type"].startswith("text/event-stream")
            assert (response.headers["cache-control"], response.headers["x-accel-buffering"]) == ("no-store", "no")
            yield response.iter_lines()

    def stop(self, session: str, answer: str, who: Member | None = None) -> httpx.Response:
        """Stop an answer."""
        return self.school.ask(who or self.ana, "POST", f"/chat/sessions/{session}/messages/{answer}/stop")

    def lapse(self) -> None:
        """Run the job that gives up what is due."""
        lapse(self.school.job())

    # What is

    def messages(self) -> list[ChatMessage]:
        """All questions and answers, oldest first."""
        with self.school.database.read.connect() as connection:
            found = select(study_message).order_by(study_message.c.created_at, study_message.c.position)
            return [ChatMessage(*row) for row in connection.execute(found)]

    def answers(self) -> list[ChatMessage]:
        """All answers."""
        return [row for row in self.messages() if not row.is_user]

    def citations(self) -> list[Citation]:
        """All that answers cite."""
        with self.school.database.read.connect() as connection:
            return [Citation(*row) for row in connection.execute(select(study_citation).order_by(*study_citation.primary_key.columns))]

    def calls(self) -> list[Usage]:
        """All calls of the model, oldest first."""
        with self.school.database.read.connect() as connection:
            return [Usage(*row) for row in connection.execute(select(study_usage).order_by(study_usage.c.created_at, study_usage.c.id))]

    def use(self, who: Member | None = None) -> ClassUse:
        """How a member's limits stand."""
        with self.school.database.read.connect() as connection:
            standing = read_standing(connection, self.room.id, (who or self.ana).id)
            return read_my_use(connection, standing, at=self.school.clock.at)

    def used(self, who: Member | None = None) -> list[int]:
        """Tokens that a member used of their own limits: of the day, the week, the month. Nothing may be held."""
        own = self.use(who).own
        assert held(own) == [0, 0, 0]
        return [used.used for used in own]

    def in_flight(self, who: Member | None = None) -> int:
        """How many of a member's questions are being answered."""
        return self.school.held(chats(self.room.id, (who or self.ana).id))


def held(tracker: Tracker) -> list[int]:
    """What is set aside of a day's, a week's and a month's limit."""
    return [used.held for used in tracker]


def without_vectors(server: OpenAIServer) -> dict[str, Any]:
    """The settings of a process that asks a server for answers, and not for vectors."""
    return server.settings | {"embedding_model": ""}


def hear(lines: Iterator[str], *, until: str = "") -> Heard:
    """The events of a stream, to its end or to the first of a name."""
    heard, name = Heard(200), ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            heard.events.append(Event(name, json.loads(line.removeprefix("data: "))))
            if name == until:
                break
    return heard


def _document(room: StudyClass, owner: Member, filename: str, pages: int, session: UUID | None, *, at: Any) -> StudyDocument:
    return StudyDocument(
        id=new_id(),
        class_id=room.id,
        session_id=session,
        uploaded_by=owner.id,
        filename=filename,
        file_type="txt",
        size_bytes=1,
        digest=new_id().hex,
        storage_key=new_id().hex,
        processing_status="READY",
        progress=100,
        error_code=None,
        error=None,
        note=None,
        title=None,
        language="en",
        pages=pages,
        passages=pages,
        tries=1,
        due_at=None,
        created_at=at,
        ready_at=at,
    )
