from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from fpcrawler.core.metadata.pictures import SHORTEST, without_picture
from tests.core.metadata.test_pictures import PICTURES

NOISE = random.Random(9).randbytes(400)
SEPARATORS = [",", "-", ":", ", ", "\n", "_", ";", " ", "."]
WRITTEN: dict[str, Callable[[bytes], str]] = {
    r"\x": lambda data: "".join(rf"\x{byte:02x}" for byte in data),
    "%": lambda data: "".join(f"%{byte:02X}" for byte in data),
    "0x": lambda data: "".join(f"0x{byte:02x}" for byte in data),
    "0x, ": lambda data: ", ".join(f"0x{byte:02x}" for byte in data),
    "list": lambda data: str([*data]),
    "entities": lambda data: "".join(f"&#{byte};" for byte in data),
    "signed": lambda data: str([(byte + 128) % 256 - 128 for byte in data]),
}


def in_hexadecimal(mark: str) -> Callable[[bytes], str]:
    return lambda data: mark.join(f"{byte:02x}" for byte in data)


def in_decimals(mark: str) -> Callable[[bytes], str]:
    return lambda data: mark.join(map(str, data))


for separator in SEPARATORS:
    WRITTEN[f"hexadecimal{separator}"] = in_hexadecimal(separator)
    WRITTEN[f"decimal{separator}"] = in_decimals(separator)


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_bytes_of_a_picture_are_its_kind_and_length(
    kind: str, written: str
) -> None:
    data = PICTURES[kind]

    text = without_picture(f'"{WRITTEN[written](data)}"')

    assert f"({kind}, {len(data):,} bytes)" in text
    assert len(text) < SHORTEST
    assert text[0] == text[-1] == '"'


def test_a_hexadecimal_list_needs_no_signature() -> None:
    assert without_picture(NOISE.hex(":")) == "(data, 400 bytes)"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(str([*NOISE]), id="other numbers"),
        pytest.param(str([*range(400)]), id="an index"),
        pytest.param("2024-10-12 10:22:31, " * 40, id="times"),
        pytest.param(json.dumps([n / 7 for n in range(90)]), id="fractions"),
        pytest.param(("A text about a cat. " * 20).encode().hex(" "), id="letters"),
        pytest.param("%E5%86%99%E7%9C%9F" * 40, id="an escaped text"),
        pytest.param(PICTURES["JPEG"][:100].hex(":"), id="too short"),
    ],
)
def test_other_lists_stay(text: str) -> None:
    assert without_picture(text) == text


def test_a_long_list_is_read_once() -> None:
    text = "ff:" * 40_000 + "1 " * 40_000

    assert without_picture(text) == text
