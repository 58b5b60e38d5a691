"""Whole answers, over real HTTP."""

import asyncio
from threading import Event
from typing import Any

import pytest

from laurels.core.clock import FixedClock
from laurels.model import Completion, FinishReason, Model, ModelUnavailable, Reason, estimate_prompt
from laurels.model.client import limit_name
from model.conftest import MESSAGES, Ask, opened
from support.openai_server import KEY, OpenAIServer, an_openai_server


async def complete(model: Model, **how: Any) -> Completion:
    """An answer to the usual messages."""
    return await model.complete(MESSAGES, **how)


def test_answer_comes_with_its_usage(openai_server: OpenAIServer, ask: Ask) -> None:
    openai_server.say("Quarter", "-canary.", usage=(31, 4))
    assert ask(complete) == Completion("Quarter-canary.", "gpt-4o-mini-2024-07-18", 31, 4, False, FinishReason.STOP)
    (asked,) = openai_server.got
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.body == {
        "model": "gpt-4o-mini",
        "messages": [{"role": str(one.role), "content": one.text} for one in MESSAGES],
        "max_tokens": 500,
        "stream": False,
    }


def test_call_names_its_limit_and_its_user(openai_server: OpenAIServer, ask: Ask) -> None:
    ask(lambda model: complete(model, max_tokens=40, user="pseudonym-1"), model_max_tokens=90)
    assert openai_server.got[0].body["max_tokens"] == 40
    assert openai_server.got[0].body["user"] == "pseudonym-1"


def test_settings_limit_the_rest(openai_server: OpenAIServer, ask: Ask) -> None:
    ask(complete, model_max_tokens=90)
    assert openai_server.got[0].body["max_tokens"] == 90


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        ("", "max_completion_tokens"),
        ("https://api.openai.com/v1/", "max_completion_tokens"),
        ("http://localhost:11434/v1", "max_tokens"),
    ],
)
def test_limit_has_the_name_that_the_server_knows(base_url: str, name: str) -> None:
    assert limit_name(base_url) == name


@pytest.mark.parametrize("usage", [None, (0, 0), (10**12, 5), (31, 0)])
def test_usage_that_isnt_told_is_estimated(openai_server: OpenAIServer, ask: Ask, usage: tuple[int, int] | None) -> None:
    openai_server.say("Quarter-canary.", usage=usage)
    completion = ask(complete)
    assert (completion.input_tokens, completion.output_tokens, completion.is_estimated) == (estimate_prompt(MESSAGES), 5, True)


@pytest.mark.parametrize(
    ("finish", "reason"), [("length", FinishReason.LENGTH), ("content_filter", FinishReason.FILTERED), ("eos", FinishReason.OTHER)]
)
def test_answer_says_why_it_ends(openai_server: OpenAIServer, ask: Ask, finish: str, reason: FinishReason) -> None:
    openai_server.say("Half an", finish=finish)
    assert ask(complete).finish_reason is reason


def test_answer_has_no_control_characters(openai_server: OpenAIServer, ask: Ask) -> None:
    openai_server.say("a\x00b\u202ec\n\td\r\x1b[1m")
    assert ask(complete).text == "abc\n\td[1m"


def test_server_without_keys_is_asked_without_one(clock: FixedClock) -> None:
    with an_openai_server(key=None) as server:
        assert asyncio.run(_ask_and_close(opened(server, clock))).text == "Hello there."


def test_one_connection_serves_one_answer_after_another(openai_server: OpenAIServer, ask: Ask) -> None:
    async def twice(model: Model) -> list[str]:
        return [(await complete(model)).text for _ in range(2)]

    openai_server.say("One.")
    openai_server.say("Two.")
    assert ask(twice) == ["One.", "Two."]


def test_several_are_asked_at_once(openai_server: OpenAIServer, ask: Ask) -> None:
    """Each answer waits for the last question, so that one after the other would never end."""
    all_asked = Event()

    async def five(model: Model) -> set[str]:
        waiting = [asyncio.create_task(complete(model)) for _ in range(5)]
        await asyncio.to_thread(_until, lambda: len(openai_server.got) == 5, openai_server.reached)
        all_asked.set()
        return {(await one).text for one in waiting}

    for number in range(5):
        openai_server.say(f"{number}", waits=all_asked)
    assert ask(five) == {"0", "1", "2", "3", "4"}


def test_jobs_thread_asks_on_a_loop_of_its_own(openai_server: OpenAIServer, ask: Ask) -> None:
    """A job has no event loop; what it asks doesn't disturb the server's connections."""

    async def both(model: Model) -> list[str]:
        first = (await complete(model)).text
        second = await asyncio.to_thread(model.run_apart, complete)
        return [first, second.text, (await complete(model)).text]

    for text in ("One.", "Two.", "Three."):
        openai_server.say(text)
    assert ask(both) == ["One.", "Two.", "Three."]


def test_who_leaves_stops_the_model(openai_server: OpenAIServer, ask: Ask) -> None:
    async def leave(model: Model) -> None:
        task = asyncio.create_task(complete(model))
        await asyncio.to_thread(openai_server.reached.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(openai_server.left.wait, 30)

    openai_server.say("never", hangs=True)
    ask(leave)


def test_answer_that_takes_too_long_is_given_up(openai_server: OpenAIServer, ask: Ask) -> None:
    """The whole has a limit, not each piece."""
    openai_server.say("never", hangs=True)
    with pytest.raises(ModelUnavailable) as caught:
        ask(complete, model_timeout_seconds=1)
    assert caught.value.reason is Reason.TIMEOUT
    assert openai_server.left.wait(30)
    assert len(openai_server.got) == 1, "nothing is asked twice by itself"


async def _ask_and_close(model: Model) -> Completion:
    completion = await complete(model)
    await model.close()
    return completion


def _until(is_so: Any, signal: Event) -> None:
    """Wait until something is so; the signal comes with each change."""
    while not is_so():
        assert signal.wait(30)
        signal.clear()
