"""Questions decided about after something else was decided: what was looked at before may be gone by then."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from laurels.core.errors import Missing
from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.study.accounts import chats
from laurels.products.study.bounds import MAX_SESSION_MESSAGES
from laurels.products.study.decisions.billing import Spend
from laurels.products.study.decisions.questions import Asked, AskQuestion, FinishAnswer
from laurels.products.study.decisions.sessions import OpenSession
from laurels.products.study.errors import AnswerUnderWay, SessionFull
from laurels.products.study.tables import StudyClass, study_message, study_session
from products.study.school import School


def begin(school: School, room: StudyClass, who: Member) -> UUID:
    """Begin a session; gives its id."""
    id: UUID = school.post_now(OpenSession(new_id(), room.id, who.id, "", "standard")).answer.session
    return id


def ask(school: School, room: StudyClass, who: Member, session: UUID, **more: Any) -> Asked:
    """Ask something that takes no tokens. `more`: `question`, `replaces`."""
    at = school.clock.at
    spend = Spend(new_id(), room.id, who.id, "CHAT", "extracts", 0, at, ZoneInfo("UTC"), at + timedelta(hours=1), takes_slot=True)
    fields: dict[str, Any] = {"question": new_id(), **more}
    asked: Asked = school.post_now(AskQuestion(session=session, content="Why?", spend=spend, **fields)).answer
    return asked


def finish(school: School, session: UUID, asked: Asked) -> str:
    """Have the answer said; gives how it ended."""
    finishing = FinishAnswer(asked.answer, session, asked.ticket, "answered", "So.", None, 5)
    status: str = school.post_now(finishing).answer.status
    return status


def test_nobody_asks_in_a_session_of_another_or_in_one_that_was_just_deleted(school: School) -> None:
    room, _, (ana, bo) = school.with_members(2)
    session = begin(school, room, ana)
    for who, where in ((bo, session), (ana, new_id())):
        with pytest.raises(Missing):
            ask(school, room, who, where)
        assert school.held(chats(room.id, who.id)) == 0
    assert school.count(study_message) == 0


def test_a_session_that_is_full_takes_no_question(school: School) -> None:
    room, _, (ana,) = school.with_members(1)
    session = begin(school, room, ana)
    with school.database.write.begin() as connection:
        connection.execute(update(study_session).values(messages=MAX_SESSION_MESSAGES - 2))
    finish(school, session, ask(school, room, ana, session))
    with pytest.raises(SessionFull):
        ask(school, room, ana, session)
    assert school.count(study_message) == 2


def test_another_answer_is_had_once_and_only_of_its_own_question(school: School) -> None:
    room, _, (ana,) = school.with_members(1)
    session, other = begin(school, room, ana), begin(school, room, ana)
    first = ask(school, room, ana, session)
    with pytest.raises(AnswerUnderWay):
        ask(school, room, ana, session, question=first.question, replaces=first.answer)
    assert finish(school, session, first) == "answered"
    for where, question, answer in (
        (other, first.question, first.answer),
        (session, new_id(), first.answer),
        (session, first.question, new_id()),
    ):
        with pytest.raises(Missing):
            ask(school, room, ana, where, question=question, replaces=answer)
    again = ask(school, room, ana, session, question=first.question, replaces=first.answer)
    with pytest.raises(AnswerUnderWay):
        ask(school, room, ana, session, question=first.question, replaces=first.answer)
    assert finish(school, session, again) == "answered"
    assert school.held(chats(room.id, ana.id)) == 0


def test_a_call_that_takes_no_tokens_sets_nothing_aside_and_has_nothing_to_settle(school: School) -> None:
    room, _, (ana,) = school.with_members(1)
    ticket = school.spend(room, ana, 0)
    school.release(ticket)
    school.release(ticket)
    assert (ticket.held, school.held(chats(room.id, ana.id))) == (0, 0)
