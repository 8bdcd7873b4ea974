from __future__ import annotations

import io
import json
import logging
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fpcrawler.core.anatomy import Extent
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.metadata.exif import (
    ExifReading,
    read_exif_payload,
    read_tiff_block,
    read_with_exifread,
)
from fpcrawler.core.metadata.exif_header import MAX_CHARS, MAX_VALUE_CHARS
from tests.core.corpus import CORPUS, each, exifread_of, files

ROOT = Path(__file__).parents[3]
SEED_IMAGE = CORPUS / "seed" / "img_1771.jpg"
SEED_RECORD = json.loads((ROOT / "tests" / "seed_record.json").read_text())["first"]

MAKE, ARTIST, EXIF_IFD, USER_COMMENT = 0x010F, 0x013B, 0x8769, 0x9286


def here(data: bytes, size: int | None = None) -> SparseFile:
    """Return a file of which the first bytes, ``data``, were received."""
    file = SparseFile(len(data) if size is None else size)
    file.add(0, data)
    return file


def photo(tags: dict[int, object], writer: str = "JPEG") -> bytes:
    """Return a picture as Pillow writes it, with the tags of its main IFD."""
    exif = Image.Exif()
    exif.update(tags)
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, writer, exif=exif)
    return file.getvalue()


# WebP is left out. Pillow writes its EXIF chunk as RFC 9649 section 2.7.1.5 says,
# without "Exif\0\0". exifread 3.5.1 skips six bytes anyway and finds no tags.
@pytest.mark.parametrize("writer", ["JPEG", "PNG", "TIFF"])
def test_a_tag_is_read_from(writer: str) -> None:
    head = photo({MAKE: "A maker"}, writer)

    reading = read_with_exifread(here(head))

    assert reading.tags["Image Make"] == "A maker"
    assert not reading.is_damaged


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GIF89a" + bytes(600), id="GIF"),
        pytest.param(b"plain text", id="text"),
        pytest.param(photo({}), id="JPEG without tags"),
        pytest.param(b"II*\x00\x08\x00\x00\x00", id="TIFF that ends at its header"),
    ],
)
def test_a_file_without_tags_is_not_an_error(head: bytes) -> None:
    assert read_with_exifread(here(head)) == ExifReading()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"\xff\xd8\xff\xe1", id="JPEG cut off in APP1"),
        pytest.param(b"\x00\x00\x00\x18ftypheic", id="HEIC cut off in its first box"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\x10eXIf", id="PNG cut off in eXIf"
        ),
    ],
)
def test_a_file_that_ends_inside_a_structure_is_damaged(head: bytes) -> None:
    assert read_with_exifread(here(head)) == ExifReading(is_damaged=True)


def test_a_long_text_is_cut() -> None:
    tags = read_with_exifread(here(photo({ARTIST: "x" * 9_000}))).tags

    assert len(tags["Image Artist"]) == MAX_VALUE_CHARS


def test_bytes_of_a_tag_are_bounded() -> None:
    raw = bytes(range(256)) * 30
    tags = read_with_exifread(here(photo({EXIF_IFD: {USER_COMMENT: raw}}))).tags

    assert all(len(value) <= MAX_VALUE_CHARS for value in tags.values())


@given(st.text(max_size=50), st.binary(max_size=50))
def test_any_value_can_be_written_as_json(text: str, raw: bytes) -> None:
    data = photo({MAKE: text.encode("utf-8", "replace"), ARTIST: raw})

    json.dumps(read_with_exifread(here(data)).tags, ensure_ascii=False).encode()


@given(st.binary(max_size=200))
def test_any_bytes_give_tags_or_an_error(head: bytes) -> None:
    reading = read_with_exifread(here(b"\xff\xd8\xff\xe1" + head))

    assert not reading.needs


def test_the_reader_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    head = photo({MAKE: "A maker"})

    with caplog.at_level(logging.DEBUG):
        read_with_exifread(here(b"not a known image"))
        read_with_exifread(here(head[:60]))

    assert caplog.records == []


@pytest.mark.skipif(not SEED_IMAGE.exists(), reason="the corpus is missing")
def test_the_image_of_the_seed_gives_its_entries_in_order() -> None:
    size = SEED_IMAGE.stat().st_size

    reading = read_with_exifread(here(SEED_IMAGE.read_bytes()[:SAMPLE_BYTES], size))

    assert list(reading.tags.items()) == list(SEED_RECORD["exif"].items())
    assert len(reading.tags) == 48
    assert not reading.is_damaged
    assert reading.needs == ()


@each(files())
def test_the_first_bytes_of_a_real_file_give_bounded_texts_or_an_error(
    path: Path,
) -> None:
    size = path.stat().st_size

    tags = read_with_exifread(here(path.read_bytes()[:SAMPLE_BYTES], size)).tags

    assert not [name for name in tags if "JPEGThumbnail" in name or "MakerNote" in name]
    assert all(len(value) <= MAX_VALUE_CHARS for value in tags.values())
    json.dumps(tags, ensure_ascii=False).encode()


ENDLESS_META = bytes.fromhex(
    "00000018 66747970 6d696631 00000000 6d696631 68656963"  # ftyp
    "0000020c 6d657461 00000000"  # meta
    "00000001 66726565 00000000 00000000"  # a box of 64-bit size 0
)


@pytest.mark.parametrize(
    "head", [pytest.param(ENDLESS_META + bytes(9_000), id="ISO 14496-12 4.2 size 0")]
)
def test_an_endless_loop_of_the_reader_is_stopped(head: bytes) -> None:
    assert read_with_exifread(here(head)) == ExifReading(is_damaged=True)


