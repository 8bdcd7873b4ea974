"""Files that end too early, and metadata outside the places of the specification."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.metadata.reader import ALL_KINDS
from tests.containers import (
    JPG_TIFF_EXIF,
    WITH_EXIF,
    box,
    chunk,
    cr3,
    exif_item,
    full,
    heif,
    jp2,
    jxl,
    picture,
    png,
    riff,
    webp,
)
from tests.core.readings import metadata_of
from tests.tiffs import ASCII, tiff

if TYPE_CHECKING:
    from fpcrawler.core.metadata.reader import Metadata

BLOCK = tiff((0x010F, ASCII, b"Acme\0"), (0x0131, ASCII, b"software one\0"))
TAGS = {"Image Make": "Acme", "Image Software": "software one"}
CODED = b"x" * 8_192
LARGE_WEBP = riff(b"VP8 ", picture("WEBP")[20:] + CODED * 40)


def read(data: bytes, size: int | None = None) -> Metadata:
    """Read the sample, then what is requested, of a file of ``size`` bytes."""
    file = SparseFile(size or len(data))
    file.add(0, data[:SAMPLE_BYTES])
    for _ in range(9):
        metadata = metadata_of(file, ALL_KINDS)
        for need in metadata.needs:
            file.add(need.first, data[need.first : need.end])
    return metadata


def statuses(metadata: Metadata) -> set[str]:
    status = metadata.status
    return {status["exif"], status["xmp"], status["iptc"]}


WHOLE = {
    **{ending: build(BLOCK) for ending, build in WITH_EXIF.items()},
    "cr3": cr3(CMT1=BLOCK),
    "far.webp": webp(LARGE_WEBP, riff(b"EXIF", BLOCK)),
    "far.jxl": jxl(box(b"free", CODED * 9), box(b"Exif", exif_item(BLOCK))),
    "far.jp2": jp2(box(b"free", CODED * 9), box(b"uuid", JPG_TIFF_EXIF + BLOCK)),
}
PLAIN = [name for name, data in WHOLE.items() if BLOCK in data and name != "tif"]


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("within", [1, 5, 40, len(BLOCK) - 1])
def test_a_file_that_is_cut_within_its_exif_block_is_damaged(
    name: str, within: int
) -> None:
    data = WHOLE[name]
    end = data.index(BLOCK) + within

    assert read(data).exif == TAGS
    assert read(data[:end]).status["exif"] == "damaged"
    assert read(data, size=end).status["exif"] == "damaged"


@pytest.mark.parametrize(
    ("data", "before"),
    [
        (webp(riff(b"EXIF", BLOCK)), 8),
        (webp(riff(b"EXIF", BLOCK)), 1),
        (jxl(box(b"Exif", exif_item(BLOCK))), 6),
        (jxl(box(b"Exif", exif_item(BLOCK))), 1),
        (jp2(box(b"uuid", JPG_TIFF_EXIF + BLOCK)), 20),
        (jp2(box(b"uuid", JPG_TIFF_EXIF + BLOCK)), 1),
        (heif(exif_item(BLOCK)), 900),
        (heif(exif_item(BLOCK)), 1),
        (cr3(CMT1=BLOCK), 50),
        (cr3(CMT1=BLOCK), 1),
    ],
)
def test_a_file_that_is_cut_before_its_exif_block_is_damaged(
    data: bytes, before: int
) -> None:
    metadata = read(data[: data.index(BLOCK) - before])

    assert not metadata.exif
    assert statuses(metadata) == {"damaged"}


def test_a_heif_file_that_is_cut_after_its_items_is_complete() -> None:
    data = heif(exif_item(BLOCK)) + box(b"free", CODED)

    assert statuses(read(data[:-100])) == {"complete"}


def test_an_end_of_zeros_is_not_a_cut_box() -> None:
    assert statuses(read(jp2(box(b"uuid", JPG_TIFF_EXIF + BLOCK)) + bytes(5))) == {
        "complete"
    }


def item(method: int, first: int, *, idat: bytes | None = BLOCK) -> bytes:
    """Build a HEIF file of one Exif item of 40 bytes."""
    info = full(b"infe", struct.pack(">HH", 1, 0) + b"Exif\0", 2)
    place = struct.pack(">HHHHII", 1, method, 0, 1, first, 40)
    meta = full(b"iinf", struct.pack(">H", 1) + info)
    meta += full(b"iloc", b"\x44\0" + struct.pack(">H", 1) + place, 1)
    meta += box(b"idat", idat) if idat is not None else b""
    return box(b"ftyp", b"heic" + bytes(4)) + full(b"meta", meta)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (item(0, 9_999), "damaged"),
        (item(1, 0, idat=None), "damaged"),
        (item(1, 9_999), "damaged"),
        (item(1, len(BLOCK) - 39), "damaged"),
        (item(1, 0).replace(b"iloc", b"free"), "damaged"),
        (item(2, 0), "incomplete"),
    ],
)
def test_an_exif_item_that_cannot_be_located_is_not_complete(
    data: bytes, status: str
) -> None:
    assert statuses(read(data)) == {status}


def with_length(data: bytes, length: int) -> bytes:
    return data[:4] + struct.pack("<I", length) + data[8:]


def without_padding(*chunks: bytes) -> bytes:
    """Build a WebP whose picture has an odd length and no padding after it."""
    coded = picture("WEBP")[20:] + CODED
    coded += b"x" * (1 - len(coded) % 2)
    odd = b"VP8 " + struct.pack("<I", len(coded)) + coded
    return riff(b"RIFF", b"WEBP" + odd + b"".join(chunks))


NEAR = webp(riff(b"EXIF", BLOCK))
FAR = WHOLE["far.webp"]
TAIL = png() + chunk(b"eXIf", BLOCK)
LONG = picture("PNG")[:33] + chunk(b"IDAT", CODED) * 50 + chunk(b"IEND", b"")
ANIMATED = picture("PNG")[:33] + chunk(b"acTL", struct.pack(">II", 4, 0))
FRAMES = (chunk(b"fcTL", bytes(26)) + chunk(b"fdAT", CODED * 4)) * 9
BETWEEN = [chunk(b"IDAT", CODED * 4), chunk(b"eXIf", BLOCK), FRAMES, LONG[-12:]]


@pytest.mark.parametrize(
    "data",
    [
        with_length(NEAR, 0),
        with_length(NEAR, NEAR.index(b"EXIF") - 8),
        with_length(NEAR, len(NEAR)),
        with_length(FAR, 0),
        with_length(FAR, FAR.index(b"EXIF") - 8),
        FAR + b"not a chunk" * 3_000,
        without_padding(riff(b"EXIF", BLOCK)),
        without_padding(riff(b"XMP ", b"<x/>"), riff(b"EXIF", BLOCK)),
        png(chunk(b"exIf", BLOCK)),
        TAIL,
        TAIL + b"not a chunk" * 9,
        LONG + chunk(b"eXIf", BLOCK),
        LONG + chunk(b"tEXt", b"a\0" + CODED * 3) + chunk(b"eXIf", BLOCK),
    ],
)
def test_exif_outside_of_its_specified_place_is_read(data: bytes) -> None:
    metadata = read(data)

    assert metadata.exif == TAGS
    assert (metadata.width, metadata.height) == (64, 48)
    assert metadata.status["exif"] == "complete"


def test_exif_before_the_second_frame_of_a_png_is_read() -> None:
    metadata = read(ANIMATED + b"".join(BETWEEN))

    assert metadata.exif == TAGS
    assert metadata.status["exif"] == "incomplete"  # there may be more between frames


def test_the_chunks_of_another_png_are_not_read() -> None:
    assert not read(png() + TAIL).exif


def test_a_webp_that_is_shorter_than_it_states_by_a_chunk_is_damaged() -> None:
    assert statuses(read(NEAR[: NEAR.index(b"EXIF")])) == {"damaged"}


def test_what_is_cut_after_the_metadata_is_not_damage() -> None:
    data = WITH_EXIF["jpg"](BLOCK)[:-50]

    assert statuses(read(data)) == {"complete"}
