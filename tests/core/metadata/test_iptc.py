from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.metadata.iptc import (
    MAX_DATASETS,
    IptcReading,
    read_iim,
    united,
)
from fpcrawler.core.metadata.limits import CUT, MAX_CHARS

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
JPEG = b"\xff\xd8\xff\xe0" + bytes(200)


def swapped(data: bytes) -> bytes:
    padded = data + bytes(-len(data) % 4)
    return b"".join(padded[at : at + 4][::-1] for at in range(0, len(padded), 4))


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
            {"CodedCharacterSet": "UTF8", "By-line": "Jö\ufffdrg"},
            id="broken UTF-8 that is declared",
        ),
        pytest.param(iim((2, 90, b"Wien\0 ")), {"City": "Wien"}, id="padding"),
        pytest.param(
            iim((2, 90, b" ")) + CITY, {"City": "Wien"}, id="a value of spaces"
        ),
        pytest.param(iim((2, 199, b"\0\4"), (7, 90, b"x")), {}, id="unknown datasets"),
        pytest.param(
            iim((1, 70, b"20130907"), (2, 0, b"\0\4"), (3, 10, b"1" * 16)),
            {
                "DateSent": "20130907",
                "ApplicationRecordVersion": "4",
                "IPTCPictureNumber": "1" * 16,
            },
            id="several records",
        ),
        pytest.param(
            iim((1, 90, b"\x1b.A"), (2, 80, b"J\xc3\xb6")),
            {"CodedCharacterSet": "ISO8859-1", "By-line": "JÃ¶"},
            id="ISO 8859-1",
        ),
        pytest.param(
            iim((1, 90, b"\x1b-L"), (2, 80, b"\xb8\xd2\xd0\xdd")),
            {"CodedCharacterSet": "ISO8859-5", "By-line": "Иван"},
            id="ISO 8859-5",
        ),
        pytest.param(
            iim((1, 90, b"\x1b(B"), (2, 80, b"J\xf6rg")),
            {"CodedCharacterSet": "ESC (B", "By-line": "Jörg"},
            id="ASCII that is not",
        ),
        pytest.param(
            iim((2, 80, b"Ann"), (2, 80, b"Ann")), {"By-line": "Ann"}, id="repeated"
        ),
        pytest.param(
            iim((2, 200, b"\0\x0b"), (2, 202, JPEG), (8, 202, b"abc")),
            {
                "ObjectPreviewFileFormat": "11",
                "ObjectPreviewData": "(JPEG, 204 bytes); (data, 3 bytes)",
            },
            id="previews",
        ),
        pytest.param(
            iim((2, 120, JPEG), (2, 221, JPEG.hex().encode())),
            {"Caption-Abstract": "(JPEG, 204 bytes)", "Prefs": "(JPEG, 204 bytes)"},
            id="a picture for a text",
        ),
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
        pytest.param(
            resource(0x0404, CITY) + resource(0x0425, bytes(range(16))),
            {"City": "Wien", "IPTCDigest": bytes(range(16)).hex()},
            id="Photoshop's digest",
        ),
        pytest.param(resource(0x0404, CITY), {"City": "Wien"}, id="no signature"),
        pytest.param(b"8BIM\x04\x04\0\0\0\0", {}, id="a truncated resource"),
    ],
)
def test_datasets_are_read_from(payload: bytes, found: dict[str, str]) -> None:
    assert read_iim(payload).datasets == found


@pytest.mark.parametrize("length", range(4))
def test_swapped_words_are_put_in_order(length: int) -> None:
    data = iim(UTF_8, (2, 80, "Zoë".encode()), (2, 90, b"x" * (1 + length)))

    assert read_iim(swapped(data)) == read_iim(data)


@pytest.mark.parametrize(
    ("payload", "is_damaged"),
    [
        pytest.param(CITY, False, id="whole"),
        pytest.param(CITY + bytes(30), False, id="zeros after it"),
        pytest.param(CITY + b"\x1c\x02\x50\0\x09abc", True, id="cut off"),
        pytest.param(CITY + b"\x1c\x02\x50", True, id="cut off in a header"),
        pytest.param(CITY + b"other" + CITY, True, id="other bytes"),
        pytest.param(b"\x1c\x02\x78\xff\xff" + CITY, True, id="an absurd length"),
        pytest.param(resource(0x0404, CITY), False, id="a resource"),
        pytest.param(resource(0x0404, CITY)[:-1], False, id="without its padding"),
        pytest.param(
            resource(0x0404, CITY + bytes(400))[:-400], True, id="a resource cut off"
        ),
        pytest.param(
            resource(0x0404, CITY) + b"XXXX" + resource(0x0425, bytes(16)),
            True,
            id="other bytes between resources",
        ),
        pytest.param(resource(0x0404, CITY) + b"X", True, id="a byte after a resource"),
    ],
)
def test_bytes_that_are_no_datasets_are_damage(
    payload: bytes, *, is_damaged: bool
) -> None:
    assert read_iim(payload).is_damaged == is_damaged


def test_a_long_text_is_cut() -> None:
    reading = read_iim(
        b"\x1c\x02\x78\x80\x04" + (90_000).to_bytes(4, "big") + b"x" * 90_000
    )

    assert reading == IptcReading(
        datasets={"Caption-Abstract": "x" * (MAX_CHARS - 1) + CUT}, is_cut=True
    )


def test_the_number_of_datasets_is_bounded() -> None:
    reading = read_iim(iim((2, 25, b"")) * MAX_DATASETS + CITY)

    assert reading == IptcReading(is_cut=True)


def test_the_first_block_decides() -> None:
    blocks = [CITY, iim((2, 90, b"Graz"), (2, 105, b"Sea")) + b"?"]

    assert united(map(read_iim, blocks)) == IptcReading(
        datasets={"City": "Wien", "Headline": "Sea"}, is_damaged=True
    )


@given(
    st.binary(max_size=300),
    st.sampled_from(
        [b"", b"8BIM", b"\x1c\x02\x19\xff\xff", b"\x19\x02\x1c", b"\0\0\2\x1c"]
    ),
)
def test_any_bytes_give_texts(junk: bytes, opening: bytes) -> None:
    for text in read_iim(opening + junk).datasets.values():
        assert 0 < len(text.encode()) <= 4 * MAX_CHARS
