"""URLs that webhooks may have, and the addresses behind them, looked up anew for every try.

The address that was checked is the one that is connected to: a name that leads
elsewhere a moment later (DNS rebinding) gains nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import re
import socket
from typing import TypeAlias

import httpx

from laurels.core.settings import Settings
from laurels.web.language import N_
from laurels.webhooks.addresses import is_reachable, read_address
from laurels.webhooks.errors import WebhookUrlRefused
from laurels.webhooks.rules import MAX_URL

MAX_ADDRESSES = 3
"""Most addresses of a name that one try connects to, one after another."""

FIRST_FREE_PORT = 1024
"""From here on anybody's programs listen. Below are mail, shells and directories, which a webhook has no business with."""

Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
"""The addresses of a host. Raises OSError where it has none."""

_OWN_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "onion")
_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_SPELT_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class HostUnknown(Exception):
    """The name has no address now."""


class AddressRefused(Exception):
    """The name leads to an address that nothing is sent to."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that was checked.

    Attributes:
        host: in ASCII, lower case, without a dot at its end.
    """

    url: httpx.URL
    host: str
    port: int
    is_encrypted: bool


def resolve_host(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Guard:
    """Says where webhooks may go.

    Args:
        allow_http: also without encryption.
        allow_private: also to this machine and private networks, and to names without a dot.
    """

    def __init__(self, *, allow_http: bool = False, allow_private: bool = False, resolve: Resolve = resolve_host) -> None:
        self._schemes = {"https": 443, "http": 80} if allow_http else {"https": 443}
        self._allow_private = allow_private
        self._resolve = resolve

    @staticmethod
    def of(settings: Settings) -> "Guard":
        """As the settings say."""
        return Guard(allow_http=settings.webhooks_allow_http, allow_private=settings.webhooks_allow_private)

    def check(self, text: str) -> Target:
        """The target that a URL names. Nothing is looked up or connected to.

        Raises:
            WebhookUrlRefused: nothing may be sent there, with the reason.
        """
        url = _read_url(text)
        if url.scheme not in self._schemes:
            raise WebhookUrlRefused(reason=N_("Send a URL that begins with https://."))
        if "@" in text.partition("://")[2].partition("/")[0] or url.userinfo:
            raise WebhookUrlRefused(reason=N_("Send a URL without a user and password; verify the signature instead."))
        if url.fragment or "#" in text:
            raise WebhookUrlRefused(reason=N_("Send a URL without a fragment."))
        port = self._schemes[url.scheme] if url.port is None else url.port
        if port != self._schemes[url.scheme] and not FIRST_FREE_PORT <= port <= 65_535:
            raise WebhookUrlRefused(reason=N_("Send a URL with the scheme's own port, or one from 1024 on."))
        return Target(url, self._check_host(url), port, url.scheme == "https")

    def addresses(self, target: Target) -> list[str]:
        """The addresses to connect to, at most three. Blocks: it asks the resolver.

        Raises:
            HostUnknown: there are none.
            AddressRefused: one of them isn't allowed. One bad address spoils all: the rest may be bait.
        """
        try:
            spelt = [target.host] if read_address(target.host) else list(self._resolve(target.host, target.port))
        except (OSError, UnicodeError):
            raise HostUnknown(target.host) from None
        if not spelt:
            raise HostUnknown(target.host)
        for text in spelt:
            address = read_address(text)
            if address is None or not is_reachable(address, allow_private=self._allow_private):
                raise AddressRefused(target.host)
        return spelt[:MAX_ADDRESSES]

    def _check_host(self, url: httpx.URL) -> str:
        host = url.raw_host.decode("ascii").lower().removesuffix(".")
        address = read_address(host)
        if address is not None:
            if not is_reachable(address, allow_private=self._allow_private):
                raise WebhookUrlRefused(reason=N_("Send a URL of a public address."))
            return host
        last = host.rpartition(".")[2]
        if not _NAME.fullmatch(host) or _SPELT_NUMBER.fullmatch(last):
            raise WebhookUrlRefused(reason=N_("Send a URL with a host's name, such as https://shop.example.org/hooks."))
        is_own = "." not in host or any(host == name or host.endswith(f".{name}") for name in _OWN_NAMES)
        if is_own and not self._allow_private:
            raise WebhookUrlRefused(reason=N_("Send a URL of a public host."))
        return host


def _read_url(text: str) -> httpx.URL:
    if len(text) > MAX_URL:
        raise WebhookUrlRefused(reason=N_("Send a shorter URL: 2000 characters are the most."))
    if "\\" in text or any(character.isspace() for character in text) or not text.isprintable():
        raise WebhookUrlRefused(reason=N_("Send a URL without blanks and backslashes."))
    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, ValueError):  # an IDNA error is a ValueError
        raise WebhookUrlRefused(reason=N_("Send a URL such as https://shop.example.org/hooks.")) from None
