"""The ranges of IP addresses that are not on the public Internet, each with its source.

The rows are those of IANA's special-purpose registries for IPv4 and IPv6 that are not
globally reachable, and of the RFCs on multicast and reserved space. The table is our
own because ``ipaddress.is_global`` differs between versions of Python. AS112 and AMT
(RFC 7534, RFC 7535, RFC 7450) are special, but globally reachable.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import NamedTuple

Address = IPv4Address | IPv6Address

# The longest prefix that matches an address decides; None: it is public.
IPV4_RANGES: dict[str, str | None] = {
    "0.0.0.0/8": "this network (RFC 791)",
    "10.0.0.0/8": "private use (RFC 1918)",
    "100.64.0.0/10": "shared by carriers (RFC 6598)",
    "127.0.0.0/8": "loopback (RFC 1122)",
    "168.63.129.16/32": "Azure's metadata service (Microsoft)",
    "169.254.0.0/16": "link-local (RFC 3927)",
    "172.16.0.0/12": "private use (RFC 1918)",
    "192.0.0.0/24": "IETF protocol assignments (RFC 6890)",
    "192.0.0.9/32": None,  # Port Control Protocol anycast (RFC 7723)
    "192.0.0.10/32": None,  # TURN anycast (RFC 8155)
    "192.0.2.0/24": "documentation (RFC 5737)",
    "192.88.99.0/24": "deprecated 6to4 relays (RFC 7526)",
    "192.168.0.0/16": "private use (RFC 1918)",
    "198.18.0.0/15": "benchmarking (RFC 2544)",
    "198.51.100.0/24": "documentation (RFC 5737)",
    "203.0.113.0/24": "documentation (RFC 5737)",
    "224.0.0.0/4": "multicast (RFC 5771)",
    "240.0.0.0/4": "reserved (RFC 1112)",
    "255.255.255.255/32": "limited broadcast (RFC 919)",
}
IPV6_RANGES: dict[str, str | None] = {
    "::/128": "unspecified (RFC 4291)",
    "::1/128": "loopback (RFC 4291)",
    # IANA assigns unicast addresses from 2000::/3 only (RFC 4291 section 2.4).
    "::/3": "reserved by the IETF (RFC 4291)",
    "4000::/2": "reserved by the IETF (RFC 4291)",
    "8000::/1": "reserved by the IETF (RFC 4291)",
    "::/96": "IPv4-compatible (RFC 4291)",
    "::ffff:0:0:0/96": "IPv4-translated (RFC 2765)",
    "64:ff9b:1::/48": "local NAT64 (RFC 8215)",
    "100::/64": "discarded (RFC 6666)",
    "100:0:0:1::/64": "dummy prefix (RFC 9780)",
    "2001::/23": "IETF protocol assignments (RFC 2928)",
    "2001:1::1/128": None,  # Port Control Protocol anycast (RFC 7723)
    "2001:1::2/128": None,  # TURN anycast (RFC 8155)
    "2001:1::3/128": None,  # DNS-SD registration anycast (RFC 9665)
    "2001:2::/48": "benchmarking (RFC 5180)",
    "2001:3::/32": None,  # AMT (RFC 7450)
    "2001:4:112::/48": None,  # AS112 (RFC 7535)
    "2001:10::/28": "deprecated ORCHID (RFC 4843)",
    "2001:20::/28": None,  # ORCHIDv2 (RFC 7343)
    "2001:30::/28": None,  # drone remote identification (RFC 9374)
    "2001:db8::/32": "documentation (RFC 3849)",
    "3fff::/20": "documentation (RFC 9637)",
    "5f00::/16": "segment routing (RFC 9602)",
    "fc00::/7": "unique local (RFC 4193)",
    "fe80::/10": "link-local (RFC 4291)",
    "fec0::/10": "site-local (RFC 3879)",
    "ff00::/8": "multicast (RFC 4291)",
}


class _Embedding(NamedTuple):
    """Where IPv6 addresses of a prefix hold the IPv4 address that packets go to."""

    network: IPv6Network
    shift: int  # bits after the IPv4 address
    mask: int  # exclusive or with the stored bits
    name: str


_ALL_ONES = 0xFFFF_FFFF
_EMBEDDINGS = (
    _Embedding(IPv6Network("::ffff:0:0/96"), 0, 0, "IPv4-mapped (RFC 4291)"),
    _Embedding(IPv6Network("64:ff9b::/96"), 0, 0, "NAT64 (RFC 6052)"),
    _Embedding(IPv6Network("2002::/16"), 80, 0, "6to4 (RFC 3056)"),
    # RFC 4380 section 4: the server as it is, the client with all bits inverted.
    _Embedding(IPv6Network("2001::/32"), 64, 0, "Teredo (RFC 4380)"),
    _Embedding(IPv6Network("2001::/32"), 0, _ALL_ONES, "Teredo (RFC 4380)"),
)
# RFC 5214 section 6.1: any prefix, ::5efe: or ::200:5efe:, then the IPv4 address.
_ISATAP = frozenset((0x0000_5EFE, 0x0200_5EFE))
_ISATAP_NAME = "ISATAP (RFC 5214)"

_IPV4 = sorted(
    ((IPv4Network(text), reason) for text, reason in IPV4_RANGES.items()),
    key=lambda row: -row[0].prefixlen,
)
_IPV6 = sorted(
    ((IPv6Network(text), reason) for text, reason in IPV6_RANGES.items()),
    key=lambda row: -row[0].prefixlen,
)


@lru_cache(maxsize=4_096)
def not_public(address: Address) -> str | None:
    """Return why an address is not on the public Internet; None: it is.

    An IPv6 address that is translated to an IPv4 address is judged by that one. A NAT64
    whose prefix is its network's own (RFC 6052 section 2.2) cannot be recognized.
    """
    if isinstance(address, IPv4Address):
        return next((why for network, why in _IPV4 if address in network), None)
    is_translated = False
    for network, shift, mask, name in _EMBEDDINGS:
        if address in network:
            is_translated = True
            if why := _inner(int(address) >> shift ^ mask, name):
                return why
    if is_translated:
        return None
    if int(address) >> 32 & _ALL_ONES in _ISATAP and (
        why := _inner(int(address), _ISATAP_NAME)
    ):
        return why
    return next((why for network, why in _IPV6 if address in network), None)


def _inner(bits: int, name: str) -> str | None:
    why = not_public(IPv4Address(bits & _ALL_ONES))
    return why and f"{why} by {name}"
