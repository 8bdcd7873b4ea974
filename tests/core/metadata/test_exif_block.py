from __future__ import annotations

import struct

import pytest

from fpcrawler.core.anatomy import Extent
from fpcrawler.core.metadata.exif import ExifReading
from tests.core.metadata.test_exif import (
    ARTIST,
    EXIF_IFD,
    MAKE,
    MODEL,
    USER_COMMENT,
    at,
    read_block,
    tiff,
)

GPS_IFD, SUB_IFDS, ORIENTATION = 0x8825, 0x014A, 0x0112


def big_tiff(*entries: tuple[int, int, int, bytes], order: str = "<") -> bytes:
    """Return a BigTIFF of one IFD: tag, type, count, eight bytes each."""
    table = b"".join(
        struct.pack(order + "HHQ", tag, kind, count) + value.ljust(8, b"\0")
        for tag, kind, count, value in entries
    )
    mark = b"II" if order == "<" else b"MM"
    header = mark + struct.pack(order + "HHHQ", 43, 8, 0, 16)
    return header + struct.pack(order + "Q", len(entries)) + table + bytes(8)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_big_tiff_has_the_tags_of_a_tiff(order: str) -> None:
    far = struct.pack(order + "Q", 112)
    data = big_tiff(
        (0x0100, 16, 1, struct.pack(order + "Q", 8)),
        (0x0102, 3, 3, struct.pack(order + "3H", 8, 8, 8)),
        (MAKE, 2, 12, far),
        (0x011A, 5, 1, struct.pack(order + "II", 72, 1)),
        order=order,
    )

    assert read_block(data.ljust(112, b"\0") + b"Maker of it\0").tags == {
        "Image ImageWidth": "8",
        "Image BitsPerSample": "[8, 8, 8]",
        "Image Make": "Maker of it",
        "Image XResolution": "72",
    }


@pytest.mark.parametrize(
    ("type_", "value", "printed"),
    [
        pytest.param(16, struct.pack("<Q", 2**40), "1099511627776", id="LONG8"),
        pytest.param(17, struct.pack("<q", -5), "-5", id="SLONG8"),
    ],
)
def test_a_number_of_big_tiff_is_read(type_: int, value: bytes, printed: str) -> None:
    assert read_block(big_tiff((0x0100, type_, 1, value))).tags == {
        "Image ImageWidth": printed
    }


def test_sub_ifds_are_read_after_all_others() -> None:
    image = tiff((SUB_IFDS, 4, 2, at(200)), (EXIF_IFD, 4, 1, at(100)))
    exif = tiff((MAKE, 2, 4, b"XYZ\0"))[8:]
    subs = [tiff((0x0100, 3, 1, struct.pack("<HH", width, 0)))[8:] for width in (7, 9)]
    data = (image.ljust(100, b"\0") + exif).ljust(200, b"\0") + at(300) + at(400)
    data = (data.ljust(300, b"\0") + subs[0]).ljust(400, b"\0") + subs[1]

    assert list(read_block(data).tags.items()) == [
        ("Image SubIFDs", "[300, 400]"),
        ("Image ExifOffset", "100"),
        ("EXIF Make", "XYZ"),
        ("EXIF SubIFD0 ImageWidth", "7"),
        ("EXIF SubIFD1 ImageWidth", "9"),
    ]


@pytest.mark.parametrize(
    ("block", "comment"),
    [
        pytest.param(
            tiff((USER_COMMENT, 7, 15, at(26))) + b"ASCII\0\0\0harbour",
            "harbour",
            id="in the first directory",
        ),
        pytest.param(
            tiff((USER_COMMENT, 7, 9, at(80)), (EXIF_IFD, 4, 1, at(50))).ljust(
                50, b"\0"
            )
            + tiff((USER_COMMENT, 7, 9, at(90)))[8:].ljust(30, b"\0")
            + bytes(8)
            + b"1\0"
            + bytes(8)
            + b"2",
            "2",
            id="in both: that of Exif",
        ),
        pytest.param(
            tiff((USER_COMMENT, 7, 70_000, at(26)))
            + b"ASCII\0\0\0".ljust(70_000, b"x"),
            "x" * 65_536 + "…",
            id="longer than 64 KB",
        ),
    ],
)
def test_the_user_comment_is_a_text(block: bytes, comment: str) -> None:
    assert read_block(block).user_comment == comment


def test_a_value_beyond_the_end_of_the_block_is_left_out() -> None:
    data = tiff((MAKE, 3, 9, at(5_000)), (MODEL, 2, 4, b"XYZ\0"))

    assert read_block(data) == ExifReading(tags={"Image Model": "XYZ"}, is_damaged=True)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        (b"Ann\0?", ExifReading(tags={"Image Artist": "Ann"})),
        (b"Annie", ExifReading(is_damaged=True)),
    ],
    ids=["ends with a NUL", "cut off"],
)
def test_a_text_whose_count_reaches_past_the_end_is_whole_if_it(
    text: bytes, reading: ExifReading
) -> None:
    assert read_block(tiff((ARTIST, 2, 900, at(26))) + text) == reading


def test_a_long_text_whose_count_is_too_large_is_whole() -> None:
    text = b"x" * 6_000
    data = tiff((ARTIST, 2, 30_000, at(26))) + text + b"\0" + bytes(1_000)

    assert read_block(data) == ExifReading(tags={"Image Artist": text.decode()})


@pytest.mark.parametrize(
    ("tag", "type_", "raw", "text"),
    [
        pytest.param(0x9C9B, 1, "Hafen\0".encode("utf-16-le"), "Hafen", id="XPTitle"),
        pytest.param(MAKE, 7, b"Acme\0", "Acme", id="bytes"),
    ],
)
def test_a_text_of_another_type_is_whole_if_it_ends_in_the_block(
    tag: int, type_: int, raw: bytes, text: str
) -> None:
    reading = read_block(tiff((tag, type_, 900, at(26))) + raw)

    assert list(reading.tags.values()) == [text]
    assert not reading.is_damaged


