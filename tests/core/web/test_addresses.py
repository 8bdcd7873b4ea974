from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fpcrawler.core.web.addresses import private_host

# https://www.iana.org/assignments/iana-ipv4-special-registry: not globally reachable
PRIVATE = {
    "0.0.0.0/8": "RFC 791 section 3.2: this network",
    "10.0.0.0/8": "RFC 1918: private use",
    "100.64.0.0/10": "RFC 6598: shared by carriers",
    "127.0.0.0/8": "RFC 1122 section 3.2.1.3: loopback",
    "169.254.0.0/16": "RFC 3927: link-local, and most clouds' metadata",
    "172.16.0.0/12": "RFC 1918: private use",
    "192.0.0.0/29": "RFC 7335: service continuity",
    "192.0.0.170/31": "RFC 7050: NAT64 discovery",
    "192.0.2.0/24": "RFC 5737: documentation",
    "192.168.0.0/16": "RFC 1918: private use",
    "198.18.0.0/15": "RFC 2544: benchmarking",
    "198.51.100.0/24": "RFC 5737: documentation",
    "203.0.113.0/24": "RFC 5737: documentation",
    "224.0.0.0/4": "RFC 1112: multicast",
    "240.0.0.0/4": "RFC 1112: reserved",
    "168.63.129.16/32": "Azure: metadata on a public address",
}
# Blocks that the registry takes back in parts, or does not judge.
UNSETTLED = ("192.0.0.0/24", "192.88.99.0/24")
FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}


def within(block: str) -> st.SearchStrategy[int]:
    network = IPv4Network(block)
    first, last = int(network[0]), int(network[-1])
    return st.integers(first, last)


def is_settled_as_public(address: int) -> bool:
    return not any(
        IPv4Address(address) in IPv4Network(block) for block in (*PRIVATE, *UNSETTLED)
    )


private_addresses = st.sampled_from(sorted(PRIVATE)).flatmap(within)
public_addresses = st.integers(0, 2**32 - 1).filter(is_settled_as_public)


@st.composite
def numbers(draw: st.DrawFn, value: int) -> str:
    zeros = "0" * draw(st.integers(0, 3))
    return draw(
        st.sampled_from(
            [str(value), f"0{zeros}{value:o}", f"0x{zeros}{value:x}", f"0X{value:X}"]
        )
    )


@st.composite
def ipv4_spellings(draw: st.DrawFn, address: int) -> str:
    """Spell an address as inet_aton(3) reads it: one to four parts, three bases."""
    leading = draw(st.integers(0, 3))
    octets = address.to_bytes(4, "big")
    rest = int.from_bytes(octets[leading:], "big")
    values = [*octets[:leading], rest]
    host = ".".join(draw(numbers(value)) for value in values)
    return host + "." * draw(st.integers(0, 1))


@st.composite
def disguised(draw: st.DrawFn, host: str) -> str:
    """Write a host so that a URL parser normalizes it back (WHATWG URL 3.5)."""
    form = draw(st.sampled_from(["plain", "full width", "full stops", "percent"]))
    match form:
        case "full width":
            return host.translate(FULL_WIDTH)
        case "full stops":
            return host.replace(".", "\uff0e")
        case "percent":
            return "".join(f"%{ord(char):02x}" for char in host)
        case _:
            return host


@st.composite
def ipv6_spellings(draw: st.DrawFn, address: int) -> str:
    """Name an IPv4 address through an IPv6 address that is translated to it."""
    value = draw(
        st.sampled_from(
            [
                0xFFFF << 32 | address,  # RFC 4291 section 2.5.5.2: mapped
                0x64FF9B << 96 | address,  # RFC 6052 section 2.1: NAT64
                0x2002 << 112 | address << 80 | 1,  # RFC 3056 section 2: 6to4
                address,  # RFC 4291 section 2.5.5.1: compatible
            ]
        )
    )
    ipv6 = IPv6Address(value)
    host = draw(st.sampled_from([str(ipv6), ipv6.exploded, ipv6.compressed.upper()]))
    return draw(st.sampled_from([host, f"[{host}]"]))


@given(st.data(), private_addresses)
def test_every_spelling_of_a_private_ipv4_address_is_private(
    data: st.DataObject, address: int
) -> None:
    host = data.draw(ipv4_spellings(address).flatmap(disguised))

    assert private_host(host) == str(IPv4Address(address))


@given(st.data(), private_addresses)
def test_every_ipv6_address_that_leads_to_a_private_ipv4_address_is_private(
    data: st.DataObject, address: int
) -> None:
    assert private_host(data.draw(ipv6_spellings(address))) is not None


@given(st.data(), public_addresses)
def test_no_spelling_of_a_global_ipv4_address_is_private(
    data: st.DataObject, address: int
) -> None:
    host = data.draw(ipv4_spellings(address).flatmap(disguised))

    assert private_host(host) is None


@given(
    st.sampled_from(["2400::/12", "2600::/12", "2800::/12", "2a00::/12", "2c00::/12"]),
    st.integers(0, 2**116 - 1),
)
def test_no_global_ipv6_address_is_private(block: str, offset: int) -> None:
    address = IPv6Network(block)[offset]
    # RFC 7534: an anycast service of the Internet that the registry lists apart.
    assume(address not in IPv6Network("2620:4f:8000::/48"))

    assert private_host(str(address)) is None
    assert private_host(f"[{address.exploded}]") is None


