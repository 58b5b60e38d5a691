"""How often somebody may do something, per minute.

    @router.post("/recognitions", dependencies=[limited("give", per_minute=30)])

Counted per member, or per address where nobody is signed in. A service key has
a quota of its own where the route names one. Answers tell
where the caller stands by the fields RateLimit and RateLimit-Policy
(draft-ietf-httpapi-ratelimit-headers-10), refusals by Retry-After as well.
A replay of a known request key costs nothing and is never refused.
"""

from collections import deque
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil
from threading import Lock
from typing import Any, Protocol

from fastapi import Depends, Request
from limits import RateLimitItemPerSecond
from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from starlette.concurrency import run_in_threadpool

from laurels.core.clock import Clock
from laurels.core.errors import DomainError, Kind
from laurels.web.addresses import household_of
from laurels.web.answers import add_header, on_replay
from laurels.web.caller import AnyCaller, Caller, find_any_caller
from laurels.web.idempotency import BookOf, is_known

WINDOW_SECONDS = 60
MAX_PARTITIONS = 100_000
"""Most callers remembered at once in memory; past that, the idle ones are forgotten."""


class TooManyRequests(DomainError):
    """Somebody asks more often than the limit allows."""

    code = "too-many-requests"
    kind = Kind.THROTTLED
    detail = "That was more than {limit} times in a minute. Wait {retry_after_seconds} s and send it again."

    def __init__(self, *, limit: int, retry_after_seconds: int) -> None:
        super().__init__(limit=limit, retry_after_seconds=retry_after_seconds)


@dataclass(frozen=True, slots=True)
class Policy:
    """A named quota: so many times in any sixty seconds."""

    name: str
    per_minute: int

    def __post_init__(self) -> None:
        if not self.name.replace("-", "").isalnum() or self.per_minute < 1:
            raise ValueError(f"a limit needs a plain name and at least one a minute: {self}")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands after asking.

    Attributes:
        is_allowed: whether this time is within the quota; if not, nothing was counted.
        left: how many more times may follow at once.
        resets_in_seconds: until the oldest counted time is forgotten.
    """

    is_allowed: bool
    left: int
    resets_in_seconds: int


class Window(Protocol):
    """Counts hits of the last sixty seconds under a key."""

    def hit(self, key: str, quota: int) -> Standing: ...
    def give_back(self, key: str) -> None: ...


class MemoryWindow:
    """A moving window in this process, by the clock that it is given.

    The library's own memory storage reads the machine's clock and starts a
    thread to tidy up; a deque of at most `quota` instants needs neither.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hits: dict[str, deque[float]] = {}
        self._lock = Lock()

    def hit(self, key: str, quota: int) -> Standing:
        now = self._clock.now().timestamp()
        with self._lock:
            hits = self._hits.get(key)
            if hits is None:
                self._make_room(now)
                hits = self._hits[key] = deque()
            while hits and hits[0] <= now - WINDOW_SECONDS:
                hits.popleft()
            is_allowed = len(hits) < quota
            if is_allowed:
                hits.append(now)
            return Standing(is_allowed, quota - len(hits), max(1, ceil(hits[0] + WINDOW_SECONDS - now)))

    def give_back(self, key: str) -> None:
        with self._lock:
            if hits := self._hits.get(key):
                hits.pop()

    def _make_room(self, now: float) -> None:
        if len(self._hits) < MAX_PARTITIONS:
            return
        self._hits = {key: hits for key, hits in self._hits.items() if hits and hits[-1] > now - WINDOW_SECONDS}
        while len(self._hits) >= MAX_PARTITIONS:
            # All busy within a minute: the one that began first gives way, so that memory stays bounded.
            del self._hits[next(iter(self._hits))]


