"""Private hosts: this machine and its local network (SSRF guard)."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from fpcrawler.core.web.address_ranges import Address, not_public
from fpcrawler.core.web.hosts import asked_host

_LOCAL_SUFFIXES = (
    ".localhost",  # RFC 6761 section 6.3
    ".local",  # RFC 6762
    ".internal",  # reserved by ICANN; cloud metadata services use it
    ".home.arpa",  # RFC 8375
    ".localdomain",
    ".intranet",
    ".lan",
)
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
        return str(address) if not_public(address) else None
    if "." not in name or name.endswith(_LOCAL_SUFFIXES):
        return name
    return None


@lru_cache(maxsize=1_024)
def one_spelling(host: str) -> str:
    """Return a host in one spelling: an address as text, a name in lower case."""
    name = plain_name(host)
    address = _address(name)
    return name if address is None else str(address)


def private_address(address: str) -> str | None:
    """Return why an IP address is not public, with its RFC; None if it is public.

    ``address``: IPv4 or IPv6 as a resolver or a socket gives it, also with a scope
    (``fe80::1%eth0``). Text that is not an address is never public.
    """
    try:
        return not_public(ip_address(address))
    except ValueError:
        return "not an IP address"


def plain_name(host: str) -> str:
    """Return the normalized name that a resolver would receive."""
    try:
        name = asked_host(host)
    except ValueError:  # an IPv6 address, or a host that is never requested
        name = host
    if ":" in name:
        name = name.strip("[]")
    return name.rstrip(".").lower()


def _address(name: str) -> Address | None:
    try:
        if ":" not in name:
            return _ipv4(name)
        address = IPv6Address(name)
    except ValueError:
        return None
    return address.ipv4_mapped or address  # one spelling for one host


def _ipv4(name: str) -> IPv4Address | None:
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
    return None if last >> room else IPv4Address(value << room | last)


def _number(part: str) -> int:
    """Read a decimal, octal (``0177``) or hexadecimal (``0x7f``) number."""
    if not part.isascii() or not part.isalnum():
        raise ValueError(part)
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if part.startswith("0") else 10)
