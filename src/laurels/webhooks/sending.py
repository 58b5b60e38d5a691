"""Sending what is due: many requests at once on one thread, each endpoint in its own time.

Whoever queues something nudges the sender; a schedule nudges it every minute.
What is taken is leased, so that several processes share the work, and what a
process that died held is taken again: every event is sent at least once.
"""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
import logging
import ssl
from threading import Event, Lock, Thread
from typing import Protocol
from uuid import UUID

import httpx
from sqlalchemy.exc import SQLAlchemyError

from laurels.core.clock import Clock
from laurels.core.database import Database
from laurels.core.seal import Seal, SealBroken
from laurels.webhooks.deliveries import Taken, Tried, has_due, is_soon, take_due, write_up
from laurels.webhooks.posting import open_client, post
from laurels.webhooks.rules import Answer, Failure
from laurels.webhooks.signing import headers_for, open_secrets
from laurels.webhooks.targets import Guard

AT_ONCE = 64
"""Most requests under way in one process."""

NAMES_AT_ONCE = AT_ONCE
"""Names looked up at the same time, each on a thread: one that hangs must not keep others waiting."""

LOOK_SECONDS = 0.25
"""How often it looks for more while requests are under way; one that ends makes it look at once."""

GATHER_SECONDS = 0.02
"""How long an answer waits for others to be written up with it: a commit a request would be the slowest part."""

WAIT_SECONDS = 1.0
SOON = timedelta(seconds=70)
"""While a try is due within this, the sender stays and looks every second. The schedule's minute is covered."""

STOP_SECONDS = 10.0
"""How long closing waits for requests under way; what they leave, another process takes when the lease is over."""

log = logging.getLogger(__name__)


class Desk(Protocol):
    """What sending works with; a job's and the web's context are such."""

    @property
    def clock(self) -> Clock: ...
    @property
    def database(self) -> Database: ...


class Sender:
    """Sends deliveries that are due. One per process; any thread may call."""

    def __init__(self, guard: Guard, seal: Seal, *, tls: ssl.SSLContext | None = None) -> None:
        self._guard = guard
        self._seal = seal
        self._tls = tls
        self._resolver = ThreadPoolExecutor(NAMES_AT_ONCE, thread_name_prefix="webhook-names")
        self._stopping = Event()
        self._woken = Event()
        self._lock = Lock()
        self._thread: Thread | None = None

    def nudge(self, desk: Desk) -> None:
        """See that what is due gets sent; gives back at once. A thread does it, and ends when nothing is due soon."""
        with self._lock:
            self._woken.set()
            if self._thread is None and not self._stopping.is_set():
                self._thread = Thread(target=self._work, args=(desk,), name="webhooks", daemon=True)
                self._thread.start()

    def send_due(self, desk: Desk) -> int:
        """Send all that is due, here and now, and what falls due meanwhile; gives how many requests were made."""
        return asyncio.run(self._send_due(desk))

    def close(self) -> None:
        """Take nothing more, and let requests under way end, for ten seconds."""
        self._stopping.set()
        self._woken.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(STOP_SECONDS)
            if thread.is_alive():
                log.warning("webhooks are still under way; their leases will hand them on")
        self._resolver.shutdown(wait=False, cancel_futures=True)

    def _work(self, desk: Desk) -> None:
        while True:
            self._woken.clear()
            try:
                self.send_due(desk)
                stays = self._is_soon(desk)
            except SQLAlchemyError as error:  # the database is away or busy: the deliveries wait
                log.warning("webhooks will be looked at again: %s", error)
                stays = True
            except Exception:  # a mistake of ours must not end the sending for good: the next nudge begins anew
                log.exception("sending webhooks failed")
                stays = False
            with self._lock:
                if self._stopping.is_set() or not (stays or self._woken.is_set()):
                    self._thread = None
                    return
            self._woken.wait(WAIT_SECONDS)

    def _is_soon(self, desk: Desk) -> bool:
        with desk.database.read.connect() as connection:
            return is_soon(connection, desk.clock.now() + SOON)

    async def _send_due(self, desk: Desk) -> int:
        made = 0
        under_way: set[asyncio.Task[Tried]] = set()
        busy: Counter[UUID] = Counter()
        fresh = await asyncio.to_thread(self._take, desk, busy, AT_ONCE)
        if not fresh:
            return 0
        self._tls = self._tls or httpx.create_ssl_context(trust_env=False)  # it takes a while, and most processes send nothing
        async with open_client(self._tls) as client:
            while fresh or under_way:
                for taken in fresh:
                    under_way.add(asyncio.create_task(self._try(client, desk, taken)))
                    busy[taken.endpoint] += 1
                await asyncio.wait(under_way, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                done, under_way = await asyncio.wait(under_way, timeout=GATHER_SECONDS)
                tried = [task.result() for task in done]
                if tried:
                    await asyncio.to_thread(self._write_up, desk, tried)
                    busy.subtract(one.taken.endpoint for one in tried)
                    made += len(tried)
                fresh = await asyncio.to_thread(self._take, desk, busy, AT_ONCE - len(under_way))
        return made

    def _take(self, desk: Desk, busy: Counter[UUID], room: int) -> list[Taken]:
        if room <= 0 or self._stopping.is_set():
            return []
        now = desk.clock.now()
        with desk.database.read.connect() as connection:
            if not has_due(connection, now, busy):
                return []
        with desk.database.write.begin() as connection:
            return take_due(connection, now, busy=busy, limit=room)

    def _write_up(self, desk: Desk, tried: list[Tried]) -> None:
        with desk.database.write.begin() as connection:
            write_up(connection, tried, desk.clock.now())

    async def _try(self, client: httpx.AsyncClient, desk: Desk, taken: Taken) -> Tried:
        now = desk.clock.now()
        try:
            secrets = open_secrets(self._seal, taken.endpoint, taken.secrets_sealed)
        except SealBroken as error:
            log.error("webhook %s can't be signed: %s", taken.endpoint, error)
            return Tried(taken, now, Answer(None, Failure.SEALED, 0))
        body = taken.payload.encode()
        headers = headers_for(secrets, message_id=str(taken.event), at=now, body=body)
        answer = await post(client, taken.url, guard=self._guard, resolver=self._resolver, body=body, headers=headers, now=now)
        return Tried(taken, now, answer)
