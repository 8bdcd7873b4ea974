"""EXIF blocks in every container that can hold them, one or several."""

from __future__ import annotations

import io
import struct
import zlib

import brotli
import pytest
from PIL import Image

from fpcrawler.core.anatomy import Anatomy, Part, payload, read_anatomy
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.reader import EXIF_ONLY
from tests.core.anatomy.test_anatomy import (
    NOISE,
    VP8,
    XMP,
    box,
    chunk,
    fed,
    full,
    jpeg,
    jxl,
    png,
    resource,
    riff,
    segment,
    tiff,
    webp,
    whole,
)

FIRST, SECOND = tiff(model=b"the first block\0"), tiff(">", model=b"the second one\0")
EXIF = b"Exif\0\0"
JP2_EXIF = b"JpgTiffExif->JP2"
PHOTOSHOP_EXIF = bytes.fromhex("0537cdab9d0c4431a72afa561f2a113e")
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


def app1(block: bytes, header: bytes = EXIF) -> bytes:
    return segment(0xE1, header + block)


def profile(block: bytes, name: bytes = b"exif") -> bytes:
    return b"\n%s\n%8d\n%s\n" % (name, len(block), block.hex().encode())


def psd(*resources: bytes) -> bytes:
    joined = b"".join(resources)
    header = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 480, 640, 8, 3)
    lengths = struct.pack(">I", 0), struct.pack(">I", len(joined))
    return header + b"".join(lengths) + joined + bytes(4) + NOISE[:100]


def jp2(*boxes: bytes) -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(picture, "jpeg2000")
    return picture.getvalue() + b"".join(boxes)


def uuid(identity: bytes, data: bytes) -> bytes:
    return box(b"uuid", identity + data)


def heif(*items: bytes, brand: bytes = b"avif") -> bytes:
    """Build a file of Exif items, whose data are in its idat box."""
    infos = [struct.pack(">HH", n, 0) + b"Exif\0" for n in range(1, len(items) + 1)]
    iinf = struct.pack(">H", len(items)) + b"".join(full(b"infe", i, 2) for i in infos)
    places, at = b"", 0
    for number, item in enumerate(items, 1):
        places += struct.pack(">HHHHII", number, 1, 0, 1, at, len(item))
        at += len(item)
    iloc = b"\x44\x00" + struct.pack(">H", len(items)) + places
    meta = full(b"iinf", iinf) + full(b"iloc", iloc, 1) + box(b"idat", b"".join(items))
    return box(b"ftyp", brand + bytes(4)) + full(b"meta", meta)


def cr3(*, after: bytes = b"") -> bytes:
    """Build Canon's boxes: IFD0, Exif, maker note, GPS; then XMP and a preview."""
    blocks = [
        box(b"CMT%d" % number, tiff(model=b"block %d\0" % number))
        for number in range(1, 5)
    ]
    canon = uuid(CANON, box(b"CNCV", b"CanonCR3") + b"".join(blocks))
    opening = box(b"ftyp", b"crx \0\0\0\1crx isom")
    return opening + box(b"moov", canon) + after + box(b"mdat", NOISE[:30_000])


def offset(block: bytes, value: int = 0) -> bytes:
    return struct.pack(">I", value) + block


ONE = {
    "JPEG": jpeg(app1(FIRST)),
    "JPEG with a sixth byte of 0xFF": jpeg(app1(FIRST, b"Exif\0\xff")),
    "JPEG with four bytes before": jpeg(app1(FIRST, b"\xff\xe1\0\x40Exif\0\0")),
    "JPEG over two segments": jpeg(app1(FIRST[:40]), app1(FIRST[40:])),
    "JPEG over four segments": jpeg(
        *(app1(FIRST[at : at + 14]) for at in range(0, len(FIRST), 14))
    ),
    "JPEG with a segment between": jpeg(
        app1(FIRST[:40]), segment(0xE2, b"other\0"), app1(FIRST[40:])
    ),
    "PNG": png(before=chunk(b"eXIf", FIRST)),
    "PNG with a header": png(before=chunk(b"eXIf", EXIF + FIRST)),
    "PNG, compressed": png(
        after=chunk(b"zXIf", b"\0" + offset(zlib.compress(FIRST), len(FIRST)))
    ),
    "PNG profile": png(
        before=chunk(b"tEXt", b"Raw profile type exif\0" + profile(EXIF + FIRST))
    ),
    "PNG profile, compressed": png(
        after=chunk(
            b"zTXt",
            b"Raw profile type exif\0\0" + zlib.compress(profile(EXIF + FIRST)),
        )
    ),
    "PNG profile of a segment": png(
        before=chunk(
            b"iTXt",
            b"Raw profile type APP1\0\1\0\0\0"
            + zlib.compress(profile(EXIF + FIRST, b"generic profile")),
        )
    ),
    "WebP": webp(VP8, riff(b"EXIF", FIRST)),
    "WebP with a header": webp(VP8, riff(b"EXIF", EXIF + FIRST)),
    "AVIF": heif(offset(FIRST)),
    "AVIF with a header": heif(offset(EXIF + FIRST, 6)),
    "AVIF with a far block": heif(offset(bytes(200) + FIRST, 200)),
    "AVIF without an offset": heif(FIRST),
    "AVIF with a header alone": heif(EXIF + FIRST),
    "HEIC without an offset": heif(FIRST, brand=b"heic"),
    "JPEG XL": jxl(box(b"Exif", offset(FIRST))),
    "JPEG XL with a header": jxl(box(b"Exif", offset(EXIF + FIRST, 6))),
    "JPEG XL with a far block": jxl(box(b"Exif", offset(bytes(90) + FIRST, 90))),
    "JPEG XL without an offset": jxl(box(b"Exif", FIRST)),
    "JPEG 2000": jp2(uuid(JP2_EXIF, FIRST)),
    "JPEG 2000 with a header": jp2(uuid(JP2_EXIF, EXIF + FIRST)),
    "JPEG 2000 by Photoshop": jp2(uuid(PHOTOSHOP_EXIF, FIRST)),
    "PSD": psd(resource(0x0422, FIRST)),
    "PSD, third version": psd(resource(0x0423, FIRST)),
}