def tiff(*entries: tuple[int, int, int, bytes]) -> bytes:
    """Return a little-endian TIFF of one IFD: tag, type, count, four bytes each."""
    table = b"".join(
        struct.pack("<HHI", tag, kind, count) + value
        for tag, kind, count, value in entries
    )
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + table + bytes(4)


def at(offset: int) -> bytes:
    return struct.pack("<I", offset)


def test_a_value_in_a_hole_is_requested_and_not_reported() -> None:
    data = tiff((MAKE, 2, 5, at(9_000)), (0x0112, 3, 1, b"\x01\0\0\0"))
    data = data.ljust(9_000, b"\0") + b"Maker" + bytes(995)

    reading = read_with_exifread(here(data[:100], len(data)))

    assert reading.tags == {"Image Orientation": "Horizontal (normal)"}
    assert reading.needs == (Extent(9_000, 5),)


def test_all_values_of_an_ifd_are_requested_together() -> None:
    places = [5_000, 6_000, 50_000]
    tags = [MAKE, 0x0110, ARTIST]
    data = tiff(*[(tag, 2, 9, at(p)) for tag, p in zip(tags, places, strict=True)])

    reading = read_with_exifread(here(data, 60_000))

    assert reading.needs == (Extent(5_000, 1_009), Extent(50_000, 9))


def test_a_value_beyond_the_end_of_the_file_is_left_out() -> None:
    data = tiff((MAKE, 2, 9, at(5_000)), (0x0110, 2, 4, b"XYZ\0"))

    assert read_with_exifread(here(data)) == ExifReading(tags={"Image Model": "XYZ"})


def test_a_repeated_tag_is_not_reported_while_the_last_one_is_missing() -> None:
    data = tiff((MAKE, 2, 4, b"XYZ\0"), (MAKE, 2, 9, at(5_000)))

    assert read_with_exifread(here(data, 6_000)).tags == {}


def test_an_ifd_in_a_hole_is_requested_with_the_bytes_around_it() -> None:
    data = b"II*\0" + at(50_000) + bytes(4)

    (need,) = read_with_exifread(here(data, 90_000)).needs

    assert need.first < 50_000
    assert need.end > 50_000 + 2_000


def test_neither_thumbnail_bytes_nor_maker_notes_are_requested() -> None:
    exif = tiff((0x927C, 7, 5_000, at(20_000)), (0x9000, 7, 4, b"0232"))[8:]
    image = tiff((EXIF_IFD, 4, 1, at(100)))
    first = image[:-4] + at(300)
    thumbnail = tiff((0x0201, 4, 1, at(40_000)), (0x0202, 4, 1, at(5_000)))[8:]
    data = (first.ljust(100, b"\0") + exif).ljust(300, b"\0") + thumbnail

    reading = read_with_exifread(here(data, 60_000))

    assert reading.needs == ()
    assert reading.tags["Thumbnail JPEGInterchangeFormat"] == "40000"
    assert reading.tags["EXIF ExifVersion"] == "0232"


def test_a_table_of_numbers_that_is_not_printed_is_not_requested() -> None:
    data = tiff((0x0111, 4, 5_000, at(20_000)))

    reading = read_with_exifread(here(data, 60_000))

    assert reading == ExifReading(tags={"Image StripOffsets": "[]"})


@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
def test_a_block_is_read_at_any_offset(prefix: bytes) -> None:
    data = prefix + tiff((MAKE, 2, 4, b"XYZ\0"))
    file = here(b"?" * 77 + data)

    assert read_tiff_block(file, 77).tags == {"Image Make": "XYZ"}
    assert read_exif_payload(data).tags == {"Image Make": "XYZ"}


def test_a_block_in_a_hole_is_requested() -> None:
    (need,) = read_tiff_block(here(b"", 90_000), 50_000).needs

    assert need.first == 50_000


@pytest.mark.parametrize("payload", [b"", b"Exif\0\0", b"II*", b"JPEG", b"MM\0*"])
def test_an_invalid_block_has_no_tags(payload: bytes) -> None:
    assert read_exif_payload(payload).tags == {}


def test_an_ifd_that_follows_itself_is_read_once() -> None:
    data = tiff((MAKE, 2, 4, b"XYZ\0"))[:-4] + at(8)

    assert read_exif_payload(data).tags == {"Image Make": "XYZ"}


def test_a_value_that_cannot_be_printed_does_not_hide_the_others() -> None:
    # exifread looks up a rational in a table of numbers: str + Ratio.
    data = tiff((0x8827, 12, 0, at(0)), (0x9102, 5, 0, at(0)), (MAKE, 2, 4, b"XYZ\0"))

    assert read_exif_payload(data).tags["Image Make"] == "XYZ"


def test_the_texts_of_a_file_are_limited() -> None:
    entries = [(0xC000 + i, 2, 9_000, at(20_000)) for i in range(1_000)]
    data = tiff(*entries).ljust(20_000, b"\0") + b"x" * 9_000

    reading = read_exif_payload(data)

    assert reading.is_damaged
    assert sum(map(len, reading.tags.values())) < MAX_CHARS + 2 * MAX_VALUE_CHARS


def test_the_user_comment_is_a_text() -> None:
    data = photo({EXIF_IFD: {USER_COMMENT: b"ASCII\0\0\0by the harbour\0\0"}})

    assert read_with_exifread(here(data)).user_comment == "by the harbour"


@each(files("metadata-*", "no-metadata", "seed"))
def test_a_whole_file_gives_what_exifread_gives(path: Path) -> None:
    data = path.read_bytes()

    reading = read_with_exifread(here(data))

    assert list(reading.tags.items()) == list(exifread_of(data).items())
    assert reading.needs == ()
