"""Chat sessions: begun, named, shared with their class, deleted; and what their owner thinks of an answer."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, select, update
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Missing
from laurels.core.ids import new_id
from laurels.ledger.writer import Posted, Proposal, RequestKey, hold_book, post_within
from laurels.products.study.accounts import BOOK
from laurels.products.study.decisions.sessions import DeleteSession, OpenSession, SessionDone
from laurels.products.study.desk import Desk
from laurels.products.study.errors import AnswerUnderWay, ClassClosed
from laurels.products.study.queries.access import SessionSeen, read_session
from laurels.products.study.queries.messages import find_row
from laurels.products.study.tables import study_citation, study_document, study_message, study_session
from laurels.web.caller import Caller
from laurels.web.context import Context

AI_TIER = "standard"
"""The only one there is."""


async def open_session(
    context: Context, caller: Caller, class_id: UUID, title: str = "", *, request: RequestKey | None = None
) -> Posted[SessionDone]:
    """Begin a session of the caller's in a class.

    Raises:
        DomainError: what `OpenSession` refuses.
    """
    decision = OpenSession(new_id(), class_id, caller.member_id, title, AI_TIER)
    return await context.writer.post(Proposal(decision, context.clock.now(), caller.actor, request))


def change_session(context: Context, caller: Caller, session_id: UUID, *, title: str | None = None, is_shared: bool | None = None) -> None:
    """Name a session of the caller's, or share it with its class, or no longer. For a thread that may block.

    Raises:
        Missing: there is no such session of theirs.
        ClassClosed: the class is archived; what is shared may be taken back.
    """
    wanted: dict[str, Any] = {"title": title, "is_shared": is_shared}
    changed = {name: value for name, value in wanted.items() if value is not None}
    with context.database.write.begin() as connection:
        hold_book(connection, BOOK)  # a first question names its session, too
        seen = read_session(connection, session_id, caller.member_id, mine_only=True)
        if not seen.standing.room.is_active and changed != {"is_shared": False}:
            raise ClassClosed()
        if changed:
            connection.execute(update(study_session).where(study_session.c.id == session_id).values(**changed))


async def delete_session(context: Context, desk: Desk, caller: Caller, session_id: UUID) -> None:
    """Delete a session of the caller's with all that was said in it, and its own documents. What is being answered in it is stopped.

    Raises:
        Missing: there is no such session of theirs.
    """
    await run_in_threadpool(_delete, context, caller, session_id)
    desk.answers.stop_session(session_id)


def rate_answer(context: Context, caller: Caller, session_id: UUID, message_id: UUID, *, rating: int | None, note: str | None) -> None:
    """Keep what the caller thinks of an answer. For a thread that may block.

    Args:
        rating: 1: helpful, -1: not; None: no opinion any more.

    Raises:
        Missing: there is no such answer in a session of theirs.
        AnswerUnderWay: it isn't finished.
    """
    with context.database.write.begin() as connection:
        row = find_row(connection, read_session(connection, session_id, caller.member_id, mine_only=True), message_id)
        if row.is_user:
            raise Missing(what="message")
        if row.status == "pending":
            raise AnswerUnderWay()
        connection.execute(update(study_message).where(study_message.c.id == message_id).values(rating=rating, note=note))


def _delete(context: Context, caller: Caller, session_id: UUID) -> None:
    seen, at = _read(context, caller, session_id), context.clock.now()
    decision = DeleteSession(session_id, seen.session.class_id, caller.member_id)
    theirs = select(study_message.c.id).where(study_message.c.session_id == session_id)
    documents = and_(study_document.c.session_id == session_id, study_document.c.deleted_at.is_(None))
    with context.database.write.begin() as connection:
        post_within(connection, Proposal(decision, at, caller.actor), at)
        connection.execute(update(study_document).where(documents).values(deleted_at=at, due_at=None))
        connection.execute(delete(study_citation).where(study_citation.c.message.in_(theirs)))
        connection.execute(delete(study_message).where(study_message.c.session_id == session_id))
        connection.execute(delete(study_session).where(study_session.c.id == session_id))


def _read(context: Context, caller: Caller, session_id: UUID) -> SessionSeen:
    with context.database.read.connect() as connection:
        return read_session(connection, session_id, caller.member_id, mine_only=True)
