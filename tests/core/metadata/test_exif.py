from __future__ import annotations

import io
import json
import logging
import struct
import zlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fpcrawler.core.anatomy import Anatomy, Extent, Part
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.metadata.exif import ExifReading, read_exif
from fpcrawler.core.metadata.parts import Payloads
from fpcrawler.core.metadata.reader import locate
from tests.core.corpus import CORPUS, each, files
from tests.core.exif_oracle import UNDOCUMENTED, differences, undocumented

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.structure import Encoding

ROOT = Path(__file__).parents[3]
SEED_IMAGE = CORPUS / "seed" / "img_1771.jpg"
SEED_RECORD = json.loads((ROOT / "tests" / "seed_record.json").read_text())["first"]

MAKE, MODEL, ARTIST, EXIF_IFD, USER_COMMENT = 0x010F, 0x0110, 0x013B, 0x8769, 0x9286


def here(data: bytes, size: int | None = None) -> SparseFile:
    """Return a file of which the first bytes, ``data``, were received."""
    file = SparseFile(len(data) if size is None else size)
    file.add(0, data)
    return file


def read(data: bytes, size: int | None = None) -> ExifReading:
    """Read an image of which the first bytes were received."""
    file = here(data, size)
    return read_exif(Payloads(file), locate(file))


def read_parts(
    data: bytes, *parts: Part, needs: tuple[Extent, ...] = ()
) -> ExifReading:
    """Read the parts of any file."""
    return read_exif(
        Payloads(here(data)), Anatomy(format="png", metadata=parts, needs=needs)
    )


def read_block(data: bytes, size: int | None = None) -> ExifReading:
    """Read a TIFF file of which the first bytes were received."""
    file = here(data, size)
    return read_exif(
        Payloads(file), Anatomy(format="tiff", metadata=(part(0, file.size),))
    )


def tiff(*entries: tuple[int, int, int, bytes], order: str = "<") -> bytes:
    """Return a TIFF of one IFD: tag, type, count, four bytes each."""
    table = b"".join(
        struct.pack(order + "HHI", tag, kind, count) + value
        for tag, kind, count, value in entries
    )
    header = b"II*\0\x08\0\0\0" if order == "<" else b"MM\0*\0\0\0\x08"
    return header + struct.pack(order + "H", len(entries)) + table + bytes(4)


def at(offset: int) -> bytes:
    return struct.pack("<I", offset)


def part(first: int, length: int, *encodings: Encoding, name: str = "") -> Part:
    return Part("exif", (Extent(first, length),), encodings, name)


def photo(tags: dict[int, object], writer: str = "JPEG") -> bytes:
    """Return a picture as Pillow writes it, with the tags of its main IFD."""
    exif = Image.Exif()
    exif.update(tags)
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, writer, exif=exif)
    return file.getvalue()


XYZ, ABC = tiff((MAKE, 2, 4, b"XYZ\0")), tiff((MAKE, 2, 4, b"ABC\0"))


@pytest.mark.parametrize("writer", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_tag_is_read_from(writer: str) -> None:
    reading = read(photo({MAKE: "A maker"}, writer))

    assert reading.tags["Image Make"] == "A maker"
    assert not reading.is_damaged


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GIF89a" + bytes(600), id="GIF"),
        pytest.param(b"plain text", id="text"),
        pytest.param(photo({}), id="JPEG without tags"),
    ],
)
def test_a_file_without_exif_is_not_damaged(head: bytes) -> None:
    assert read(head) == ExifReading()


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(b"II*\0\x08\0\0\0", id="ends at its header"),
        pytest.param(b"II*\0", id="ends in its header"),
        pytest.param(b"not a block of tags", id="no byte order mark"),
        pytest.param(XYZ[:-10], id="ends in its only entry"),
    ],
)
def test_a_block_that_cannot_be_read_is_damaged(block: bytes) -> None:
    reading = read_parts(block, part(0, len(block)))

    assert reading == ExifReading(is_damaged=True)


@given(st.text(max_size=50), st.binary(max_size=50))
def test_any_value_can_be_written_as_json(text: str, raw: bytes) -> None:
    data = photo({MAKE: text.encode("utf-8", "replace"), ARTIST: raw})

    json.dumps(read(data).tags, ensure_ascii=False).encode()


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing(block: bytes) -> None:
    reading = read_parts(b"II*\0" + block, part(0, 4 + len(block)))

    assert not reading.needs


def test_the_reader_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    head = photo({MAKE: "A maker"})

    with caplog.at_level(logging.DEBUG):
        read(b"not a known image")
        read(head[:60])
        read(head)

    assert caplog.records == []


