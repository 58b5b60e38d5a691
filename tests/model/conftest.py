"""A server of the protocol, and a model that asks it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest

from laurels.core.clock import FixedClock
from laurels.core.settings import Settings
from laurels.model import Message, Model, Role, open_model
from support.openai_server import OpenAIServer, an_openai_server

T = TypeVar("T")
Ask = Callable[..., Any]

MESSAGES = (Message(Role.SYSTEM, "Answer in a word."), Message(Role.USER, "What is ¼ of a canary called Zéphyr-71?"))


@pytest.fixture
def openai_server() -> Iterator[OpenAIServer]:
    """A server that a test tells what to answer."""
    with an_openai_server() as server:
        yield server


@pytest.fixture
def ask(openai_server: OpenAIServer, clock: FixedClock) -> Ask:
    """`ask(lambda model: model.complete(MESSAGES), model="other")`: work with a model of that server, its settings changed by name."""

    def work(doing: Callable[[Model], Awaitable[T]], **changed: Any) -> T:
        return asyncio.run(_work(opened(openai_server, clock, **changed), doing))

    return work


def opened(server: OpenAIServer, clock: FixedClock, **changed: Any) -> Model:
    """A model that asks a server, with settings changed by name."""
    model = open_model(Settings(_env_file=None, **(server.settings | changed)), clock=clock)
    assert model is not None
    return model


async def _work(model: Model, doing: Callable[[Model], Awaitable[T]]) -> T:
    try:
        return await doing(model)
    finally:
        await model.close()
