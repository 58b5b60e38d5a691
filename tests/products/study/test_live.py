"""What open pages are told of study, and that nobody else is told anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import httpx
import orjson

from laurels.identity.tables import Member
from laurels.jobs.timetable import UTC_ZONE
from laurels.ledger.outbox import Told
from laurels.products.study.decisions.calls import TellUsedUp
from laurels.products.study.decisions.documents import Shelf
from laurels.products.study.decisions.reading import TellRead
from laurels.products.study.facts import BudgetReached
from laurels.products.study.live import Telling
from laurels.web.live import member_topic
from products.study.school import School
from web.live_town import Stream

SECONDS = 20


@contextmanager
def following(school: School, who: Member) -> Iterator[Iterator[tuple[str, dict[str, object]]]]:
    """What a member's page hears: events with their data."""
    assert isinstance(school.http, httpx.Client)
    with school.http.stream("GET", "/events", params={"topics": "me"}, headers=school.headers(who), timeout=SECONDS) as response:
        assert response.status_code == 200, response.read()
        stream = Stream(response)  # kept here: were it forgotten, httpx would close the connection
        yield ((one.event, orjson.loads(one.data) if one.data else {}) for one in stream)


def tell(school: School, class_id: UUID, who: Member, *, session: UUID | None = None) -> None:
    """Have it told that a document was read."""
    school.post_now(TellRead(uuid4(), Shelf(class_id, session), who.id, passages=3))


def test_members_of_a_class_are_told_what_changed_and_outsiders_of_their_own_alone(wide: School) -> None:
    room, owner, [ana] = wide.with_members(1)
    other, outsider, _ = wide.with_members(0)
    with following(wide, ana) as heard, following(wide, outsider) as heard_outside:
        tell(wide, room.id, owner)
        assert next(heard) == ("study.documents", {"class_id": str(room.id)})
        tell(wide, other.id, outsider)
        assert next(heard_outside) == ("study.documents", {"class_id": str(other.id)}), "and nothing of the first"


def test_who_was_removed_is_told_nothing_more(wide: School) -> None:
    room, owner, [ana] = wide.with_members(1)
    wide.remove(room, ana)
    mine = wide.found(ana)
    with following(wide, ana) as heard, following(wide, owner) as heard_by_owner:
        tell(wide, room.id, owner)
        assert next(heard_by_owner)[1] == {"class_id": str(room.id)}
        tell(wide, mine.id, ana)
        assert next(heard) == ("study.documents", {"class_id": str(mine.id)})


def test_a_chats_own_document_is_told_to_its_owner(wide: School) -> None:
    room, owner, [ana] = wide.with_members(1)
    session = uuid4()
    with following(wide, ana) as heard, following(wide, owner) as heard_by_owner:
        tell(wide, room.id, ana, session=session)
        assert next(heard) == ("study.documents", {"class_id": str(room.id), "session_id": str(session)})
        tell(wide, room.id, owner)
        assert next(heard_by_owner) == ("study.documents", {"class_id": str(room.id)})


def test_whoever_asked_is_told_that_they_are_answered_and_nobody_else(wide: School) -> None:
    room, owner, [ana] = wide.with_members(1)
    session = wide.ask(ana, "POST", "/chat/sessions", json={"class_id": str(room.id)}).json()["id"]
    with following(wide, ana) as heard, following(wide, owner) as heard_by_owner:
        answered = wide.ask(ana, "POST", f"/chat/sessions/{session}/messages", json={"content": "What is a lever?"}).json()["answer"]
        told = {"session_id": session, "message_id": answered["id"], "status": "answered"}
        assert next(heard) == ("study.answered", told)
        tell(wide, room.id, owner)
        assert next(heard_by_owner)[0] == "study.documents"


def test_a_limit_that_is_reached_is_told_to_its_member_and_a_budget_to_its_owner(wide: School) -> None:
    room, owner, [ana] = wide.with_members(1)
    with following(wide, ana) as heard:
        wide.post_now(TellUsedUp(room.id, ana.id, wide.clock.at, UTC_ZONE, "day"))
        assert next(heard) == ("study.budget", {"class_id": str(room.id)})
    budget = BudgetReached(room.id, None, "sponsor", "day", "2026-11-20", 80, 8, 10)
    fact = Told("study", 1, 0, budget.name, orjson.dumps(budget).decode(), wide.clock.at)
    [message] = Telling(wide.app.state.context).tell_spenders([fact])
    assert (message.topic, message.event) == (member_topic(owner.id), "study.budget")
