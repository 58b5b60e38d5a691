"""What a member gets of study when they ask for what is kept about them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select

from laurels.products.study.tables import (
    study_citation,
    study_class,
    study_document,
    study_member,
    study_message,
    study_session,
    study_usage,
)

MAX_EXPORTED = 10_000
"""Most rows of a kind in one export, newest first."""

_NOT_TOLD = frozenset({"storage_key", "due_at", "tries"})
"""Columns of a document that are ours: where its file is kept is told to nobody."""


def export_study(connection: Connection, member_id: UUID) -> dict[str, Any]:
    """A member's classes and memberships, documents, chats with what their answers cite, remarks, and what they used.

    Originals aren't in it: each is downloaded by itself while its class is there.
    """
    parts = {**_of_classes(member_id), **_of_chats(member_id)}
    return {name: [dict(row) for row in connection.execute(wanted.limit(MAX_EXPORTED)).mappings()] for name, wanted in parts.items()}


def _of_classes(member_id: UUID) -> dict[str, Select[Any]]:
    room, mine, document, used = study_class.c, study_member.c, study_document.c, study_usage.c
    owned = select(*(column for column in room if column.name != "owner_id")).where(room.owner_id == member_id)
    joined = select(room.name, *(column for column in mine if column.name != "member")).join(study_class, room.id == mine.class_id)
    told = [column for column in document if column.name not in _NOT_TOLD]
    return {
        "classes": owned.order_by(room.created_at.desc(), room.id.desc()),
        "memberships": joined.where(mine.member == member_id).order_by(mine.joined_at.desc(), mine.class_id),
        "documents": select(*told).where(document.uploaded_by == member_id).order_by(document.created_at.desc(), document.id.desc()),
        "usage": select(study_usage).where(used.user_id == member_id).order_by(used.created_at.desc(), used.id.desc()),
    }


def _of_chats(member_id: UUID) -> dict[str, Select[Any]]:
    session, message, cited = study_session.c, study_message.c, study_citation.c
    sessions = select(*(column for column in session if column.name != "user_id")).where(session.user_id == member_id)
    # Questions, answers and remarks about them, in one list: a remark stands with its answer.
    messages = select(study_message).join(study_session, session.id == message.session_id).where(session.user_id == member_id)
    citations = select(study_citation).join(study_message, message.id == cited.message)
    citations = citations.join(study_session, session.id == message.session_id).where(session.user_id == member_id)
    return {
        "sessions": sessions.order_by(session.updated_at.desc(), session.id.desc()),
        "messages": messages.order_by(message.created_at.desc(), message.session_id, message.position.desc()),
        "citations": citations.order_by(message.created_at.desc(), cited.message, cited.number),
    }
