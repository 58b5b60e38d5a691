"""Work that goes on after its request: tasks on the server's event loop, one for each thing that they are about."""

import asyncio
from collections.abc import Callable, Coroutine
import logging
from typing import Any
from uuid import UUID

log = logging.getLogger(__name__)


class Errands:
    """Work of one kind; all on one event loop: the server's.

    Args:
        most: how much of it goes on at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    @property
    def is_full(self) -> bool:
        """Whether there is no room for more."""
        return len(self._tasks) >= self._most

    def run(self, about: UUID, work: Callable[[], Coroutine[Any, Any, object]]) -> bool:
        """Begin work about something; gives whether there was room for it, and none about the same."""
        if about in self._tasks or self.is_full:
            return False
        task = self._tasks[about] = asyncio.create_task(_run(about, work), name=f"errand-{about}")
        task.add_done_callback(lambda _: self._tasks.pop(about))
        return True

    async def wait_for(self, about: UUID, timeout_seconds: float) -> None:
        """Wait for work about something, if it goes on here; who stops waiting doesn't stop it."""
        task = self._tasks.get(about)
        if task is not None:
            await asyncio.wait({task}, timeout=timeout_seconds)

    async def wait_for_all(self, timeout_seconds: float) -> None:
        """Wait for all that goes on now."""
        if self._tasks:
            await asyncio.wait(set(self._tasks.values()), timeout=timeout_seconds)

    async def close(self) -> None:
        """Stop all of it: whatever makes up for work that wasn't done will."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(about: UUID, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    try:
        await work()
    except Exception:  # nobody waits for it who could be told
        log.exception("work about %s wasn't done", about)
