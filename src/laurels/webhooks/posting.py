"""One request to one endpoint: by the address that was checked, within fifteen seconds, redirects not followed."""

import asyncio
from concurrent.futures import Executor
from datetime import datetime
import logging
import ssl
from time import perf_counter

import httpx

from laurels import __version__
from laurels.core.retry_after import read_retry_after
from laurels.webhooks.errors import WebhookUrlRefused
from laurels.webhooks.rules import Answer, Failure, failure_of
from laurels.webhooks.targets import AddressRefused, Guard, HostUnknown, Target

TIMEOUT_SECONDS = 15.0
"""For all of it: looking up, connecting, sending, and the answer's head."""

EXCERPT_BYTES = 1024
"""How much of an answer's body is read and kept."""

log = logging.getLogger(__name__)


def open_client(tls: ssl.SSLContext) -> httpx.AsyncClient:
    """A client that keeps no connection: two hosts may share an address, and mustn't share an encrypted connection."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncClient(verify=tls, limits=limits, timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)


async def post(
    client: httpx.AsyncClient, url: str, *, guard: Guard, resolver: Executor, body: bytes, headers: dict[str, str], now: datetime
) -> Answer:
    """Send a body to a URL; gives what became of it and raises nothing.

    Args:
        resolver: where names are looked up, which blocks.
        now: to read a Retry-After that names an instant.
    """
    began = perf_counter()
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            target = guard.check(url)
            addresses = await asyncio.get_running_loop().run_in_executor(resolver, guard.addresses, target)
            status, excerpt, retry_after = await _ask(client, target, addresses, body, headers)
    except Exception as error:  # whatever goes wrong with one endpoint, it is written beside its delivery and the others go on
        return Answer(None, _failure_by(error), _milliseconds_since(began))
    return Answer(status, failure_of(status), _milliseconds_since(began), excerpt, read_retry_after(retry_after, now))


async def _ask(
    client: httpx.AsyncClient, target: Target, addresses: list[str], body: bytes, headers: dict[str, str]
) -> tuple[int, str, str | None]:
    """Ask the first address that can be connected to."""
    for address in addresses[:-1]:
        try:
            return await _ask_address(client, target, address, body, headers)
        except httpx.ConnectError as error:
            if _is_about_tls(error):
                raise
    return await _ask_address(client, target, addresses[-1], body, headers)


async def _ask_address(
    client: httpx.AsyncClient, target: Target, address: str, body: bytes, headers: dict[str, str]
) -> tuple[int, str, str | None]:
    own = {
        "Host": target.url.netloc.decode("ascii"),
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": f"Laurels-Webhooks/{__version__}",
    }
    # The URL names the address, so that nothing is looked up again; the certificate must still be the host's.
    extensions = {"sni_hostname": target.host} if address != target.host else {}
    url = target.url.copy_with(host=address)
    async with client.stream("POST", url, content=body, headers=own | headers, extensions=extensions) as answer:
        return answer.status_code, await _read_excerpt(answer), answer.headers.get("retry-after")


async def _read_excerpt(answer: httpx.Response) -> str:
    """The beginning of a body, as it came (nothing is unpacked). The status says it all: a body that breaks off fails nothing."""
    read = bytearray()
    try:
        async with asyncio.timeout(1):
            async for piece in answer.aiter_raw(EXCERPT_BYTES):
                read += piece
                if len(read) >= EXCERPT_BYTES:
                    break
    except (TimeoutError, httpx.HTTPError) as error:
        log.debug("an answer's body broke off: %s", type(error).__name__)
    text = bytes(read[:EXCERPT_BYTES]).decode("utf-8", "replace")
    return "".join(character if character.isprintable() or character == "\n" else " " for character in text)


def _failure_by(error: Exception) -> Failure:
    match error:
        case WebhookUrlRefused():
            return Failure.URL_REFUSED
        case HostUnknown():
            return Failure.HOST_UNKNOWN
        case AddressRefused():
            return Failure.ADDRESS_REFUSED
        case TimeoutError() | httpx.TimeoutException():
            return Failure.TIMEOUT
        case httpx.HTTPError():
            return Failure.TLS if _is_about_tls(error) else Failure.CONNECTION
    log.error("a webhook couldn't be sent", exc_info=error)
    return Failure.MISTAKE


def _is_about_tls(error: BaseException) -> bool:
    """Whether a certificate or a handshake is behind it: httpx wraps what its transport wrapped."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _milliseconds_since(began: float) -> int:
    return round((perf_counter() - began) * 1000)
