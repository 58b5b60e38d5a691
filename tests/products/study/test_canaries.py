"""S13: no word of a document reaches who may not read it, whatever the memberships: canaries in documents, looked for everywhere."""

from dataclasses import dataclass
from itertools import count
import logging
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest

from laurels.identity.tables import Member
from laurels.products.study.tables import StudyClass
from products.study.classroom import Classroom, without_vectors
from products.study.school import School
from support.openai_server import OpenAIServer

QUESTION = "What is the secret word?"
CITES_ALL = "All: [1] [2] [3] [4] [5] [6] [7] [8]."
STANDINGS = ("outsider", "reader", "blind", "removed")
"""What a member is to a class: not in it; in it; in it and may not read; was in it."""

numbers = count(1)


@dataclass
class Planted:
    """A class with a canary in its document, and its members' sessions, each with one in a document of its own."""

    here: Classroom
    canary: str
    sessions: dict[UUID, tuple[str, str]]


def plant(here: Classroom, session: str | None = None) -> str:
    """Put a canary into a document; gives it."""
    canary = f"canary{next(numbers):06}"
    here.put(f"{canary}.txt", [f"The secret word is {canary}."], session=UUID(session) if session else None)
    return canary


def make(school: School, people: list[Member], standings: tuple[str, ...]) -> Planted:
    """A class where people stand as told. All of them that ever were in it began a chat there."""
    here = Classroom(school, members=0)
    planted = Planted(here, plant(here), {})
    for who, standing in zip(people, standings, strict=True):
        if standing == "outsider":
            continue
        school.join(here.room, who)
        session = here.begin(who)
        planted.sessions[who.id] = (session, plant(here, session))
        if standing == "blind":
            school.permit(here.room, who, can_read=False)
        if standing == "removed":
            school.remove(here.room, who)
    return planted


def read_everything(school: School, who: Member, planted: Planted, room: StudyClass) -> str:
    """All that a member gets who asks for whatever there may be, in one text."""
    paths = [f"/documents/classes/{room.id}", f"/chat/classes/{room.id}/shared", f"/chat/sessions?class_id={room.id}"]
    for session, _ in planted.sessions.values():
        own = [f"/chat/sessions/{session}", f"/chat/sessions/{session}/messages", f"/chat/sessions/{session}/export"]
        paths += [*own, f"/documents/sessions/{session}"]
    return "\n".join(school.get(who, path).text for path in paths)


def check(school: School, model_server: OpenAIServer, who: Member, standing: str, planted: Planted) -> None:
    """Ask, and look for canaries in what was found, asked, answered and cited; then in whatever else can be read."""
    allowed = {planted.canary} if standing == "reader" else set[str]()
    session, own = planted.sessions.get(who.id, ("", ""))
    if standing in ("reader", "blind"):
        allowed.add(own)
        model_server.got.clear()
        model_server.say(CITES_ALL)
        answer: Any = planted.here.asked(session, QUESTION, who=who)
        assert seen_in(str(model_server.got[0].messages)) == allowed
        assert seen_in(str(answer)) == allowed, "cited"
    assert seen_in(read_everything(school, who, planted, planted.here.room)) <= allowed


def seen_in(text: str) -> set[str]:
    """The canaries in a text."""
    return {f"canary{part[:6]}" for part in text.split("canary")[1:]}


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def sing(school: School, model_server: OpenAIServer, people: list[Member], data: st.DataObject) -> None:
    """Two classes with drawn memberships; everybody asks and reads wherever they can and can't."""
    drawn = st.tuples(*[st.sampled_from(STANDINGS) for _ in people])
    standings = [data.draw(drawn), data.draw(drawn)]
    classes = [make(school, people, one) for one in standings]
    for planted, standing in zip(classes, standings, strict=True):
        for who, what in zip(people, standing, strict=True):
            check(school, model_server, who, what, planted)


def test_s13_no_word_leaks_across_classes_and_sessions(
    school: School, model_server: OpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "laurels")
    with school.open(**without_vectors(model_server)):
        people = [school.make_member() for _ in range(3)]
        sing(school, model_server, people)
    assert seen_in(caplog.text) == set()
