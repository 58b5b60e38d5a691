"""Whose address a request comes from, as far as limits go by it."""

from ipaddress import AddressValueError, IPv6Address, IPv6Network

HOUSEHOLD_BITS = 64


def household_of(host: str) -> str:
    """What an address is counted as: itself, but for IPv6 its /64, because one household has that many addresses.

    Addresses are compared as numbers: `2001:db8::1` hides four groups, and its
    written parts would tell another network for each address of this one. An
    IPv4 address written as IPv6 counts as what it is.
    """
    try:
        address = IPv6Address(host)
    except AddressValueError:
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address.packed, HOUSEHOLD_BITS), strict=False).network_address)