@pytest.mark.parametrize(
    ("raw", "comment", "is_damaged"),
    [
        (b"ASCII\0\0\0harbour\0", "harbour", False),
        (b"UNICODE\0" + "harbour\0".encode("utf-16-le"), "harbour", False),
        (b"ASCII\0\0\0harb", None, True),
    ],
)
def test_a_comment_whose_count_is_too_large_is_whole_if_it_ends_in_the_block(
    raw: bytes,
    comment: str | None,
    is_damaged: bool,  # noqa: FBT001
) -> None:
    reading = read_block(tiff((USER_COMMENT, 7, 900, at(26))) + raw)

    assert (reading.user_comment, reading.is_damaged) == (comment, is_damaged)


def test_of_a_file_of_many_pages_the_first_are_read_and_it_is_not_damaged() -> None:
    entries = [(0x0100 + n, 3, 1, bytes(4)) for n in range(12)]
    page = tiff(*entries)[8:-4]
    pages = b"".join(
        page + at(8 + (n + 1) * (len(page) + 4) if n < 249 else 0) for n in range(250)
    )

    reading = read_block(b"II*\0\x08\0\0\0" + pages)

    assert len(reading.tags) > 2_000
    assert (reading.is_cut, reading.is_damaged) == (True, False)


def test_sub_ifds_that_follow_another_are_read_after_all_that_are_named() -> None:
    image = tiff((SUB_IFDS, 4, 2, at(100))).ljust(100, b"\0") + at(200) + at(300)
    widths = {200: (7, 400), 300: (9, 0), 400: (11, 200)}
    data = image
    for first, (width, after) in widths.items():
        sub = tiff((0x0100, 3, 1, struct.pack("<HH", width, 0)))[8:-4] + at(after)
        data = data.ljust(first, b"\0") + sub

    reading = read_block(data)

    assert list(reading.tags.items())[1:] == [
        ("EXIF SubIFD0 ImageWidth", "7"),
        ("EXIF SubIFD1 ImageWidth", "9"),
        ("EXIF SubIFD2 ImageWidth", "11"),
    ]
    assert not reading.is_damaged


def test_a_repeated_tag_is_not_reported_while_the_last_one_is_missing() -> None:
    data = tiff((MAKE, 2, 4, b"XYZ\0"), (MAKE, 2, 9, at(5_000)))

    assert read_block(data, 6_000).tags == {}


def test_of_a_repeated_tag_the_last_is_reported() -> None:
    data = tiff(
        (MAKE, 2, 4, b"XYZ\0"), (MODEL, 2, 2, b"?\0\0\0"), (MAKE, 2, 2, b"A\0\0\0")
    )

    assert list(read_block(data).tags.items()) == [
        ("Image Make", "A"),
        ("Image Model", "?"),
    ]


def test_an_entry_of_an_unknown_type_is_damage() -> None:
    data = tiff((MAKE, 99, 4, b"XYZ\0"), (MODEL, 2, 4, b"XYZ\0"))

    assert read_block(data) == ExifReading(tags={"Image Model": "XYZ"}, is_damaged=True)


def test_an_empty_entry_of_an_unknown_type_is_padding() -> None:
    assert read_block(tiff((0, 0, 0, bytes(4)))) == ExifReading()


def test_a_table_of_numbers_that_is_not_printed_is_not_requested() -> None:
    reading = read_block(tiff((0x0111, 4, 5_000, at(20_000))), 60_000)

    assert reading == ExifReading(tags={"Image StripOffsets": "[]"})


def test_of_many_numbers_only_those_are_requested_that_are_printed() -> None:
    reading = read_block(tiff((0x0111, 4, 900, at(20_000))), 60_000)

    assert reading.needs == (Extent(20_000, 21 * 4),)


def test_an_ifd_that_follows_itself_is_read_once() -> None:
    data = tiff((MAKE, 2, 4, b"XYZ\0"))[:-4] + at(8)

    assert read_block(data).tags == {"Image Make": "XYZ"}


def test_a_value_that_cannot_be_printed_does_not_hide_the_others() -> None:
    data = tiff(
        (ORIENTATION, 12, 0, at(0)), (0x9102, 5, 0, at(0)), (MAKE, 2, 4, b"XYZ\0")
    )

    assert read_block(data).tags["Image Make"] == "XYZ"


@pytest.mark.parametrize(
    ("entries", "data"),
    [
        pytest.param(
            [(0xC000 + i, 2, 9_000, at(20_000)) for i in range(1_000)],
            b"x" * 9_000,
            id="texts",
        ),
        pytest.param(
            [(0xC000 + i, 2, 60_000, at(20_000)) for i in range(1_000)],
            bytes(60_000),
            id="empty texts of many bytes",
        ),
        pytest.param(
            [(ORIENTATION, 5, 999, at(20_000))] * 1_000, bytes(9_000), id="rationals"
        ),
        pytest.param(
            [(GPS_IFD, 4, 1, at(8 + 12 * (i % 2))) for i in range(1_000)],
            b"",
            id="directories in a circle",
        ),
        pytest.param([(0xFFFF, 3, 1, bytes(4))] * 5_000, b"", id="entries"),
    ],
)
def test_the_work_on_a_hostile_block_is_bounded(
    entries: list[tuple[int, int, int, bytes]], data: bytes
) -> None:
    reading = read_block(tiff(*entries).ljust(20_000, b"\0") + data)

    assert reading.is_cut
    assert sum(map(len, reading.tags.values())) < 600_000
