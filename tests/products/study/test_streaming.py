"""An answer's events on the wire."""

import asyncio
from collections.abc import AsyncIterator, Sequence
import json
from typing import Any
from uuid import UUID

import pytest
from starlette.requests import Request

from laurels.core.errors import Missing
from laurels.products.study.answers import INTERRUPTED, STOPPED, Event, Failed, Running, Stopped, Words
from laurels.products.study.api.streams import stream_events
from laurels.web.sse import HEARTBEAT
from products.study.classroom import Classroom, without_vectors
from products.study.school import School
from support.openai_server import OpenAIServer
from support.site import refused

ANSWER, SESSION = UUID(int=1), UUID(int=2)


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


def test_a_process_that_writes_as_many_answers_as_it_can_takes_no_more(
    school: School, model_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("laurels.products.study.answers.MAX_ANSWERS", 0)
    with school.open(**without_vectors(model_server)):
        here = Classroom(school)
        refused(here.ask(here.begin()), 503, "unavailable")
        assert (here.messages(), here.calls(), model_server.got) == ([], [], [])