def test_the_segments_of_a_block_are_joined() -> None:
    block = tiff((MAKE, 2, 12, at(26))) + b"firstsecond\0"
    data = block[:31] + b"header" + block[31:]
    joined = Part("exif", (Extent(0, 31), Extent(37, len(block) - 31)))

    assert read_parts(data, joined).tags == {"Image Make": "firstsecond"}


def test_a_value_across_segments_is_requested_from_each() -> None:
    block = tiff((MAKE, 2, 12, at(26))) + b"firstsecond\0"
    parts = (Part("exif", (Extent(0, 31), Extent(40_000, len(block) - 31))),)
    file = here(block[:28], 50_000)

    reading = read_exif(Payloads(file), Anatomy(format="jpeg", metadata=parts))

    assert reading.needs == (Extent(28, 3), Extent(40_000, 7))


def test_of_several_blocks_the_first_wins_on_a_tag_that_two_have() -> None:
    other = tiff((MODEL, 2, 4, b"one\0"), (MAKE, 2, 4, b"ABC\0"))
    data = XYZ + other

    reading = read_parts(data, part(0, len(XYZ)), part(len(XYZ), len(other)))

    assert list(reading.tags.items()) == [
        ("Image Make", "XYZ"),
        ("Image Model", "one"),
    ]


def blocks(number: int) -> ExifReading:
    """Read so many blocks, each with a tag of its own."""
    tags = [tiff((0xC000 + n, 2, 2, b"A\0\0\0")) for n in range(number)]
    places = [part(n * len(tags[0]), len(tags[0])) for n in range(number)]
    return read_parts(b"".join(tags), *places)


def test_all_blocks_of_a_file_are_read() -> None:
    reading = blocks(12)

    assert len(reading.tags) == 12
    assert not reading.is_cut


def test_a_file_of_more_blocks_than_are_read_is_cut() -> None:
    assert blocks(500).is_cut


def test_while_a_block_is_missing_the_tags_of_the_next_ones_are_not_reported() -> None:
    parts = (part(40_000, len(XYZ)), part(0, len(ABC)))

    reading = read_exif(
        Payloads(here(ABC, 50_000)), Anatomy(format="png", metadata=parts)
    )

    assert reading == ExifReading(needs=(Extent(40_000, len(XYZ)),))


PROFILE = b"\nexif\n%8d\n%s\n" % (len(XYZ), XYZ.hex().encode())


@pytest.mark.parametrize(
    ("data", "encodings"),
    [
        pytest.param(zlib.compress(XYZ), ("deflate",), id="deflate"),
        pytest.param(brotli.compress(XYZ), ("brotli",), id="brotli"),
        pytest.param(PROFILE, ("raw-profile",), id="raw profile"),
        pytest.param(
            zlib.compress(PROFILE), ("deflate", "raw-profile"), id="zipped profile"
        ),
    ],
)
def test_an_encoded_block_is_read(data: bytes, encodings: tuple[Encoding, ...]) -> None:
    encoded = part(len(ABC), len(data), *encodings)

    assert read_parts(ABC + data, encoded).tags == {"Image Make": "XYZ"}
    # A plain block comes first, and may still be found.
    both = read_parts(ABC + data, encoded, part(0, len(ABC)))
    assert both.tags == {"Image Make": "ABC"}
    unfinished = read_parts(ABC + data, encoded, needs=(Extent(0, 9),))
    assert unfinished == ExifReading()


def test_an_encoded_block_names_no_place_in_the_file() -> None:
    data = zlib.compress(tiff((700, 1, 8, at(0))))

    assert read_parts(data, part(0, len(data), "deflate")).embedded == ()


@pytest.mark.parametrize(
    "opening",
    [b"", b"Exif\0\0", b"\0\0\0\6Exif\0\0", bytes(4)],
    ids=["nothing", "Exif", "HEIF's offset and Exif", "an offset of 0"],
)
def test_bytes_before_the_header_are_skipped(opening: bytes) -> None:
    data = b"?" * 77 + opening + XYZ
    reading = read_parts(data, part(77, len(opening + XYZ)))

    assert reading == ExifReading(tags={"Image Make": "XYZ"})


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("", {"Image Make": "XYZ"}),
        ("EXIF", {"EXIF Make": "XYZ"}),
        ("GPS", {"GPS Tag 0x010F": "XYZ"}),
    ],
)
def test_the_name_of_a_part_is_that_of_its_first_directory(
    name: str, tags: dict[str, str]
) -> None:
    assert read_parts(XYZ, part(0, len(XYZ), name=name)).tags == tags