@pytest.mark.parametrize(
    "host",
    [
        # https://www.iana.org/assignments/iana-ipv6-special-registry
        pytest.param("::", id="RFC 4291 2.5.2 unspecified"),
        pytest.param("::1", id="RFC 4291 2.5.3 loopback"),
        pytest.param("0:0:0:0:0:0:0:1", id="RFC 4291 2.2 loopback in full"),
        pytest.param("::ffff:127.0.0.1", id="RFC 4291 2.5.5.2 mapped"),
        pytest.param("::127.0.0.1", id="RFC 4291 2.5.5.1 compatible"),
        pytest.param("::ffff:0:127.0.0.1", id="RFC 2765 2.1 translated"),
        pytest.param("64:ff9b::127.0.0.1", id="RFC 6052 NAT64"),
        pytest.param("64:ff9b:1::127.0.0.1", id="RFC 8215 local NAT64"),
        pytest.param("100::1", id="RFC 6666 discard"),
        pytest.param("2001:0:a00:1:0:0:80ff:fffe", id="RFC 4380 Teredo"),
        pytest.param("2001:2::1", id="RFC 5180 benchmarking"),
        pytest.param("2001:db8::1", id="RFC 3849 documentation"),
        pytest.param("2002:7f00:1::1", id="RFC 3056 6to4"),
        pytest.param("3fff::1", id="RFC 9637 documentation"),
        pytest.param("4000::1", id="RFC 4291 2.4 reserved by the IETF"),
        pytest.param("5f00::1", id="RFC 9602 segment routing"),
        pytest.param("fc00::1", id="RFC 4193 unique local"),
        pytest.param("fd00:ec2::254", id="RFC 4193 Amazon's metadata"),
        pytest.param("fe80::1", id="RFC 4291 2.5.6 link-local"),
        pytest.param("fe80::1%eth0", id="RFC 4007 11 zone"),
        pytest.param("[fe80::1%25eth0]", id="RFC 6874 zone in a URL"),
        pytest.param("fec0::1", id="RFC 3879 site-local"),
        pytest.param("ff0e::1", id="RFC 4291 2.7 multicast"),
    ],
)
def test_an_ipv6_address_that_is_not_globally_reachable_is_private(host: str) -> None:
    assert private_host(host) is not None


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("localhost", id="RFC 6761 6.3"),
        pytest.param("LOCALHOST.", id="RFC 4343 any case, rooted"),
        pytest.param("a.localhost", id="RFC 6761 6.3 below"),
        pytest.param("localhost.localdomain", id="glibc"),
        pytest.param("printer.local", id="RFC 6762 3"),
        pytest.param("router.home.arpa", id="RFC 8375"),
        pytest.param("metadata.google.internal", id="Google's metadata"),
        pytest.param("metadata", id="a single label"),
        pytest.param("intranet", id="RFC 6762 G intranet"),
        pytest.param("nas.lan", id="RFC 6762 G lan"),
        pytest.param("%6cocalhost", id="RFC 3986 2.1 percent"),
        pytest.param("\uff4cocalhost", id="UTS 46 4 full width"),
        pytest.param("", id="no host"),
    ],
)
def test_a_local_name_is_private(host: str) -> None:
    assert private_host(host) is not None


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "example.com.",
        "b\u00fccher.example",
        "xn--bcher-kva.example",
        "localhost.example.com",
        "local.example.com",
        "127.0.0.1.example.com",
        "10.example",
        "natural3jytxrhh5wqmpcz67yumyptr7pn2c52hppvn3vanmqzjlkryd.onion",
        pytest.param("8.8.8.8", id="a resolver"),
        pytest.param("2606:4700:4700::1111", id="a resolver by IPv6"),
        pytest.param("64:ff9b::8.8.8.8", id="RFC 6052 a resolver by NAT64"),
    ],
)
def test_a_public_host_is_not(host: str) -> None:
    assert private_host(host) is None


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("256.0.0.1", id="WHATWG URL 3.5 a part above 255"),
        pytest.param("127.0.0.256", id="WHATWG URL 3.5 the last part above 255"),
        pytest.param("127.0.0.0.1", id="WHATWG URL 3.5 five parts"),
        pytest.param("127.0.0.08", id="WHATWG URL 3.5 no octal digit"),
        pytest.param("127..0.1", id="WHATWG URL 3.5 an empty part"),
    ],
)
def test_a_malformed_address_is_not_private(host: str) -> None:
    assert private_host(host) is None


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0177.0.0.01", "127.0.0.1"),
        pytest.param("0x7f.0x", "127.0.0.0", id="WHATWG URL 3.5 an empty hex is 0"),
        ("[::ffff:7f00:1]", "127.0.0.1"),
        ("[0:0::1]", "::1"),
        ("LocalHost.", "localhost"),
    ],
)
def test_all_spellings_have_one_name(host: str, address: str) -> None:
    assert private_host(host) == address


@given(st.text())
def test_any_text_is_private_or_not(host: str) -> None:
    name = private_host(host)

    assert name is None or private_host(name) == name
