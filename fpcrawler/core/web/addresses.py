"""Private hosts: this machine and its local network (SSRF guard)."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from fpcrawler.core.web.hosts import asked_host

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LOCAL_SUFFIXES = (
    ".localhost",  # RFC 6761 section 6.3
    ".local",  # RFC 6762
    ".internal",  # reserved by ICANN; cloud metadata services use it
    ".home.arpa",  # RFC 8375
    ".localdomain",
    ".intranet",
    ".lan",
)
# IANA assigns unicast addresses only from this block (RFC 4291 section 2.4).
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_DOCUMENTATION = ipaddress.IPv6Network("3fff::/20")  # RFC 9637
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
# The metadata service of Azure has a public address.
_METADATA = {ipaddress.IPv4Address("168.63.129.16")}
_MAX_PARTS = 4


@lru_cache(maxsize=1_024)
def private_host(host: str) -> str | None:
    """Return the normalized ``host`` if it is private, None if it is public.

    Private hosts are: loopback, private, link-local, shared, reserved and metadata
    addresses in any notation (``127.1``, ``0x7f000001``, ``[::ffff:7f00:1]``);
    names that are local by definition; names of a single label, which only the
    search list of a local network can complete.
    """
    name = plain_name(host)
    address = _address(name)
    if address is not None:
        return None if _is_public(address) else str(address)
    if "." not in name or name.endswith(_LOCAL_SUFFIXES):
        return name
    return None


def plain_name(host: str) -> str:
    """Return the normalized name that a resolver would receive."""
    try:
        name = asked_host(host)
    except ValueError:  # an IPv6 address, or a host that is never requested
        name = host
    return name.strip("[]").rstrip(".").lower()


def _address(name: str) -> Address | None:
    try:
        if ":" not in name:
            return _ipv4(name)
        address = ipaddress.IPv6Address(name)
    except ValueError:
        return None
    return address.ipv4_mapped or address  # one spelling for one host


def _ipv4(name: str) -> ipaddress.IPv4Address | None:
    """Read an IPv4 address as WHATWG URL section 3.5 and inet_aton(3) do."""
    parts = name.split(".")
    if len(parts) > _MAX_PARTS:
        return None
    *leading, last = (_number(part) for part in parts)
    value = 0
    for number in leading:
        if number > 0xFF:  # noqa: PLR2004
            return None
        value = value << 8 | number
    room = 8 * (_MAX_PARTS - len(leading))
    return None if last >> room else ipaddress.IPv4Address(value << room | last)


def _number(part: str) -> int:
    """Read a decimal, octal (``0177``) or hexadecimal (``0x7f``) number."""
    if not part.isascii() or not part.isalnum():
        raise ValueError(part)
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if part.startswith("0") else 10)


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        return _is_public_ipv6(address)
    return address.is_global and not address.is_multicast and address not in _METADATA


def _is_public_ipv6(address: ipaddress.IPv6Address) -> bool:
    inner = _embedded_ipv4(address)
    if inner is not None:
        return _is_public(inner)
    is_assigned = address in _GLOBAL_UNICAST and address not in _DOCUMENTATION
    return is_assigned and address.is_global


def _embedded_ipv4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address is translated to, if any."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.sixtofour