def test_a_value_in_a_hole_is_requested_and_not_reported() -> None:
    data = tiff((MAKE, 2, 5, at(9_000)), (0x0112, 3, 1, b"\x01\0\0\0"))
    data = data.ljust(9_000, b"\0") + b"Maker" + bytes(995)

    reading = read_block(data[:100], len(data))

    assert reading.tags == {"Image Orientation": "Horizontal (normal)"}
    assert reading.needs == (Extent(9_000, 5),)


def test_all_values_of_an_ifd_are_requested_together() -> None:
    places = [5_000, 6_000, 50_000]
    tags = [MAKE, MODEL, ARTIST]
    data = tiff(*[(tag, 2, 9, at(p)) for tag, p in zip(tags, places, strict=True)])

    reading = read_block(data, 60_000)

    assert reading.needs == (Extent(5_000, 1_009), Extent(50_000, 9))


def test_an_ifd_in_a_hole_is_requested_with_the_bytes_around_it() -> None:
    data = b"II*\0" + at(50_000) + bytes(4)

    (need,) = read_block(data, 90_000).needs

    assert need.first < 50_000
    assert need.end > 50_000 + 2_000


def test_a_block_in_a_hole_is_requested() -> None:
    parts = (part(50_000, 9_000),)
    (need,) = read_exif(
        Payloads(here(b"", 90_000)), Anatomy(format="png", metadata=parts)
    ).needs

    assert need.first == 50_000


def test_neither_thumbnail_bytes_nor_maker_notes_are_requested() -> None:
    exif = tiff((0x927C, 7, 5_000, at(20_000)), (0x9000, 7, 4, b"0232"))[8:]
    image = tiff((EXIF_IFD, 4, 1, at(100)))
    first = image[:-4] + at(300)
    thumbnail = tiff((0x0201, 4, 1, at(40_000)), (0x0202, 4, 1, at(5_000)))[8:]
    data = (first.ljust(100, b"\0") + exif).ljust(300, b"\0") + thumbnail

    reading = read_block(data, 60_000)

    assert reading.needs == ()
    assert reading.thumbnails == (Extent(40_000, 5_000),)
    assert reading.tags["Thumbnail JPEGInterchangeFormat"] == "40000"
    assert reading.tags["EXIF ExifVersion"] == "0232"


def test_xmp_and_iptc_in_a_block_are_placed() -> None:
    block = tiff((700, 1, 5, at(50)), (0x83BB, 4, 2, at(60))).ljust(90, b"\0")
    data = b"?" * 10 + block

    reading = read_parts(data, part(10, len(block)))

    assert reading.embedded == (
        Part("xmp", (Extent(60, 5),)),
        Part("iptc", (Extent(70, 8),)),
    )


@pytest.mark.skipif(not SEED_IMAGE.exists(), reason="the corpus is missing")
def test_the_image_of_the_seed_gives_its_entries_in_order() -> None:
    size = SEED_IMAGE.stat().st_size

    reading = read(SEED_IMAGE.read_bytes()[:SAMPLE_BYTES], size)

    assert list(reading.tags.items()) == list(SEED_RECORD["exif"].items())
    assert len(reading.tags) == 48
    assert not reading.is_damaged
    assert reading.needs == ()


@each(files())
def test_the_first_bytes_of_a_real_file_give_texts(path: Path) -> None:
    size = path.stat().st_size

    tags = read(path.read_bytes()[:SAMPLE_BYTES], size).tags

    assert not [name for name in tags if "JPEGThumbnail" in name or "MakerNote" in name]
    json.dumps(tags, ensure_ascii=False).encode()


# Tags of 342 files that differ from exifread's, by the kind of difference.
DIFFERENT = {
    "BigTIFF": 235,
    "other block": 224,
    "beyond": 249,
    "header": 22,
    "sub-IFD": 48,
    "text": 11,
    "limit": 10,
    "type": 9,
}


@pytest.mark.skipif(not SEED_IMAGE.exists(), reason="the corpus is missing")
def test_whole_files_give_what_exifread_gives_but_for_documented_differences() -> None:
    kinds = Counter(
        kind
        for path in files()
        if (data := path.read_bytes())
        for kind in differences(data, read(data).tags).values()
    )

    assert UNDOCUMENTED not in kinds
    assert dict(kinds) == DIFFERENT


@each(files("metadata-*", "no-metadata", "seed"))
def test_a_whole_file_needs_nothing(path: Path) -> None:
    data = path.read_bytes()
    reading = read(data)

    assert reading.needs == ()
    assert not undocumented(data, reading.tags)
