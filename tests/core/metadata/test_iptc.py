from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.metadata.iptc import MAX_VALUE_CHARS, read_iptc

UTF_8 = (1, 90, b"\x1b%G")


def iim(*datasets: tuple[int, int, bytes]) -> bytes:
    return b"".join(
        bytes([0x1C, record, dataset]) + len(value).to_bytes(2, "big") + value
        for record, dataset, value in datasets
    )


def resource(kind: int, data: bytes, name: bytes = b"") -> bytes:
    pascal = bytes([len(name)]) + name + bytes((len(name) + 1) % 2)
    length = len(data).to_bytes(4, "big")
    return (
        b"8BIM"
        + kind.to_bytes(2, "big")
        + pascal
        + length
        + data
        + bytes(len(data) % 2)
    )


CITY = iim((2, 90, b"Wien"))


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        pytest.param(CITY, {"City": "Wien"}, id="one"),
        pytest.param(
            iim((2, 25, b"sea"), (2, 25, b"boat")), {"Keywords": "sea; boat"}, id="list"
        ),
        pytest.param(iim((2, 80, b"J\xf6rg")), {"By-line": "Jörg"}, id="Latin-1"),
        pytest.param(iim((2, 80, "Jörg".encode())), {"By-line": "Jörg"}, id="UTF-8"),
        pytest.param(
            iim(UTF_8, (2, 80, b"J\xc3\xb6\xffrg")),
            {"By-line": "Jö\ufffdrg"},
            id="broken UTF-8 that is declared",
        ),
        pytest.param(iim((2, 90, b"Wien\0 ")), {"City": "Wien"}, id="padding"),
        pytest.param(
            iim((2, 90, b" ")) + CITY, {"City": "Wien"}, id="a value of spaces"
        ),
        pytest.param(iim((2, 0, b"\0\4"), (7, 90, b"x")), {}, id="other records"),
        pytest.param(
            b"\x1c\x02\x78\x80\x04\0\0\0\x02Hi" + CITY,
            {"Caption-Abstract": "Hi", "City": "Wien"},
            id="extended length",
        ),
        pytest.param(CITY + b"\x1c\x02\x50\0\x09abc", {"City": "Wien"}, id="cut off"),
        pytest.param(CITY + bytes(30), {"City": "Wien"}, id="zeros after it"),
        pytest.param(b"", {}, id="nothing"),
        pytest.param(
            b"Photoshop 3.0\0"
            + resource(0x03ED, b"abc", b"name")
            + resource(0x0404, CITY),
            {"City": "Wien"},
            id="Photoshop's resources",
        ),
        pytest.param(resource(0x0404, CITY), {"City": "Wien"}, id="no signature"),
        pytest.param(b"8BIM\x04\x04\0\0\0\0", {}, id="a truncated resource"),
    ],
)
def test_datasets_are_read_from(payload: bytes, found: dict[str, str]) -> None:
    assert read_iptc(payload) == found


def test_a_long_text_is_cut() -> None:
    payload = iim((2, 120, b"x" * 30_000))

    assert len(read_iptc(payload)["Caption-Abstract"]) == MAX_VALUE_CHARS


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"8BIM", b"\x1c\x02\x19\xff\xff"])
)
def test_any_bytes_give_texts(junk: bytes, opening: bytes) -> None:
    for text in read_iptc(opening + junk).values():
        assert 0 < len(text) <= MAX_VALUE_CHARS
