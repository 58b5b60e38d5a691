"""Study among the other products: points for what is done in classes, and webhook events."""

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import insert, select

from laurels.core.ids import new_id
from laurels.identity.editing import OPERATOR
from laurels.identity.tables import Member
from laurels.jobs.timetable import UTC_ZONE
from laurels.ledger.outbox import Told
from laurels.ledger.tables import outbox
from laurels.products.progress.actions.reactions_set import change_reaction
from laurels.products.progress.queries.board_windows import BoardKind, list_class_boards
from laurels.products.progress.rules import ActivityType, TriggerName
from laurels.products.progress.tables import point_activity
from laurels.products.study import facts
from laurels.products.study.decisions.billing import Spend
from laurels.products.study.decisions.documents import Shelf
from laurels.products.study.decisions.memberships import LeaveClass
from laurels.products.study.decisions.questions import AskQuestion, FinishAnswer
from laurels.products.study.decisions.reading import TellRead
from laurels.products.study.hooks import STUDY_EVENTS, make_events
from laurels.products.study.tables import StudyClass, study_session
from laurels.reactions import REACTED_TO, react_to_told
from laurels.web.etags import WHICHEVER
from laurels.webhooks import EventType
from products.study.school import School


def told(school: School, names: frozenset[str] = REACTED_TO) -> list[Told]:
    """All facts of these names, as the outbox holds them."""
    with school.database.read.connect() as connection:
        found = select(outbox).where(outbox.c.name.in_(names)).order_by(outbox.c.book, outbox.c.sequence, outbox.c.position)
        rows = connection.execute(found).all()
    return [Told(str(row.book), row.sequence, row.position, row.name, row.payload, row.recorded_at) for row in rows]


def react(school: School) -> None:
    """Have progress react to all that was told so far."""
    react_to_told(school.job(), told(school))


def gained(school: School, who: Member) -> Sequence[tuple[str, int, UUID | None]]:
    """Type, points and class of a member's activities."""
    did = point_activity.c
    with school.database.read.connect() as connection:
        found = connection.execute(select(did.activity_type, did.amount, did.class_id).where(did.member == who.id).order_by(did.entry))
        return [tuple(row) for row in found]


def talk(school: School, room: StudyClass, who: Member, *statuses: str) -> UUID:
    """A session of questions whose answers ended so; gives its id."""
    session = new_id()
    row = {"id": session, "class_id": room.id, "user_id": who.id, "title": "", "ai_tier": "standard", "is_shared": False}
    row |= {"messages": 0, "answers": 0, "created_at": school.clock.at, "updated_at": school.clock.at}
    with school.database.write.begin() as connection:
        connection.execute(insert(study_session).values(row))
    for status in statuses:
        spend = Spend(new_id(), room.id, who.id, "CHAT", "extracts", 0, school.clock.at, UTC_ZONE, school.clock.at, takes_slot=True)
        asked = school.post_now(AskQuestion(session, new_id(), "What is a niche?", spend)).answer
        code = "model-unavailable" if status == "failed" else None
        school.post_now(FinishAnswer(asked.answer, session, asked.ticket, status, "A role.", None, 5, error_code=code))
    return session


def test_third_answer_of_a_session_awards_points_once_and_on_the_classs_board(school: School) -> None:
    room, _, [ana, bo] = school.with_members(2)
    talk(school, room, ana, "answered", "answered", "failed", "stopped")
    react(school)
    assert gained(school, ana) == [], "two answers are no conversation"
    talk(school, room, ana, "answered", "answered", "answered", "answered")
    react(school)
    react(school)
    assert gained(school, ana) == [("special_event", 10, room.id)]
    with school.database.read.connect() as connection:
        [board] = list_class_boards(connection, ana.id)
        assert (board.kind, board.of) == (BoardKind.CLASS, str(room.id))
        assert list_class_boards(connection, bo.id) == []


def test_joining_a_class_is_worth_what_staff_set_and_once_for_each_class(school: School) -> None:
    room, _, [ana] = school.with_members(1)
    other, _, _ = school.with_members(0)
    react(school)
    assert gained(school, ana) == [], "nothing, until staff say otherwise"
    wanted = {"activity_type": ActivityType.SPECIAL_EVENT.value, "points": 7, "description": "Welcome"}
    change_reaction(school.database, OPERATOR, TriggerName.CLASS_JOINED.value, wanted, expected=WHICHEVER, now=school.clock.at)
    school.post_now(LeaveClass(room.id, ana.id))
    school.join(room, ana)
    school.join(other, ana)
    react(school)
    assert gained(school, ana) == [("special_event", 7, room.id), ("special_event", 7, other.id)]


@pytest.mark.parametrize("kind", STUDY_EVENTS.types, ids=lambda kind: kind.name)
def test_every_event_is_told_as_its_example_says(kind: EventType) -> None:
    [fact] = [one for one in vars(facts).values() if isinstance(one, type) and getattr(one, "name", "") == kind.name]
    payload = orjson.dumps({field.name: 1 for field in fields(fact)}).decode()
    [event] = make_events(None, [Told("study", 1, 0, kind.name, payload, None)])  # type: ignore[arg-type]  # nothing else is read
    assert (event.type, set(event.data), event.subject) == (kind.name, set(kind.example), None)


def test_documents_that_were_read_or_cant_be_are_told_with_ids_alone(school: School) -> None:
    room, owner, _ = school.with_members(0)
    ready, failed, session = uuid4(), uuid4(), uuid4()
    before = len(school.told("study.class_changed"))
    school.post_now(TellRead(ready, Shelf(room.id), owner.id, passages=12))
    school.post_now(TellRead(failed, Shelf(room.id, session), owner.id, error_code="file-encrypted"))
    events = {event.type: event.data for event in make_events(school.job(), told(school, STUDY_EVENTS.facts))}
    whose = {"class_id": str(room.id), "member_id": str(owner.id)}
    assert events == {
        "study.document_ready": whose | {"document_id": str(ready), "session_id": None, "passages": 12},
        "study.document_failed": whose | {"document_id": str(failed), "session_id": str(session), "error_code": "file-encrypted"},
    }
    changes = school.told("study.class_changed")[before:]
    assert changes == [{"class_id": str(room.id), "what": "documents"}], "what one chat alone has is no news to its class"
