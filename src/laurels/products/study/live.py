"""What open pages are told of study: that something of a class of theirs changed, that an answer is there, that tokens run out.

All goes to members' own topics: any other topic is open to everybody, and who
isn't in a class learns nothing of it, not even that something happened there.
Messages hold ids; pages fetch the rest, and are asked then whether they may.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from laurels.core.database import among
from laurels.ledger.outbox import Told
from laurels.products.study.decisions.guards import ACTIVE
from laurels.products.study.facts import BudgetReached, ClassChanged, DocumentFailed, DocumentReady, QuestionAnswered
from laurels.products.study.tables import study_class, study_member
from laurels.web.context import Context
from laurels.web.live import Message, member_topic

CHANGED = "study"
"""Begins the events about a class: `study.documents`, `study.members`, `study.details`, `study.archived`, `study.deleted`, by what changed.

With JSON: `class_id`. Of a chat's own documents `session_id`, too, and its owner alone is told.
"""
ANSWERED = "study.answered"
"""With JSON: `session_id`, `message_id` and `status` of an answer that is finished, for whoever asked."""
BUDGET = "study.budget"
"""With JSON: `class_id`, of which some limit is nearly used up: tells meters to fetch their numbers."""

SECONDS = 1.0
"""How often members of classes are told at most: many uploads are told once."""


def register_drawings(context: Context) -> None:
    """Have the hub tell."""
    live, telling = context.live, Telling(context)
    live.on(ClassChanged.name, telling.tell_classes, every_seconds=SECONDS)
    live.on((DocumentReady.name, DocumentFailed.name), tell_uploaders)
    live.on(QuestionAnswered.name, tell_askers)
    live.on(BudgetReached.name, telling.tell_spenders, every_seconds=SECONDS)


class Telling:
    """Finds out who is to be told: of those who have a page open here, those who are in the class."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def tell_classes(self, told: Sequence[Told]) -> Iterable[Message]:
        """What changed in classes, to whoever is in them; the same of the same class once."""
        for class_id, what in dict.fromkeys((fact["class_id"], fact["what"]) for fact in _facts(told)):
            for member in self._in_class(UUID(class_id)):
                yield Message(member_topic(member), f"{CHANGED}.{what}", orjson.dumps({"class_id": class_id}))

    def tell_spenders(self, told: Sequence[Told]) -> Iterable[Message]:
        """Whose limit is nearly used up; of a budget for the sponsored, the class's owner."""
        for fact in _facts(told):
            member = UUID(fact["member"]) if fact["member"] else self._owner_of(UUID(fact["class_id"]))
            if member is not None:
                yield Message(member_topic(member), BUDGET, orjson.dumps({"class_id": fact["class_id"]}))

    def _in_class(self, class_id: UUID) -> list[UUID]:
        database, watching = self._context.database, self._context.live.members_watching()
        if not watching:
            return []
        of = study_member.c
        with database.read.connect() as connection:
            theirs = among(connection.dialect, of.member, watching)
            wanted = select(of.member).where(of.class_id == class_id, of.status == ACTIVE, theirs).order_by(of.member)
            return list(connection.scalars(wanted))

    def _owner_of(self, class_id: UUID) -> UUID | None:
        with self._context.database.read.connect() as connection:
            return connection.scalar(select(study_class.c.owner_id).where(study_class.c.id == class_id))


def tell_uploaders(told: Sequence[Told]) -> Iterable[Message]:
    """Whose chat's own document was read, or can't be; of a class's, its members are told as of other changes."""
    for fact in _facts(told):
        if fact["session"]:
            data = {"class_id": fact["class_id"], "session_id": fact["session"]}
            yield Message(member_topic(UUID(fact["member"])), f"{CHANGED}.documents", orjson.dumps(data))


def tell_askers(told: Sequence[Told]) -> Iterable[Message]:
    """Whose question was answered, or won't be."""
    for fact in _facts(told):
        data = {"session_id": fact["session"], "message_id": fact["message"], "status": fact["status"]}
        yield Message(member_topic(UUID(fact["member"])), ANSWERED, orjson.dumps(data))


def _facts(told: Sequence[Told]) -> list[dict[str, Any]]:
    return [orjson.loads(one.payload) for one in told]