class StoredWindow:
    """A moving window in a store that several processes share, such as Redis.

    Its time is the machine's and it can't take a hit back: a replay that comes
    while the quota lasts is counted here.
    """

    def __init__(self, url: str, *, clock: Clock) -> None:
        """Connects at the first hit.

        Raises:
            ValueError: the URL is of no store, or the store's package isn't installed.
        """
        self._clock = clock
        try:
            self._limiter = MovingWindowRateLimiter(storage_from_string(url))
        except (ConfigurationError, ValueError):
            raise ValueError("LAURELS_REDIS_URL must be like redis://host:6379, and needs the package redis: pip install redis") from None

    def hit(self, key: str, quota: int) -> Standing:
        item = RateLimitItemPerSecond(quota, WINDOW_SECONDS, namespace="laurels")
        is_allowed = self._limiter.hit(item, key)
        resets_at, left = self._limiter.get_window_stats(item, key)
        return Standing(is_allowed, max(0, left), min(WINDOW_SECONDS, max(1, ceil(resets_at - self._clock.now().timestamp()))))

    def give_back(self, key: str) -> None:
        """Nothing: the library offers no way to forget one hit."""


class RateLimiter:
    """Keeps every policy's counts."""

    def __init__(self, clock: Clock, *, redis_url: str = "", is_on: bool = True) -> None:
        self.is_on = is_on
        self._is_remote = bool(redis_url)
        self._window: Window = StoredWindow(redis_url, clock=clock) if redis_url else MemoryWindow(clock)

    async def hit(self, policy: Policy, partition: str) -> Standing:
        """Count one time for a partition (a member, an address), unless its quota is used up."""
        key = f"{policy.name}/{partition}"
        if self._is_remote:
            return await run_in_threadpool(self._window.hit, key, policy.per_minute)
        return self._window.hit(key, policy.per_minute)

    def give_back(self, policy: Policy, partition: str) -> None:
        """Forget the last time counted: it turned out to be a replay."""
        self._window.give_back(f"{policy.name}/{partition}")


SERVICE_PER_MINUTE = 6_000
"""A quota for service keys that suits most routes: a hundred a second."""


def limited(name: str, *, per_minute: int, service_per_minute: int | None = None, book: BookOf | None = None) -> Any:
    """A route's dependency: at most so many times a minute by one member, or one address where nobody is signed in.

    A route that service keys may use says how often each of them may by
    `service_per_minute`, such as `SERVICE_PER_MINUTE`. Elsewhere a key counts as a
    stranger: it must not widen what its address may try, at sign-in for instance.

    Where the route takes a request key, name it as `keyed` does and give the
    book that it is decided in: then a replay is recognised and let through.
    """
    of_services = None if service_per_minute is None else Policy(name, service_per_minute)
    return Depends(Limit(Policy(name, per_minute), book, of_services=of_services))


class Limit:
    """The dependency behind `limited`; OpenAPI finds routes that have one."""

    def __init__(self, policy: Policy, book: BookOf | None = None, *, of_services: Policy | None = None) -> None:
        self.policy = policy
        self._book = book
        self._of_services = of_services

    async def __call__(self, request: Request) -> None:
        context = request.app.state.context
        limiter: RateLimiter = context.limiter
        if not limiter.is_on:
            return
        caller = await find_any_caller(request)
        policy, partition = self._counted(request, caller)
        standing = await limiter.hit(policy, partition)
        add_header(request.scope, b"ratelimit-policy", f'"{policy.name}";q={policy.per_minute};w={WINDOW_SECONDS}'.encode())
        add_header(request.scope, b"ratelimit", f'"{policy.name}";r={standing.left};t={standing.resets_in_seconds}'.encode())
        if standing.is_allowed:
            on_replay(request.scope, lambda: limiter.give_back(policy, partition))
        elif not await self._is_replay(request, caller):
            raise TooManyRequests(limit=policy.per_minute, retry_after_seconds=standing.resets_in_seconds)

    def _counted(self, request: Request, caller: AnyCaller | None) -> tuple[Policy, str]:
        """By which quota a request counts, and under what."""
        if isinstance(caller, Caller):
            return self.policy, caller.partition
        if caller is not None and self._of_services is not None:
            return self._of_services, caller.partition
        return self.policy, address_partition(request)

    async def _is_replay(self, request: Request, caller: AnyCaller | None) -> bool:
        """Whether the request repeats one that is on record. Asked only before a refusal, so that it costs others nothing."""
        if caller is None or self._book is None:
            return False
        book = self._book if isinstance(self._book, str) else self._book(request)
        return await is_known(request, caller, self.policy.name, book)


def address_partition(request: Request) -> str:
    """The sender's address, hashed: enough to count by, and no address is kept."""
    host = household_of(request.client.host) if request.client else "unknown"
    return blake2b(host.encode(), digest_size=16).hexdigest()
