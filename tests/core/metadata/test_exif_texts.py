from __future__ import annotations

import base64

import pytest

from tests.core.metadata.test_exif import at, read_block, tiff
from tests.core.metadata.test_exif_block import GPS_IFD

ASCII, UNDEFINED, BYTE, UTF_8 = 2, 7, 1, 129
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(1, 256))


def printed(tag: int, type_: int, raw: bytes, *, in_gps: bool = False) -> str:
    """Return the only value of a block, as it is printed."""
    first = 26 if not in_gps else 62
    entry = (tag, type_, len(raw), at(first) if len(raw) > 4 else raw.ljust(4, b"\0"))
    block = tiff(entry)[:26]
    if in_gps:
        block = tiff((GPS_IFD, 4, 1, at(44))).ljust(44, b"\0") + tiff(entry)[8:26]
    tags = read_block(block + raw + bytes(4)).tags
    return next(value for name, value in tags.items() if name != "Image GPSInfo")


def utf_16(text: str) -> bytes:
    return text.encode("utf-16-le") + b"\0\0"


@pytest.mark.parametrize(
    ("tag", "type_", "raw", "text"),
    [
        pytest.param(0x9C9B, BYTE, utf_16("Häfen"), "Häfen", id="XPTitle"),
        pytest.param(0x9C9C, UNDEFINED, utf_16("港" * 999), "港" * 999, id="XPComment"),
        pytest.param(0x9C9D, BYTE, utf_16("Øyvind"), "Øyvind", id="XPAuthor"),
        pytest.param(0x9C9E, BYTE, b"", "", id="XPKeywords of nothing"),
        pytest.param(0x010E, ASCII, b"Jos\xe9 Mu\xf1oz\0", "José Muñoz", id="Latin-1"),
        pytest.param(0x010E, ASCII, b"5 \x80 each\0", "5 € each", id="Windows-1252"),
        pytest.param(0x010E, ASCII, "5 € each".encode(), "5 € each", id="UTF-8"),
        pytest.param(
            0x010E, ASCII, b"\x10\xff\x12\x95", "b'\\x10\\xff\\x12\\x95'", id="bytes"
        ),
        pytest.param(0x010E, UNDEFINED, b"by the sea\0", "by the sea", id="undefined"),
        pytest.param(0x013B, BYTE, b"Jos\xe9 M.", "José M.", id="text of type byte"),
        pytest.param(0x013B, BYTE, b"\1\2\3\4\5", "[1, 2, 3, 4, 5]", id="no text"),
        pytest.param(0x013B, UTF_8, "港の夕方\0".encode(), "港の夕方", id="Exif 3.0"),
        pytest.param(0xC000, UTF_8, "港".encode(), "港", id="UTF-8 of any tag"),
        pytest.param(0x8298, ASCII, b"Ann\0\0\0", "Ann", id="photographer"),
        pytest.param(0x8298, ASCII, b" \0John Editor\0", "John Editor", id="editor"),
        pytest.param(0x8298, ASCII, b"\x1c\0Bob\0", "\x1c\nBob", id="no space"),
        pytest.param(
            0x8298, ASCII, b"Ann\0Bob\0", "Ann\nBob", id="photographer, editor"
        ),
        pytest.param(
            0x8298, ASCII, b"Ann\0\x03\x04\x05\0", "Ann", id="garbage after NUL"
        ),
        pytest.param(0x8298, ASCII, b"Ann\0Bo", "Ann", id="editor without an end"),
        pytest.param(0x010E, ASCII, b"x" * 70_000, "x" * 65_536 + "…", id="too long"),
    ],
)
def test_a_text_is_whole(tag: int, type_: int, raw: bytes, text: str) -> None:
    assert printed(tag, type_, raw) == text


@pytest.mark.parametrize(
    ("tag", "type_", "raw"),
    [
        pytest.param(0x010E, ASCII, base64.b64encode(PICTURE), id="base64"),
        pytest.param(0x010E, ASCII, PICTURE.hex().encode(), id="hexadecimal"),
        pytest.param(0x010E, ASCII, PICTURE, id="bytes"),
        pytest.param(0x010E, UNDEFINED, base64.b64encode(PICTURE), id="undefined"),
        pytest.param(
            0x9C9C, BYTE, utf_16(base64.b64encode(PICTURE).decode()), id="UTF-16"
        ),
    ],
)
def test_a_picture_is_its_kind_and_length(tag: int, type_: int, raw: bytes) -> None:
    assert printed(tag, type_, raw) == f"(JPEG, {len(PICTURE)} bytes)"


@pytest.mark.parametrize("tag", [0x1B, 0x1C])
@pytest.mark.parametrize(
    ("type_", "raw", "text"),
    [
        pytest.param(UNDEFINED, b"ASCII\0\0\0NETWORK\0", "NETWORK", id="ASCII"),
        pytest.param(UNDEFINED, b"UNICODE\0" + utf_16("Häfen"), "Häfen", id="Unicode"),
        pytest.param(UNDEFINED, bytes(8) + b"fused", "fused", id="undefined code"),
        pytest.param(UNDEFINED, b"CELLID", "CELLID", id="no code"),
        pytest.param(
            UNDEFINED,
            bytes(8) + b"\1\2",
            "[0, 0, 0, 0, 0, 0, 0, 0, 1, 2]",
            id="numbers",
        ),
        pytest.param(ASCII, b"ASCII\0\0\0GPS\0", "GPS", id="type ASCII"),
        pytest.param(ASCII, b"GPS \0", "GPS ", id="type ASCII, no code"),
    ],
)
def test_a_text_of_gps_is_decoded_by_its_code(
    tag: int, type_: int, raw: bytes, text: str
) -> None:
    assert printed(tag, type_, raw, in_gps=True) == text


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        (0xA436, "ImageTitle"),
        (0xA437, "Photographer"),
        (0xA438, "ImageEditor"),
        (0xA439, "CameraFirmware"),
        (0xA43A, "RAWDevelopingSoftware"),
        (0xA43B, "ImageEditingSoftware"),
        (0xA43C, "MetadataEditingSoftware"),
    ],
)
@pytest.mark.parametrize("type_", [ASCII, UTF_8])
def test_a_tag_of_exif_3_has_its_name(tag: int, name: str, type_: int) -> None:
    assert read_block(tiff((tag, type_, 3, b"abc\0"))).tags == {f"Image {name}": "abc"}
