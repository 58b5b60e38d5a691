"""Answers as they come, over real HTTP."""

import asyncio
from contextlib import aclosing
from threading import Event
from typing import Any

import pytest

from laurels.model import Completion, FinishReason, Model, ModelRefused, ModelUnavailable, Reason, estimate_prompt
from laurels.model.answers import MAX_CHARACTERS
from model.conftest import MESSAGES, Ask
from support.openai_server import OpenAIServer


async def read_all(model: Model, **how: Any) -> list[str | Completion]:
    """All of an answer to the usual messages."""
    async with aclosing(model.stream(MESSAGES, **how)) as stream:
        return [piece async for piece in stream]


def failing(seen: list[str | Completion]) -> Any:
    """Reads into a list, so that what came before a failure can be looked at."""

    async def read(model: Model) -> None:
        async with aclosing(model.stream(MESSAGES)) as stream:
            async for piece in stream:
                seen.append(piece)

    return read


def test_pieces_come_in_order_and_the_whole_last(openai_server: OpenAIServer, ask: Ask) -> None:
    openai_server.say("Quarter", "-canary", ".", usage=(31, 4))
    whole = Completion("Quarter-canary.", "gpt-4o-mini-2024-07-18", 31, 4, False, FinishReason.STOP)
    assert ask(lambda model: read_all(model, max_tokens=40, user="pseudonym-1")) == ["Quarter", "-canary", ".", whole]
    body = openai_server.got[0].body
    assert (body["stream"], body["stream_options"], body["max_tokens"]) == (True, {"include_usage": True}, 40)
    assert body["user"] == "pseudonym-1"


def test_first_piece_is_there_before_the_rest(openai_server: OpenAIServer, ask: Ask) -> None:
    """The server keeps the stream open after its piece: only a reader that gets it at once gets anything."""

    async def read_one(model: Model) -> str | Completion:
        async with aclosing(model.stream(MESSAGES)) as stream:
            return await anext(stream)

    openai_server.say("Quarter", hangs=True)
    assert ask(read_one) == "Quarter"
    assert openai_server.left.wait(30), "who leaves stops the model"


def test_slow_first_token_is_waited_for(openai_server: OpenAIServer, ask: Ask) -> None:
    allowed = Event()

    async def read(model: Model) -> str | Completion:
        async with aclosing(model.stream(MESSAGES)) as stream:
            first = asyncio.ensure_future(anext(stream))
            await asyncio.to_thread(openai_server.reached.wait, 30)
            assert not first.done()
            allowed.set()
            return await first

    openai_server.say("At last.", waits=allowed)
    assert ask(read) == "At last."


def test_stream_that_takes_too_long_is_given_up(openai_server: OpenAIServer, ask: Ask) -> None:
    seen: list[str | Completion] = []
    openai_server.say("Quarter", hangs=True)
    with pytest.raises(ModelUnavailable) as caught:
        ask(failing(seen), model_timeout_seconds=1)
    assert (caught.value.reason, seen) == (Reason.TIMEOUT, ["Quarter"])
    assert openai_server.left.wait(30)


@pytest.mark.parametrize("usage", [None, (0, 0)])
def test_usage_that_isnt_told_is_estimated(openai_server: OpenAIServer, ask: Ask, usage: tuple[int, int] | None) -> None:
    openai_server.say("Quarter", "-canary.", usage=usage)
    *_, whole = ask(read_all)
    assert (whole.input_tokens, whole.output_tokens, whole.is_estimated) == (estimate_prompt(MESSAGES), 5, True)


def test_cut_stream_is_unavailable_after_its_pieces(openai_server: OpenAIServer, ask: Ask) -> None:
    seen: list[str | Completion] = []
    openai_server.say("Quarter", "-can", ends=False)
    with pytest.raises(ModelUnavailable) as caught:
        ask(failing(seen))
    assert (caught.value.reason, seen) == (Reason.CONNECTION, ["Quarter", "-can"])


def test_stream_that_ends_without_saying_so_is_cut(openai_server: OpenAIServer, ask: Ask) -> None:
    """Its connection ends well, as through a proxy whose server died; only the finish reason is missing."""
    openai_server.send(b'data: {"model": "m", "choices": [{"index": 0, "delta": {"content": "Qua"}}]}\n\n')
    with pytest.raises(ModelUnavailable) as caught:
        ask(read_all)
    assert caught.value.reason is Reason.CONNECTION


def test_failure_within_a_stream_is_told(openai_server: OpenAIServer, ask: Ask) -> None:
    openai_server.say("Quarter", fault={"message": "overloaded", "type": "server_error", "code": None})
    openai_server.say("Quarter", fault={"message": "no", "type": "invalid_request_error", "code": "content_filter"})
    with pytest.raises(ModelUnavailable) as broken:
        ask(read_all)
    with pytest.raises(ModelRefused) as refused:
        ask(read_all)
    assert (broken.value.reason, refused.value.reason) == (Reason.BROKEN, Reason.CONTENT)


def test_stream_that_cant_be_read_is_unavailable(openai_server: OpenAIServer, ask: Ask) -> None:
    for body in (b"data: {nonsense\n\n", b'data: {"choices": "none"}\n\n', b"data: \xff\xfe\n\n"):
        openai_server.send(body)
        with pytest.raises(ModelUnavailable) as caught:
            ask(read_all)
        assert caught.value.reason is Reason.UNREADABLE, body


def test_answer_without_end_is_cut_short(openai_server: OpenAIServer, ask: Ask) -> None:
    openai_server.say(*["x" * (MAX_CHARACTERS // 4)] * 9, hangs=True)
    *pieces, whole = ask(read_all)
    assert sum(map(len, pieces)) == len(whole.text) == MAX_CHARACTERS
    assert (whole.finish_reason, whole.is_estimated) == (FinishReason.LENGTH, True)
    assert openai_server.left.wait(30)
