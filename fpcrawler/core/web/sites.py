"""Group hosts by who may own them."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address, ip_network

_PREFIXES = {4: 24, 6: 48}
"""Version of IP → bits of a network that one owner usually has."""


def site_of(host: str) -> str:
    """Return what the hosts of one owner share; ``host`` may have a port.

    Of a name, the last two labels: whoever owns them owns the names below. Of an
    address, its network.
    """
    name, colon, port = host.rpartition(":")
    name = (name if colon and port.isdecimal() else host).strip("[]")
    with suppress(ValueError):
        address = ip_address(name)
        return str(ip_network((address, _PREFIXES[address.version]), strict=False))
    return ".".join(name.rstrip(".").lower().split(".")[-2:])