TWO = {
    "JPEG": jpeg(app1(FIRST), app1(SECOND)),
    "JPEG over two segments each": jpeg(
        app1(FIRST[:40]), app1(FIRST[40:]), app1(SECOND[:40]), app1(SECOND[40:])
    ),
    "PNG": png(before=chunk(b"eXIf", FIRST), after=chunk(b"eXIf", SECOND)),
    "WebP": webp(VP8, riff(b"EXIF", FIRST), riff(b"EXIF", SECOND)),
    "AVIF": heif(offset(FIRST), SECOND),
    "JPEG XL": jxl(box(b"Exif", offset(FIRST)), box(b"Exif", offset(SECOND))),
    "JPEG 2000": jp2(uuid(JP2_EXIF, FIRST), uuid(PHOTOSHOP_EXIF, SECOND)),
    "PSD": psd(resource(0x0422, FIRST), resource(0x0423, SECOND)),
}


def blocks(data: bytes) -> list[bytes]:
    """Return the EXIF blocks, from the bytes that are requested, in order."""
    _, anatomy, _ = fed(data)
    assert anatomy == read_anatomy(whole(data))
    return [payload(whole(data), part).data for part in exif_parts(anatomy)]


def exif_parts(anatomy: Anatomy) -> list[Part]:
    return [part for part in anatomy.metadata if part.kind == "exif"]


@pytest.mark.parametrize("name", ONE)
def test_an_exif_block_is_found(name: str) -> None:
    assert blocks(ONE[name]) == [FIRST]


@pytest.mark.parametrize("name", TWO)
def test_several_blocks_of_a_file_are_several_parts_in_its_order(name: str) -> None:
    assert blocks(TWO[name]) == [FIRST, SECOND]


def test_a_plain_block_comes_before_an_encoded_one() -> None:
    text = b"Raw profile type exif\0" + profile(EXIF + FIRST)
    data = png(before=chunk(b"tEXt", text) + chunk(b"eXIf", SECOND))

    assert blocks(data) == [SECOND, FIRST]


def test_a_value_that_begins_like_a_byte_order_does_not_begin_a_block() -> None:
    block = tiff(model=b"MM is not a header, II neither\0")
    at = block.index(b"MM is")

    assert blocks(jpeg(app1(block[:at]), app1(block[at:]))) == [block]


def test_pillow_joins_the_same_segments() -> None:
    picture = io.BytesIO()
    Image.new("L", (8, 8)).save(picture, "jpeg")
    parts = app1(FIRST[:40]) + app1(FIRST[40:])
    data = picture.getvalue()[:2] + parts + picture.getvalue()[2:]
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["exif"] == EXIF + FIRST

    assert blocks(data) == [FIRST]


def test_a_block_in_a_brotli_box_is_named_with_its_encoding() -> None:
    inner = offset(FIRST)
    data = jxl(box(b"brob", b"Exif" + brotli.compress(inner)))
    (part,) = exif_parts(read_anatomy(whole(data)))
    (extent,) = part.extents

    assert part.encodings == ("brotli",)
    assert brotli.decompress(data[extent.first : extent.end]) == inner


def test_canons_boxes_are_parts_with_the_names_of_their_directories() -> None:
    data = cr3()
    parts = exif_parts(read_anatomy(whole(data)))

    assert [part.name for part in parts] == ["", "EXIF", "GPS"]
    assert [payload(whole(data), part).data[-8:] for part in parts] == [
        b"block 1\0",
        b"block 2\0",
        b"block 4\0",
    ]


@pytest.mark.parametrize("far", [0, 60_000])
def test_xmp_after_canons_boxes_is_found(far: int) -> None:
    after = uuid(bytes(16), NOISE[:far]) + uuid(XMP_UUID, XMP)
    data = cr3(after=after)
    file, anatomy, _ = fed(data)

    assert [
        payload(file, part).data for part in anatomy.metadata if part.kind == "xmp"
    ] == [XMP]


def test_xmp_that_nobody_wants_costs_no_request() -> None:
    data = cr3(after=uuid(bytes(16), NOISE[:60_000]) + uuid(XMP_UUID, XMP))
    file = SparseFile(len(data))
    file.add(0, data[:10_241])

    anatomy = read_anatomy(file, frozenset(), sought=EXIF_ONLY, has_picture=True)
    assert not anatomy.needs
    assert anatomy.left_out == {"xmp"}
    assert read_anatomy(file, frozenset(), sought=frozenset({"xmp"})).needs


HOSTILE = {
    "an offset beyond the item": heif(offset(b"no block", 0xFFFFFFFF)),
    "an item of three bytes": heif(b"\0\0\0"),
    "an empty item": heif(b""),
    "a compressed chunk without data": png(before=chunk(b"zXIf", b"\0\0\0\0\1")),
    "an identifier alone": jpeg(segment(0xE1, b"Exif\0")),
    "a continuation without a block": jpeg(app1(b"second\0")),
    "thousands of pieces": jpeg(app1(FIRST), *[app1(b"a")] * 4_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_block_that_is_not_there_raises_nothing(name: str) -> None:
    data = HOSTILE[name]
    _, anatomy, requests = fed(data)

    assert not anatomy.needs
    assert requests <= 8
    for part in exif_parts(anatomy):
        assert part.length
