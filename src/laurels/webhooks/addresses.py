"""Where a webhook may lead: public addresses only, so that nobody reads or pokes our own network through us.

The rules for server-side requests of OWASP (Server-Side Request Forgery
Prevention), with the special-purpose registries of IANA as of 2026 (RFC 6890
and its successors).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

_REFUSED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network; 0.0.0.0 is this machine
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers' NAT, and where some clouds have their metadata
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local: clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # relays to IPv6, given up
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_PUBLIC_V6 = IPv6Network("2000::/3")
"""All that is handed out as global unicast. Mapped IPv4, NAT64, link-local, unique local, site-local and multicast are outside."""

_REFUSED_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocols' own: Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",
        "3fff::/20",
        "3ffe::/16",  # the 6bone's, given back
    )
)

_OWN_V4 = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_OWN_V6 = tuple(IPv6Network(block) for block in ("::1/128", "fc00::/7"))
"""What `webhooks_allow_private` opens: this machine and private networks, nothing else."""

_METADATA_V6 = IPv6Network("fd00:ec2::/32")
_METADATA_V4 = (IPv4Address("100.100.100.200"),)
"""Clouds' metadata within private networks: never asked, whatever the settings."""


def read_address(text: str) -> Address | None:
    """The address that a host spells, in its one usual form; None where it is a name."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def is_reachable(address: Address, *, allow_private: bool) -> bool:
    """Whether something may be sent to an address: it is public, or private ones are allowed and it is one."""
    if isinstance(address, IPv4Address):
        is_own = any(address in block for block in _OWN_V4) and address not in _METADATA_V4
        return (allow_private and is_own) or is_public(address)
    is_own = any(address in block for block in _OWN_V6) and address not in _METADATA_V6
    return (allow_private and is_own) or is_public(address)


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet's, whose machine anybody may ask."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in block for block in _REFUSED_V4)
    return address.scope_id is None and address in _PUBLIC_V6 and not any(address in block for block in _REFUSED_V6)
