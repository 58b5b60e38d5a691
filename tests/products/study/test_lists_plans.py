"""What study lists to members is found through indexes, however much there is of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from laurels.core.ids import new_id
from laurels.products.study.decisions.billing import Spend
from laurels.products.study.decisions.documents import Shelf
from laurels.products.study.decisions.guards import Standing
from laurels.products.study.queries.access import SessionSeen, read_session, read_standing
from laurels.products.study.queries.classes import list_classes
from laurels.products.study.queries.documents import list_documents
from laurels.products.study.queries.holds import are_holds_in_the_way
from laurels.products.study.queries.members import list_members
from laurels.products.study.queries.messages import list_messages, read_turns
from laurels.products.study.queries.sessions import list_sessions, list_shared
from laurels.products.study.queries.turns import list_turns
from laurels.products.study.queries.usage import read_my_use
from laurels.products.study.queries.usage_records import RecordFilter, list_records
from products.study.classroom import Classroom
from support.plans import Plans

Read = Callable[[Connection, Classroom, Any], object]


def spend(here: Classroom) -> Spend:
    at = here.school.clock.at
    return Spend(new_id(), here.room.id, here.ana.id, "CHAT", "gpt-4o-mini", 500, at, ZoneInfo("Europe/Madrid"), at + timedelta(hours=1))


def standing(connection: Connection, here: Classroom) -> Standing:
    return read_standing(connection, here.room.id, here.ana.id)


def seen(connection: Connection, here: Classroom, session: UUID) -> SessionSeen:
    return read_session(connection, session, here.ana.id)


def behind(here: Classroom) -> tuple[datetime, UUID]:
    """Where a page before ended."""
    return here.school.clock.at, new_id()


READS: dict[str, tuple[Read, tuple[str, ...]]] = {
    "use": (
        lambda connection, here, _: read_my_use(connection, standing(connection, here), at=here.school.clock.at),
        ("ix_study_usage_held",),
    ),
    "holds in the way": (
        lambda connection, here, _: are_holds_in_the_way(connection, standing(connection, here), spend(here)),
        ("ix_study_usage_held",),
    ),
    "classes": (
        lambda connection, here, _: list_classes(connection, here.ana.id, limit=20, before=behind(here)),
        ("ix_study_member_member", "ix_study_document_class"),
    ),
    "documents of a class": (
        lambda connection, here, _: list_documents(connection, Shelf(here.room.id), here.ana.id, limit=20, before=behind(here)),
        ("ix_study_document_class",),
    ),
    "documents of a chat": (
        lambda connection, here, session: list_documents(connection, Shelf(here.room.id, session), here.ana.id, limit=20),
        ("ix_study_document_session",),
    ),
    "members": (
        lambda connection, here, _: list_members(connection, here.room, at=here.school.clock.at, limit=20, after=behind(here)),
        ("ix_study_member_joined_at",),
    ),
    "chats": (
        lambda connection, here, _: list_sessions(connection, here.ana.id, limit=20, class_id=here.room.id, before=behind(here)),
        ("ix_study_session_user",),
    ),
    "shared chats": (
        lambda connection, here, _: list_shared(connection, here.room.id, here.ana.id, limit=20, before=behind(here)),
        ("ix_study_session_shared",),
    ),
    "messages": (
        lambda connection, here, session: list_messages(connection, seen(connection, here, session), limit=20, before=8),
        ("ix_study_message_session",),
    ),
    "turns": (
        lambda connection, here, session: list_turns(connection, seen(connection, here, session), limit=20, before=8),
        ("ix_study_message_session",),
    ),
    "history": (
        lambda connection, here, session: read_turns(connection, seen(connection, here, session)),
        ("ix_study_message_session",),
    ),
    "records of a member": (
        lambda connection, here, _: list_records(connection, RecordFilter(here.ana.id), limit=20, before=behind(here)),
        ("ix_study_usage_user",),
    ),
    "records of a class": (
        lambda connection, here, _: list_records(connection, RecordFilter(None, here.room.id), limit=20, before=behind(here)),
        ("ix_study_usage_class",),
    ),
}


@pytest.mark.parametrize("name", sorted(READS))
def test_lists_are_read_through_their_indexes(here: Classroom, name: str) -> None:
    session = UUID(here.begin())
    here.asked(str(session))
    read, indexes = READS[name]
    plans = Plans(here.school.database.read)
    with here.school.database.read.connect() as connection:
        read(connection, here, session)
    steps = [step for _, step in plans.steps(without=("seqscan", "bitmapscan", "sort"))]
    whole = [step for step in steps if "Seq Scan" in step or (step.startswith("SCAN ") and "VIRTUAL" not in step)]
    assert whole == []
    for index in indexes:
        assert any(index in step for step in steps), (index, steps)
