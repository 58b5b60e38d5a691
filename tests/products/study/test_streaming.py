"""An answer's events on the wire."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
import json
from typing import Any
from uuid import UUID

import pytest
from starlette.requests import Request

from laurels.core.errors import Missing
from laurels.core.ids import new_id
from laurels.jobs.timetable import UTC_ZONE
from laurels.products.study.answers import INTERRUPTED, MAX_ANSWERS, STOPPED, Answers, Event, Failed, Running, Stopped, Words
from laurels.products.study.api.messages import ASKS_PER_MINUTE
from laurels.products.study.api.streams import stream_events
from laurels.products.study.decisions.billing import Spend
from laurels.products.study.decisions.questions import AskQuestion
from laurels.web.sse import HEARTBEAT
from products.study.classroom import Classroom, hear, without_vectors
from products.study.school import School
from support.openai_server import OpenAIServer
from support.site import refused

ANSWER, SESSION = UUID(int=1), UUID(int=2)


def ask_elsewhere(here: Classroom, session: UUID) -> UUID:
    """A question that another process answers: gives its answer's id."""
    at = here.school.clock.at
    spend = Spend(new_id(), here.room.id, here.ana.id, "CHAT", "extracts", 0, at, UTC_ZONE, at + timedelta(hours=1), takes_slot=True)
    here.school.post_now(AskQuestion(session, new_id(), "What is a niche?", spend))
    return spend.id


def frames(*told: Sequence[Event]) -> list[bytes]:
    """What is sent of what an answer tells."""

    async def events() -> AsyncIterator[Sequence[Event]]:
        for some in told:
            yield some

    async def sent() -> list[bytes]:
        scope: dict[str, Any] = {"type": "http", "path": "/api/v1/chat", "headers": []}
        return [frame async for frame in stream_events(Request(scope), events()).body_iterator]  # type: ignore[misc]

    return asyncio.run(sent())


def test_silence_is_sent_as_a_heartbeat() -> None:
    assert frames((), [Words("It "), Words("is.")], ()) == [
        HEARTBEAT,
        b'event: delta\ndata: {"text":"It "}\n\nevent: delta\ndata: {"text":"is."}\n\n',
        HEARTBEAT,
    ]


def test_words_with_line_ends_stay_in_one_event() -> None:
    [frame] = frames([Words("one\n\ntwo\rthree")])
    data = frame.decode().split("data: ")[1].strip()
    assert frame.count(b"\n") == 3
    assert json.loads(data) == {"text": "one\n\ntwo\rthree"}


def test_why_it_failed_is_sent_as_a_problem() -> None:
    [frame] = frames([Failed(Missing(what="session"))])
    name, data = frame.decode().strip().split("\n")
    assert name == "event: error"
    assert (json.loads(data.removeprefix("data: "))["code"], json.loads(data.removeprefix("data: "))["status"]) == ("not-found", 404)


def test_what_is_stopped_before_it_asks_asks_nothing_and_the_first_reason_counts() -> None:
    asked = list[str]()

    async def asking() -> None:
        asked.append("asked")

    async def check() -> str:
        running = Running(ANSWER, SESSION)
        running.stop(STOPPED)
        running.stop(INTERRUPTED)
        with pytest.raises(Stopped) as stop:
            await running.ask(asking())
        return str(stop.value)

    assert (asyncio.run(check()), asked) == (STOPPED, [])


def test_an_answer_is_stopped_so_often_a_minute_and_no_more(school: School) -> None:
    with school.open(rate_limits=True):
        here = Classroom(school)
        session = here.begin()
        answer = ask_elsewhere(here, UUID(session))
        for _ in range(ASKS_PER_MINUTE):
            assert here.stop(session, str(answer)).status_code == 202
        refused(here.stop(session, str(answer)), 429, "too-many-requests")


def test_a_process_that_writes_as_many_answers_as_it_can_takes_no_more(
    school: School, model_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("laurels.products.study.answers.MAX_ANSWERS", 0)
    with school.open(**without_vectors(model_server)):
        here = Classroom(school)
        refused(here.ask(here.begin()), 503, "unavailable")
        assert (here.messages(), here.calls(), model_server.got) == ([], [], [])


def test_following_an_answer_of_another_process_tells_that_its_session_is_gone(wide: School) -> None:
    here = Classroom(wide)
    session = here.begin()
    answer = ask_elsewhere(here, UUID(session))
    with here.streaming(here.ana, "GET", f"/chat/sessions/{session}/messages/{answer}/stream") as lines:
        assert wide.ask(here.ana, "DELETE", f"/chat/sessions/{session}").status_code == 204
        assert hear(lines).one("error")["code"] == "not-found"


def test_an_answer_that_finds_no_room_to_be_written_in_lets_its_followers_go() -> None:
    async def check() -> tuple[bool, list[Sequence[Event]]]:
        answers, running = Answers(), Running(ANSWER, SESSION)
        hanging = [Running(UUID(int=number), SESSION) for number in range(10, 10 + 2 * MAX_ANSWERS)]
        for one in hanging:
            answers.begin(one, asyncio.Event().wait)
        answers.begin(running, asyncio.Event().wait)
        told = [events async for events in running.events.read(0.01)]
        left = answers.find(ANSWER) is None
        await answers._errands.close()
        return left, told

    left, told = asyncio.run(asyncio.wait_for(check(), 10))
    assert (left, told) == (True, [])
