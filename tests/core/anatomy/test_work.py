"""The work that a hostile container costs is bounded."""

from __future__ import annotations

import struct

import pytest

from fpcrawler.core.anatomy import read_anatomy
from fpcrawler.core.file.sparse import SparseFile
from tests.containers import (
    JPG_TIFF_EXIF,
    box,
    chunk,
    full,
    jp2,
    jpeg,
    jxl,
    picture,
    png,
    riff,
    segment,
    webp,
)
from tests.core.anatomy.test_exif_blocks import CANON


class CountingFile(SparseFile):
    """Counts how often bytes were read."""

    reads = 0

    def at(self, first: int, length: int) -> bytes:
        self.reads += 1
        return super().at(first, length)


def words(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}H", *numbers)


def block(number: int) -> bytes:
    return b"II*\0" + struct.pack("<I", number)


def gif(extension: bytes) -> bytes:
    before, image, after = picture("GIF").partition(b"\x2c")
    return before + extension + image + after


def canon(*boxes: bytes) -> bytes:
    return box(b"ftyp", b"crx \0\0\0\1crx isom") + box(b"moov", b"".join(boxes))


def heif(*boxes: bytes) -> bytes:
    pitm = full(b"pitm", words(1))
    return box(b"ftyp", b"heic\0\0\0\0") + full(b"meta", pitm + b"".join(boxes))


EMPTY = box(b"free", b"") * 1_990
ASSOCIATIONS = b"".join(words(n) + b"\xff" + b"\1" * 255 for n in range(1_000))
SLOWEST = "chunks of a picture"
HOSTILE = {
    "boxes of tracks": canon(*[box(b"trak", EMPTY)] * 15),
    "boxes of Canon's": canon(*[box(b"uuid", CANON + EMPTY)] * 15),
    "boxes of headers": jp2(*[box(b"jp2h", EMPTY)] * 15),
    "blocks of JPEG 2000": jp2(
        *(box(b"uuid", JPG_TIFF_EXIF + block(n)) for n in range(1_990))
    ),
    "sub-blocks of a comment": gif(b"\x21\xfe" + b"\1a" * 49_000 + b"\0"),
    "sub-blocks of XMP": gif(b"\x21\xff\x0bXMP DataXMP" + b"\1a" * 49_000 + b"\0"),
    "comments": gif(b"\x21\xfe\1a\0" * 4_900),
    "empty texts": png(chunk(b"tEXt", b"") * 15_000),
    SLOWEST: png(chunk(b"IDAT", b"") * 19_000),
    "blocks of PNG": png(*(chunk(b"eXIf", block(n)) for n in range(8_000))),
    "segments": jpeg(segment(0xE7, b"") * 4_900),
    "blocks of JPEG": jpeg(
        *(segment(0xE1, b"Exif\0\0" + block(n)) for n in range(4_900))
    ),
    "packets": jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<a/>") * 4_900),
    "chunks of WebP": webp(*[riff(b"EXIF", b"")] * 4_900),
    "boxes of JPEG XL": jxl(*(box(b"brob", b"xml " + words(n)) for n in range(1_990))),
    "associations": heif(
        box(b"iprp", full(b"ipma", struct.pack(">I", 1_000) + ASSOCIATIONS))
    ),
    "references": heif(
        full(b"iref", box(b"dimg", words(1, 8_000, *range(8_000))) * 30)
    ),
    "extents": heif(
        full(b"iloc", b"\x44\0" + words(1, 1, 0, 8_000) + bytes(8 * 8_000))
    ),
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.untraced if name == SLOWEST else ())
        for name in HOSTILE
    ],
)
def test_a_walk_has_a_limit_and_says_that_it_was_reached(name: str) -> None:
    file = CountingFile(len(HOSTILE[name]))
    file.add(0, HOSTILE[name])
    anatomy = read_anatomy(file, has_picture=True)

    assert anatomy.is_given_up
    assert file.reads < 20_000
    assert len(anatomy.metadata) <= 512
