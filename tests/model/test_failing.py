"""What goes wrong: told in our words, with neither the key nor anybody's words in it."""

from datetime import timedelta
import json
import logging
import socket
import traceback
from typing import Any

import pytest

from laurels.core.clock import FixedClock
from laurels.core.logging import JsonFormatter
from laurels.model import Completion, Model, ModelFailure, ModelRefused, ModelUnavailable, Reason
from model.conftest import MESSAGES, Ask
from support.openai_server import KEY, OpenAIServer


async def complete(model: Model) -> Completion:
    """An answer to the usual messages."""
    return await model.complete(MESSAGES)


async def stream(model: Model) -> list[str | Completion]:
    """The same as it comes."""
    return [piece async for piece in model.stream(MESSAGES)]


WAYS = pytest.mark.parametrize("way", [complete, stream])


@WAYS
@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (408, None, Reason.TIMEOUT),
        (409, None, Reason.BROKEN),
        (429, "rate_limit_exceeded", Reason.THROTTLED),
        (500, None, Reason.BROKEN),
        (502, None, Reason.BROKEN),
        (503, None, Reason.BROKEN),
        (529, None, Reason.BROKEN),
    ],
)
def test_what_may_pass_is_unavailable(openai_server: OpenAIServer, ask: Ask, way: Any, status: int, code: str, reason: Reason) -> None:
    openai_server.fail(status, code=code)
    with pytest.raises(ModelUnavailable) as caught:
        ask(way)
    assert (caught.value.reason, caught.value.retry_after) == (reason, None)
    assert len(openai_server.got) == 1, "nothing is asked twice by itself"


@WAYS
@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (400, None, Reason.REQUEST),
        (400, "content_filter", Reason.CONTENT),
        (400, "context_length_exceeded", Reason.TOO_LONG),
        (402, None, Reason.CREDIT),
        (403, None, Reason.KEY),
        (413, None, Reason.TOO_LONG),
        (422, None, Reason.REQUEST),
        (429, "insufficient_quota", Reason.CREDIT),
        (307, None, Reason.UNKNOWN),
    ],
)
def test_what_stays_is_refused(openai_server: OpenAIServer, ask: Ask, way: Any, status: int, code: str, reason: Reason) -> None:
    openai_server.fail(status, code=code, headers={"Location": "http://127.0.0.1:1/v1/chat/completions"} if status == 307 else None)
    with pytest.raises(ModelRefused) as caught:
        ask(way)
    assert caught.value.reason is reason
    assert len(openai_server.got) == 1


@WAYS
def test_wrong_key_is_refused(ask: Ask, way: Any) -> None:
    with pytest.raises(ModelRefused, match="LAURELS_OPENAI_API_KEY") as caught:
        ask(way, openai_api_key="sk-wrong")
    assert caught.value.reason is Reason.KEY


@WAYS
def test_unknown_model_is_refused(ask: Ask, way: Any) -> None:
    with pytest.raises(ModelRefused, match="LAURELS_MODEL") as caught:
        ask(way, model="gpt-0")
    assert caught.value.reason is Reason.UNKNOWN


@WAYS
def test_address_with_nothing_at_it_is_refused(openai_server: OpenAIServer, ask: Ask, way: Any) -> None:
    with pytest.raises(ModelRefused, match="LAURELS_OPENAI_BASE_URL") as caught:
        ask(way, openai_base_url=openai_server.url.removesuffix("/v1"))
    assert caught.value.reason is Reason.UNKNOWN


@WAYS
def test_server_that_is_away_is_unavailable(ask: Ask, way: Any) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, and not listening: nobody else takes the port
        with pytest.raises(ModelUnavailable) as caught:
            ask(way, openai_base_url=f"http://127.0.0.1:{closed.getsockname()[1]}/v1")
    assert caught.value.reason is Reason.CONNECTION


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("7", timedelta(seconds=7)),
        ("Fri, 20 Nov 2026 10:02:00 GMT", timedelta(minutes=2)),
        ("86400", timedelta(hours=1)),
        ("soon", None),
    ],
)
def test_retry_after_is_told(openai_server: OpenAIServer, ask: Ask, clock: FixedClock, header: str, asked: timedelta | None) -> None:
    openai_server.fail(429, headers={"Retry-After": header})
    with pytest.raises(ModelUnavailable) as caught:
        ask(complete)
    assert caught.value.retry_after == asked


def test_cut_answer_is_unavailable(openai_server: OpenAIServer, ask: Ask) -> None:
    openai_server.say("Quarter-canary.", ends=False)
    with pytest.raises(ModelUnavailable) as caught:
        ask(complete)
    assert caught.value.reason is Reason.CONNECTION


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[]", b'"no"', b'{"choices": null}', b'{"choices": [{"message": "no"}]}', b"\xff"])
def test_answer_that_cant_be_read_is_unavailable(openai_server: OpenAIServer, ask: Ask, body: bytes) -> None:
    openai_server.send(body)
    with pytest.raises(ModelUnavailable) as caught:
        ask(complete)
    assert caught.value.reason is Reason.UNREADABLE


@WAYS
@pytest.mark.parametrize(
    ("how", "kind", "reason"),
    [
        ({"finish": "stop"}, ModelUnavailable, Reason.EMPTY),
        ({"finish": "length"}, ModelRefused, Reason.NO_ROOM),
        ({"finish": "content_filter"}, ModelRefused, Reason.CONTENT),
        ({"finish": "stop", "refusal": "I can't."}, ModelRefused, Reason.CONTENT),
    ],
)
def test_empty_answer_is_none(
    openai_server: OpenAIServer, ask: Ask, way: Any, how: dict[str, Any], kind: type[ModelFailure], reason: Reason
) -> None:
    openai_server.say(**how)
    with pytest.raises(kind) as caught:
        ask(way)
    assert caught.value.reason is reason


@WAYS
@pytest.mark.parametrize(("status", "code"), [(401, None), (400, None), (429, None), (500, f"{KEY} Zéphyr-71")])
def test_nothing_private_is_told(openai_server: OpenAIServer, ask: Ask, way: Any, caplog: Any, status: int, code: str | None) -> None:
    """The server quotes the key and the prompt in its refusal, in words and in its code; everything is logged, as far as it can be."""
    caplog.set_level(logging.DEBUG)
    openai_server.fail(status, code=code)
    with pytest.raises(ModelFailure) as caught:
        ask(way)
    written = [JsonFormatter().format(record) for record in caplog.records]
    told = "".join([*written, str(caught.value), repr(caught.value), *traceback.format_exception(caught.value)])
    assert "Zéphyr" not in told
    assert KEY not in told
    (line,) = [line for line in map(json.loads, written) if line["logger"] == "laurels.model.failures"]
    assert line["message"] == f"the model gave no answer: {caught.value.reason}"
    assert (line["level"], line["status"], line["code"]) == ("WARNING", status, None)


def test_words_arent_in_what_is_shown_of_messages_and_answers(ask: Ask) -> None:
    assert "Zéphyr" not in repr(MESSAGES)
    assert "Hello" not in repr(ask(complete))


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_says_what_to_do(reason: Reason) -> None:
    assert str(ModelRefused(reason)).count(". ") >= 1
