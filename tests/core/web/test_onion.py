from __future__ import annotations

import base64
from hashlib import sha3_256

import pytest

from fpcrawler.core.web.onion import MalformedOnion, is_onion, onion_label

# Published by their operators: The Tor Project, DuckDuckGo, ProPublica.
REAL = [
    "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid",
    "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad",
    "p53lf57qovyuvwsc6xnrppyply3vtqm7l6pcobkmyqsiofyeznfu5uqd",
]
LABEL = REAL[0]


def address(key: bytes, version: int) -> str:
    """Build an address as rend-spec-v3 section 6 says."""
    tail = bytes([version])
    checksum = sha3_256(b".onion checksum" + key + tail).digest()[:2]
    return base64.b32encode(key + checksum + tail).decode().lower()


@pytest.mark.parametrize("label", REAL)
def test_real_addresses_are_valid(label: str) -> None:
    assert onion_label(f"{label}.onion") == label


@pytest.mark.parametrize(
    "host",
    [
        f"{LABEL}.onion",
        f"{LABEL.upper()}.ONION",
        f"www.{LABEL}.onion",
        f"a.b-c.x_y.{LABEL}.onion",
    ],
)
def test_subdomains_and_capitals_belong_to_the_same_service(host: str) -> None:
    assert onion_label(host) == LABEL


@pytest.mark.parametrize("position", range(56))
def test_every_mistyped_letter_is_found(position: int) -> None:
    other = "b" if LABEL[position] == "a" else "a"
    mistyped = LABEL[:position] + other + LABEL[position + 1 :]

    with pytest.raises(MalformedOnion):
        onion_label(f"{mistyped}.onion")


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("expyuzz4wqqyqhjn.onion", "version 2"),
        (f"{LABEL[:-1]}.onion", "56"),
        (f"{LABEL}a.onion", "56"),
        (f"{LABEL[:-1]}1.onion", "56"),
        (f"{LABEL[:-1]}é.onion", "56"),
        (".onion", "56"),
        ("onion", "ends in .onion"),
        (f"{LABEL}.onion.", "ends in .onion"),
        (f"{LABEL}.onion.example", "ends in .onion"),
        (f"{LABEL}%2eonion", "ends in .onion"),
        (f"..{LABEL}.onion", "plain letters"),
        (f"a b.{LABEL}.onion", "plain letters"),
        (f"{'a' * 64}.{LABEL}.onion", "plain letters"),
        (f"{'a.' * 100}{LABEL}.onion", "253"),
        (f"{address(bytes(32), 2)}.onion", "version 2"),
        (f"{address(bytes(32), 4)}.onion", "version 4"),
        (f"{LABEL[1]}{LABEL[0]}{LABEL[2:]}.onion", "checksum"),
    ],
)
def test_an_impossible_address_is_refused_with_the_reason(host: str, why: str) -> None:
    with pytest.raises(MalformedOnion, match=why):
        onion_label(host)


@pytest.mark.parametrize(
    "host",
    [
        "a.onion",
        ".onion",
        "A.OnIoN",
        "a.onion.",
        "a%2eonion",
        "a.%6fnion",
        "a\u3002onion",
        "a\uff0e\uff4f\uff4e\uff49\uff4f\uff4e",
        "a.b.onion..",
        "a.onion_",
        "a.onions",
        "a.onion,",
        "a.onion%20",
        "a.onion\u201d",
        "a.xn--onion-sw3b",
        f"{LABEL}.onion.ly",
        f"www.{LABEL}.example",
        LABEL,
    ],
)
def test_every_spelling_below_onion_is_an_onion(host: str) -> None:
    assert is_onion(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "onion",
        "a.onion.to",
        "onion.example",
        "aonion",
        "a.example",
        "www.theonion.com",
        "::1",
    ],
)
def test_other_names_are_of_the_clear_web(host: str) -> None:
    assert not is_onion(host)
