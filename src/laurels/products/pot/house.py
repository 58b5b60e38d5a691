"""What the process has one of for the pot: made by `laurels.main` and the worker, found at `app.state.pot`."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
import logging
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from laurels.core.seal import Seal
from laurels.core.secrets import derived_key, secret_key
from laurels.core.settings import Settings
from laurels.model import Model
from laurels.products.pot.seeds import Seeds

MAX_ERRANDS = 32
"""Most messages whose reply a process asks for beside its requests; the rest is left to the job."""

log = logging.getLogger(__name__)


class Errands:
    """Work that goes on after its request, one for each message; all on one event loop: the server's."""

    def __init__(self) -> None:
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    def run(self, message: UUID, work: Callable[[], Coroutine[Any, Any, object]]) -> bool:
        """Begin work for a message; gives whether there was room for it, and none of the same message."""
        if message in self._tasks or len(self._tasks) >= MAX_ERRANDS:
            return False
        task = self._tasks[message] = asyncio.create_task(_run(message, work), name=f"reply-{message}")
        task.add_done_callback(lambda _: self._tasks.pop(message))
        return True

    async def wait_for(self, message: UUID, timeout_seconds: float) -> None:
        """Wait for a message's work, if it goes on here; who stops waiting doesn't stop it."""
        task = self._tasks.get(message)
        if task is not None:
            await asyncio.wait({task}, timeout=timeout_seconds)

    async def close(self) -> None:
        """Stop all of it: the job takes it up again when its lease is over."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(message: UUID, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    try:
        await work()
    except Exception:  # nobody waits for it who could be told
        log.exception("the reply to message %s wasn't written; the job takes it up", message)


@dataclass(frozen=True, slots=True)
class House:
    """How the pot keeps its seeds, and who writes its bot's replies.

    Attributes:
        model: None: the built-in bot does, at once.
    """

    seeds: Seeds
    model: Model | None = None
    errands: Errands = field(default_factory=Errands)


def open_house(settings: Settings, model: Model | None) -> House:
    """The pot's parts, by the settings. Close its errands before the writer and the model.

    Raises:
        SecretKeyUnusable: the secret key is too short.
    """
    return House(Seeds(Seal(derived_key(secret_key(settings), "pot seeds"))), model)


async def house_of(request: Request) -> House:
    """The process's parts of the pot."""
    house: House = request.app.state.pot
    return house


HouseParts = Annotated[House, Depends(house_of)]
