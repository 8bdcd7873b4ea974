"""The table of ranges, end by end, and where Python's own judgement differs."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest

from fpcrawler.core.web.address_ranges import IPV4_RANGES, IPV6_RANGES, Address
from fpcrawler.core.web.addresses import private_address

# https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-: "Globally
# Reachable" of each row; for N/A, None. Then multicast, reserved and metadata.
REGISTRY: dict[str, bool | None] = {
    "0.0.0.0/8": False,
    "0.0.0.0/32": False,
    "10.0.0.0/8": False,
    "100.64.0.0/10": False,
    "127.0.0.0/8": False,
    "169.254.0.0/16": False,
    "172.16.0.0/12": False,
    "192.0.0.0/24": False,
    "192.0.0.0/29": False,
    "192.0.0.8/32": False,
    "192.0.0.9/32": True,
    "192.0.0.10/32": True,
    "192.0.0.170/32": False,
    "192.0.0.171/32": False,
    "192.0.2.0/24": False,
    "192.31.196.0/24": True,
    "192.52.193.0/24": True,
    "192.88.99.0/24": None,
    "192.168.0.0/16": False,
    "192.175.48.0/24": True,
    "198.18.0.0/15": False,
    "198.51.100.0/24": False,
    "203.0.113.0/24": False,
    "240.0.0.0/4": False,
    "255.255.255.255/32": False,
    "::1/128": False,
    "::/128": False,
    "::ffff:0:0/96": False,
    "64:ff9b::/96": True,
    "64:ff9b:1::/48": False,
    "100::/64": False,
    "100:0:0:1::/64": False,
    "2001::/23": False,
    "2001::/32": None,
    "2001:1::1/128": True,
    "2001:1::2/128": True,
    "2001:1::3/128": True,
    "2001:2::/48": False,
    "2001:3::/32": True,
    "2001:4:112::/48": True,
    "2001:10::/28": None,
    "2001:20::/28": True,
    "2001:30::/28": True,
    "2001:db8::/32": False,
    "2002::/16": None,
    "2620:4f:8000::/48": True,
    "3fff::/20": False,
    "5f00::/16": False,
    "fc00::/7": False,
    "fe80::/10": False,
    "168.63.129.16/32": False,  # Azure's metadata service
    "224.0.0.0/4": False,  # RFC 5771
    "fec0::/10": False,  # RFC 3879
    "ff00::/8": False,  # RFC 4291 section 2.7
}
# N/A in the registry, or judged by the IPv4 address inside.
OURS = {
    "192.88.99.0/24": False,  # RFC 7526: deprecated; an anycast that anybody can serve
    "2001:10::/28": False,  # RFC 4843: never routed
    "2001::/32": False,  # ends in 0 and all ones: the Teredo server 0.0.0.0
    "2002::/16": False,  # its ends are those of 0.0.0.0/8 and 240.0.0.0/4
    "64:ff9b::/96": False,  # likewise
}
TABLE = {**IPV4_RANGES, **IPV6_RANGES}


def ends(text: str) -> tuple[Address, Address]:
    network = ip_network(text)
    return network[0], network[-1]


@pytest.mark.parametrize("text", sorted(REGISTRY))
def test_each_range_of_the_registries_is_judged_as_they_say(text: str) -> None:
    is_public = OURS.get(text, REGISTRY[text])

    for address in ends(text):
        assert (private_address(str(address)) is None) is is_public


@pytest.mark.parametrize("text", sorted(TABLE.keys() - {"2001::/23"}))
def test_each_row_decides_for_its_ends_unless_a_longer_prefix_does(text: str) -> None:
    network = ip_network(text)
    rows = [row for row in map(ip_network, TABLE) if row.version == network.version]

    for address in ends(text):
        if not any(address in r for r in rows if r.prefixlen > network.prefixlen):
            assert private_address(str(address)) == TABLE[text]


@pytest.mark.parametrize("text", sorted(TABLE.keys() - {"168.63.129.16/32"}))
def test_each_reason_names_its_rfc(text: str) -> None:
    reason = TABLE[text]

    assert reason is None or re.search(r" \(RFC [0-9]+\)$", reason)


@pytest.mark.parametrize(
    "address",
    [
        *("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"),
        *("126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0"),
        *("172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0"),
        *("192.0.1.255", "192.0.3.0", "192.88.98.255", "192.88.100.0"),
        *("192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0"),
        *("198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0"),
        *("168.63.129.15", "168.63.129.17", "223.255.255.255"),
        *("2001:200::", "2001:db7:ffff::", "2001:db9::", "2000::"),
        *("2003::", "3ffe:ffff::", "3fff:1000::", "2606:4700:4700::1111%eth0"),
        *("::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"),
        *("2001:0:808:808:0:ffff:f7f7:f7f7", "2001:470::5efe:808:808"),
    ],
)
def test_the_neighbours_of_the_ranges_are_public(address: str) -> None:
    assert private_address(address) is None


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("10.1.2.3", "private use (RFC 1918)"),
        ("fd00:ec2::254", "unique local (RFC 4193)"),
        ("fe80::1%eth0", "link-local (RFC 4291)"),
        ("::ffff:10.1.2.3", "private use (RFC 1918) by IPv4-mapped (RFC 4291)"),
        ("::ffff:10.1.2.3%2", "private use (RFC 1918) by IPv4-mapped (RFC 4291)"),
        ("64:ff9b::a9fe:a9fe", "link-local (RFC 3927) by NAT64 (RFC 6052)"),
        ("2002:7f00:1::1", "loopback (RFC 1122) by 6to4 (RFC 3056)"),
        ("2001:0:a00:1::f7f7:f7f7", "private use (RFC 1918) by Teredo (RFC 4380)"),
        ("2001:0:808:808::f5ff:fffe", "private use (RFC 1918) by Teredo (RFC 4380)"),
        ("2001:470::5efe:a00:1", "private use (RFC 1918) by ISATAP (RFC 5214)"),
        ("2001:470::200:5efe:7f00:1", "loopback (RFC 1122) by ISATAP (RFC 5214)"),
        ("::127.0.0.1", "IPv4-compatible (RFC 4291)"),
        ("::ffff:0:127.0.0.1", "IPv4-translated (RFC 2765)"),
        ("4000::1", "reserved by the IETF (RFC 4291)"),
        ("a.example", "not an IP address"),
        ("", "not an IP address"),
        ("0177.0.0.1", "not an IP address"),
        ("2130706433", "not an IP address"),
        ("[::1]", "not an IP address"),
        ("1" * 100_000, "not an IP address"),
    ],
)
def test_the_reason_names_the_range_and_how_it_is_reached(
    address: str, reason: str
) -> None:
    assert private_address(address) == reason


# Python's judgement, by the network that the address is of: some versions say so.
DIFFERENT = {
    "168.63.129.16/32": "public for Python: the registry does not know Azure",
    "192.0.0.0/24": "its exceptions differ between versions of Python",
    "192.88.99.0/24": "public for Python: N/A in the registry",
    "224.0.0.0/4": "public for Python: is_multicast is another question",
    "::ffff:0:0/96": "private for Python in some versions, whatever is inside",
    "64:ff9b::/96": "public for Python, whatever is inside",
    "64:ff9b:1::/48": "public for older versions of Python",
    "2001::/23": "its exceptions differ between versions of Python",
    "2002::/16": "private for Python in some versions, whatever is inside",
    "3fff::/20": "public for older versions of Python",
    "::/3": "public for Python: it knows no unassigned space",
    "4000::/2": "likewise",
    "8000::/1": "likewise; and public for some multicast",
}


def _samples() -> list[Address]:
    """Both ends of each range, and their neighbours; then each first byte."""
    found: set[Address] = {IPv4Address(byte << 24 | 0x01010101) for byte in range(256)}
    found |= {IPv6Address(byte << 120 | 1) for byte in range(256)}
    for text in (*TABLE, *REGISTRY):
        for end in ends(text):
            kind, largest = type(end), 2**end.max_prefixlen - 1
            near = (int(end) - 1, int(end), int(end) + 1)
            found |= {kind(value) for value in near if 0 <= value <= largest}
    return sorted(found, key=lambda a: (a.version, int(a)))


def test_python_judges_likewise_but_for_the_named_ranges() -> None:
    named = [ip_network(text) for text in DIFFERENT]
    different = [
        str(address)
        for address in _samples()
        if address.is_global is not (private_address(str(address)) is None)
        and not any(address in network for network in named)
    ]

    assert different == []


def test_no_difference_is_named_in_vain() -> None:
    for text in (
        "168.63.129.16",
        "192.88.99.1",
        "224.0.0.251",
        "64:ff9b::a00:1",
        "4000::1",
    ):
        assert ip_address(text).is_global
        assert private_address(text) is not None
