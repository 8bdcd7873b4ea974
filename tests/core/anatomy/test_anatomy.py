from __future__ import annotations

import csv
import json
import shutil
import struct
import subprocess
import warnings
import zlib
from collections import defaultdict
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import exifread
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fpcrawler.core.anatomy import (
    Anatomy,
    Extent,
    payload,
    read_anatomy,
)
from fpcrawler.core.anatomy.payload import MAX_DECOMPRESSED, Payload
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from tests.core.corpus import CORPUS

MANIFEST = CORPUS / "MANIFEST.tsv"
NOISE = bytes(range(1, 250)) * 4_000
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
IPTC = b"\x1c\x02\x78\x00\x07caption"


def tiff(order: str = "<", *, model: bytes = b"A camera of some length\0") -> bytes:
    """Build a TIFF block of one field whose value follows its directory."""
    head = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(order + "HHII", 272, 2, len(model), 8 + 2 + 12 + 4)
    return head + struct.pack(order + "IH", 8, 1) + entry + struct.pack("I", 0) + model


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(*segments: bytes, picture: bytes = NOISE[:30_000]) -> bytes:
    frame = segment(0xC0, struct.pack(">BHHB", 8, 480, 640, 1) + b"\1\x11\0")
    scan = segment(0xDA, b"\1\1\0\0\x3f\0")
    return b"\xff\xd8" + b"".join(segments) + frame + scan + picture + b"\xff\xd9"


def chunk(name: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)


def png(
    *,
    before: bytes = b"",
    idat: int = 8_192,
    count: int = 40,
    last: int = 1_000,
    after: bytes = b"",
) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", NOISE[:idat]) * count + chunk(b"IDAT", NOISE[:last])
    end = chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + before + data + after + end


def riff(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def webp(*chunks: bytes, flags: int | None = 0x0C) -> bytes:
    canvas = struct.pack("<I", 639)[:3] + struct.pack("<I", 479)[:3]
    extended = riff(b"VP8X", bytes([flags, 0, 0, 0]) + canvas) if flags else b""
    body = b"WEBP" + extended + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


VP8 = riff(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 640, 480) + NOISE)
VP8L = riff(b"VP8L", b"\x2f" + struct.pack("<I", 639 | 479 << 14) + NOISE[:20_000])
FRAME = riff(b"ANMF", bytes(16) + NOISE[:9_000])


def box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + name + data


def full(name: bytes, data: bytes, version: int = 0) -> bytes:
    return box(name, bytes([version, 0, 0, 0]) + data)


def heic(
    *properties: bytes, before: bytes = b"", grid: bool = False, of: int = 1
) -> bytes:
    """Build items 1 (picture), 2 (EXIF), 3 (XMP); with ``grid``, 1 is a grid of 4.

    Item ``of`` has the further ``properties``.
    """
    exif = b"\0\0\0\6Exif\0\0" + tiff()
    picture = NOISE[:40_000]
    infos = [(1, b"grid" if grid else b"hvc1", b""), (2, b"Exif", b"")]
    infos += [(3, b"mime", b"application/rdf+xml\0"), (4, b"hvc1", b"")]
    iinf = b"".join(
        full(b"infe", struct.pack(">HH", number, 0) + kind + b"\0" + extra, 2)
        for number, kind, extra in infos
    )
    ispe = full(b"ispe", struct.pack(">II", 640, 480))
    numbers = bytes(range(2, 2 + len(properties)))
    associated = {1: b"\x01"}
    associated[of] = associated.get(of, b"") + numbers
    entries = (struct.pack(">HB", n, len(p)) + p for n, p in associated.items())
    ipma = full(b"ipma", struct.pack(">I", len(associated)) + b"".join(entries))

    def meta(offsets: list[tuple[int, int]]) -> bytes:
        places = b"".join(
            struct.pack(">HHHII", number, 0, 1, *place)
            for number, place in enumerate(offsets, 1)
        )
        iloc = b"\x44\x00" + struct.pack(">H", len(offsets)) + places
        reference = box(b"dimg", struct.pack(">HHH", 1, 1, 4))
        return full(
            b"meta",
            full(b"pitm", struct.pack(">H", 1))
            + full(b"iinf", struct.pack(">H", len(infos)) + iinf)
            + (full(b"iref", reference) if grid else b"")
            + box(b"iprp", box(b"ipco", ispe + b"".join(properties)) + ipma)
            + full(b"iloc", iloc),
        )

    opening = box(b"ftyp", b"heic\0\0\0\0mif1heic") + before
    first = len(opening) + len(meta([(0, 0)] * 4)) + 8
    coded = (first + 10, len(picture) - 10)
    sizes = [
        (first, 8) if grid else coded,
        (first + len(picture), len(exif)),
        (first + len(picture) + len(exif), len(XMP)),
        coded,
    ]
    return opening + meta(sizes) + box(b"mdat", picture + exif + XMP)


def cr3() -> bytes:
    """Build Canon's boxes; the first TIFF block has the dimensions."""
    entries = struct.pack("<HHII", 256, 3, 1, 640) + struct.pack(
        "<HHII", 257, 3, 1, 480
    )
    block = b"II*\0\x08\0\0\0\2\0" + entries + bytes(4)
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    uuid = box(b"uuid", canon + box(b"CNCV", b"CanonCR3") + box(b"CMT1", block))
    opening = box(b"ftyp", b"crx \0\0\0\1crx isom")
    return opening + box(b"moov", uuid) + box(b"mdat", NOISE[:30_000])


CR3_BLOCK = cr3()[cr3().index(b"II*\0") :][: 8 + 2 + 24 + 4]


def sequence() -> bytes:
    """Build an AVIF that has only a track."""
    size = struct.pack(">II", 640 << 16, 480 << 16)
    track = box(b"trak", full(b"tkhd", bytes(72) + size))
    return box(b"ftyp", b"avis\0\0\0\0") + box(b"moov", track)


def inner_data_heic() -> bytes:
    """Build EXIF in the ``idat`` box, with the wide versions of the tables."""
    data = b"\0\0\0\0" + tiff()
    info = struct.pack(">IH", 7, 0) + b"Exif\0"
    iloc = b"\x44\x40" + struct.pack(">I", 1)
    iloc += struct.pack(">IHHIHII", 7, 1, 0, 0, 1, 0, 0)
    ipma = bytes([0, 0, 0, 1]) + struct.pack(">IHBH", 1, 1, 1, 0x8001)
    ispe = full(b"ispe", struct.pack(">II", 640, 480))
    return box(b"ftyp", b"mif1\0\0\0\0") + full(
        b"meta",
        full(b"pitm", struct.pack(">H", 1))
        + full(b"iinf", struct.pack(">I", 1) + full(b"infe", info, 3), 1)
        + box(b"iprp", box(b"ipco", ispe) + box(b"ipma", ipma))
        + full(b"iloc", iloc, 2)
        + box(b"idat", data),
    )


def big_tiff() -> bytes:
    fields = [(256, 16, 1, 640), (257, 16, 1, 480), (700, 7, len(XMP), 30_000)]
    entries = b"".join(struct.pack(">HHQQ", *field) for field in fields)
    directory = struct.pack(">Q", len(fields)) + entries + bytes(8)
    head = b"MM\0+\0\x08\0\0" + struct.pack(">Q", 16) + directory
    return head.ljust(30_000, b"\0") + XMP


def gif(*, xmp: bytes = b"") -> bytes:
    magic = bytes([1, *range(255, -1, -1), 0])
    block = b"\x21\xff\x0bXMP DataXMP" + xmp + magic if xmp else b""
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 640, 480, 0) + b"\x08"
    screen = struct.pack("<HHBBB", 640, 480, 0x80, 0, 0) + bytes(6)
    return b"GIF89a" + screen + block + image + b"\xff" + NOISE[:255] + b"\0\x3b"


def jxl(*boxes: bytes) -> bytes:
    bits = 0 | 1 << 1 | 479 << 3 | 0 << 16 | 1 << 19 | 639 << 21
    stream = b"\xff\x0a" + bits.to_bytes(6, "little") + NOISE[:20_000]
    start = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    return start + box(b"jxlc", stream) + b"".join(boxes)


def jp2() -> bytes:
    header = box(b"ihdr", struct.pack(">IIHBBBB", 480, 640, 3, 7, 7, 0, 0))
    return (
        b"\0\0\0\x0cjP  \r\n\x87\n"
        + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
        + box(b"jp2h", header)
        + box(b"uuid", b"JpgTiffExif->JP2" + tiff())
        + box(b"jp2c", b"\xff\x4f\xff\x51" + NOISE[:20_000])
        + box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + XMP)
    )


def resource(number: int, data: bytes) -> bytes:
    head = b"8BIM" + struct.pack(">HHI", number, 0, len(data))
    return head + data + b"\0" * (len(data) % 2)


IN_RESOURCE = resource(0x0404, IPTC)
RESOURCES = resource(0x03ED, bytes(15)) + IN_RESOURCE


def psd() -> bytes:
    resources = RESOURCES + resource(0x0422, tiff(">")) + resource(0x0424, XMP)
    return (
        b"8BPS\0\1"
        + bytes(6)
        + struct.pack(">HIIHH", 3, 480, 640, 8, 3)
        + struct.pack(">I", 0)
        + struct.pack(">I", len(resources))
        + resources
        + struct.pack(">I", 20_000)
        + NOISE[:20_000]
        + NOISE[:100]
    )


def raf() -> bytes:
    inner = jpeg(segment(0xE1, b"Exif\0\0" + tiff()), picture=NOISE[:100])
    directory = struct.pack(">IHHHH", 1, 0x0100, 4, 480, 640)
    second = 200 + len(inner)
    third = second + len(directory)
    places = (200, len(inner), second, len(directory), third, 5_000)
    head = b"FUJIFILMCCD-RAW ".ljust(84, b"0") + struct.pack(">6I", *places)
    return head.ljust(200, b"\0") + inner + directory + NOISE[:5_000]


def tiff_file() -> bytes:
    """Build a TIFF with its directory at the end, after the strip and the values."""
    fields = [(256, 4, 1, 640), (257, 4, 1, 480), (273, 4, 1, 8), (279, 4, 1, 40_000)]
    values = XMP + IPTC
    first = 8 + 40_000
    fields += [(700, 1, len(XMP), first), (33_723, 7, len(IPTC), first + len(XMP))]
    entries = b"".join(struct.pack("<HHII", *field) for field in fields)
    directory = struct.pack("<H", len(fields)) + entries + bytes(4)
    header = b"II*\0" + struct.pack("<I", first + len(values))
    return header + NOISE[:40_000] + values + directory


def bmp() -> bytes:
    header = b"BM" + struct.pack("<IHHI", 0, 0, 0, 54)
    return header + struct.pack("<IiiHH", 40, 640, -480, 1, 24) + bytes(24) + NOISE


def ico() -> bytes:
    entries = struct.pack("<4BHHII", 16, 16, 0, 0, 1, 32, 100, 38)
    entries += struct.pack("<4BHHII", 0, 0, 0, 0, 1, 32, 500, 138)
    return b"\0\0\1\0\2\0" + entries + NOISE[:600]


SVG = b'<?xml version="1.0"?><svg width="640px" height="480" viewBox="0 0 1 1"></svg>'


def whole(data: bytes) -> SparseFile:
    file = SparseFile(len(data))
    file.add(0, data)
    return file


def fed(data: bytes, sample: int = SAMPLE_BYTES) -> tuple[SparseFile, Anatomy, int]:
    """Read, fetching only what is requested; return also the number of requests."""
    file, requests = SparseFile(len(data)), 0
    file.add(0, data[:sample])
    while (anatomy := read_anatomy(file)).needs:
        assert requests < 500
        for extent in anatomy.needs:
            assert file.holes(extent.first, extent.length)
            file.add(extent.first, data[extent.first : extent.end])
            requests += 1
    return file, anatomy, requests


def texts(file: SparseFile, anatomy: Anatomy) -> dict[str, bytes]:
    return {part.kind: payload(file, part).data for part in anatomy.metadata}


def is_final(anatomy: Anatomy) -> bool:
    """Return whether further bytes cannot change the result."""
    return not (anatomy.needs or anatomy.is_given_up)


EXIF = {"exif": tiff()}
BOTH = {"exif": tiff(), "xmp": XMP}
APP1 = segment(0xE1, b"Exif\0\0" + tiff())
APP1_XMP = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
APP13 = segment(0xED, b"Photoshop 3.0\0" + RESOURCES)
HEX = b"\nexif\n%8d\n%s\n" % (len(tiff()) + 6, (b"Exif\0\0" + tiff()).hex().encode())
FILES: dict[str, tuple[bytes, str, dict[str, bytes], int]] = {
    "a JPEG": (jpeg(APP1, APP1_XMP, APP13), "jpeg", {**BOTH, "iptc": IN_RESOURCE}, 0),
    "a JPEG of twenty segments": (
        jpeg(*[segment(0xE5, NOISE[:1_500])] * 20, APP1),
        "jpeg",
        EXIF,
        4,
    ),
    "a JPEG with a colour profile of ten segments": (
        jpeg(
            *(
                segment(0xE2, b"ICC_PROFILE\0" + bytes([k, 10]) + NOISE[:60_000])
                for k in range(1, 11)
            ),
            APP1,
        ),
        "jpeg",
        EXIF,
        2,
    ),
    "a JPEG whose EXIF is longer than a segment": (
        jpeg(
            segment(0xE1, b"Exif\0\0" + tiff()[:40]),
            segment(0xE1, b"Exif\0\0" + tiff()[40:]),
        ),
        "jpeg",
        EXIF,
        0,
    ),
    "a PNG": (png(before=chunk(b"eXIf", tiff())), "png", EXIF, 1),
    "a PNG of a thousand chunks": (
        png(count=1_000, after=chunk(b"eXIf", tiff()) + chunk(b"tIME", bytes(7))),
        "png",
        EXIF,
        1,
    ),
    "a PNG of large chunks": (
        png(idat=65_536, count=9, last=40_000, after=chunk(b"eXIf", tiff())),
        "png",
        EXIF,
        2,
    ),
    "a PNG with a text longer than its tail": (
        png(
            idat=32_768,
            count=9,
            after=chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP + b" " * 30_000),
        ),
        "png",
        {"xmp": XMP + b" " * 30_000},
        3,
    ),
    "a PNG of one chunk": (
        png(count=0, last=300_000, after=chunk(b"eXIf", tiff())),
        "png",
        EXIF,
        1,
    ),
    "a PNG with a raw profile": (
        png(
            after=chunk(
                b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(HEX.upper())
            )
        ),
        "png",
        EXIF,
        1,
    ),
    "a PNG with compressed XMP": (
        png(
            before=chunk(
                b"iTXt", b"XML:com.adobe.xmp\0\1\0en\0x\0" + zlib.compress(XMP)
            )
        ),
        "png",
        {"xmp": XMP},
        1,
    ),
    "a WebP": (
        webp(VP8, riff(b"EXIF", b"Exif\0\0" + tiff()), riff(b"XMP ", XMP)),
        "webp",
        BOTH,
        1,
    ),
    "a WebP without metadata": (webp(VP8, flags=None), "webp", {}, 0),
    "a lossless WebP": (webp(VP8L, flags=None), "webp", {}, 0),
    "an animated WebP": (
        webp(*[FRAME] * 90, riff(b"EXIF", tiff()), riff(b"XMP ", XMP)),
        "webp",
        BOTH,
        1,
    ),
    "a HEIC": (heic(), "heic", BOTH, 1),
    "a HEIC whose boxes are far from the start": (
        heic(before=box(b"free", NOISE[:90_000])),
        "heic",
        BOTH,
        2,
    ),
    "a HEIC of tiles": (heic(grid=True), "heic", BOTH, 1),
    "a HEIF with its own data": (inner_data_heic(), "heif", EXIF, 0),
    "a sequence": (sequence(), "avif", {}, 0),
    "a CR3": (cr3(), "cr3", {"exif": CR3_BLOCK}, 0),
    "a BigTIFF": (big_tiff(), "tiff", {"xmp": XMP}, 1),
    "a WebP without its flags": (
        webp(VP8, riff(b"EXIF", tiff()), flags=0x20),
        "webp",
        EXIF,
        1,
    ),
    "a JPEG with noise between its segments": (
        jpeg(APP1_XMP, b"\0\1\xff\0" * 30, APP1, b"\xff" * 9),
        "jpeg",
        BOTH,
        0,
    ),
    "a bare JPEG XL codestream": (jxl()[jxl().index(b"\xff\x0a") :], "jxl", {}, 0),
    "a bare JPEG 2000 codestream": (
        b"\xff\x4f\xff\x51\0\x29\0\0"
        + struct.pack(">IIII", 700, 500, 60, 20)
        + NOISE[:100],
        "jp2",
        {},
        0,
    ),
    "an OS/2 BMP": (
        b"BM" + struct.pack("<IHHIIHHHH", 0, 0, 0, 26, 12, 640, 480, 1, 24),
        "bmp",
        {},
        0,
    ),
    "an SVG with a viewBox": (b'<svg viewBox="0 0 640 480"/>', "svg", {}, 0),
    "a GIF": (gif(), "gif", {}, 0),
    "a GIF with XMP": (gif(xmp=XMP), "gif", {"xmp": XMP}, 0),
    "a TIFF": (tiff_file(), "tiff", {"xmp": XMP, "iptc": IPTC}, 1),
    "a JPEG XL": (
        jxl(box(b"Exif", bytes(4) + tiff()), box(b"xml ", XMP)),
        "jxl",
        BOTH,
        1,
    ),
    "a JPEG 2000": (jp2(), "jp2", BOTH, 1),
    "a PSD": (psd(), "psd", {"exif": tiff(">"), "xmp": XMP, "iptc": IN_RESOURCE}, 1),
    "a RAF": (raf(), "raf", EXIF, 0),
    "a BMP": (bmp(), "bmp", {}, 0),
    "an SVG": (SVG, "svg", {}, 0),
}


@pytest.mark.parametrize("name", FILES)
def test_dimensions_and_metadata_are_found(name: str) -> None:
    data, image_format, expected, most = FILES[name]
    _, anatomy, requests = fed(data)
    file = whole(data)
    found = {
        kind: text for kind, text in texts(file, anatomy).items() if kind != "texts"
    }
    if image_format == "tiff":
        assert found.pop("exif") == data

    assert anatomy == read_anatomy(whole(data))
    assert (anatomy.format, anatomy.error) == (image_format, None)
    assert (anatomy.width, anatomy.height) == (640, 480)
    assert found == expected
    assert requests <= most


@pytest.mark.parametrize(
    ("data", "opening"),
    [
        (jpeg(APP1), NOISE[:20]),
        (png(), NOISE[:20]),
        (webp(VP8), VP8[8:28]),
        (webp(FRAME), NOISE[:20]),
        (heic(), NOISE[10:30]),
        (heic(grid=True), NOISE[10:30]),
        (gif(), b"\xff" + NOISE[:19]),
        (tiff_file(), NOISE[:20]),
        (jxl(), b"\xff\x0a"),
        (jp2(), b"\xff\x4f\xff\x51"),
        (psd(), NOISE[:20]),
        (raf(), NOISE[:20]),
        (bmp(), NOISE[:20]),
        (ico(), NOISE[100:120]),
    ],
)
def test_the_picture_begins_where_its_coded_data_do(
    data: bytes, opening: bytes
) -> None:
    picture = read_anatomy(whole(data), has_picture=True).picture

    assert picture is not None
    assert data[picture.extents[0].first :].startswith(opening)


def test_the_dimensions_of_an_icon_are_those_of_its_largest_picture() -> None:
    anatomy = read_anatomy(whole(ico()))

    assert (anatomy.width, anatomy.height) == (256, 256)


def test_a_height_that_a_jpeg_gives_after_its_scan_is_unknown() -> None:
    data = jpeg().replace(struct.pack(">HH", 480, 640), struct.pack(">HH", 0, 640))
    anatomy = read_anatomy(whole(data))

    assert (anatomy.width, anatomy.height) == (640, None)


def test_only_the_wanted_kinds_are_requested() -> None:
    data = jpeg(
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b" " * 60_000),
        APP1,
    )
    file = SparseFile(len(data))
    file.add(0, data[:SAMPLE_BYTES])

    assert sum(e.length for e in read_anatomy(file).needs) > 50_000
    assert sum(e.length for e in read_anatomy(file, frozenset({"exif"})).needs) < 5_000


def test_a_thumbnail_and_a_maker_note_are_not_requested() -> None:
    entries = [(37_500, 7, 40_000, 100), (513, 4, 1, 100), (514, 4, 1, 40_000)]
    fields = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    block = b"II*\0\x08\0\0\0\x03\0" + fields + bytes(4)
    data = jpeg(segment(0xE1, b"Exif\0\0" + block.ljust(100, b"\0") + NOISE[:40_000]))
    _, anatomy, requests = fed(data)

    assert (anatomy.width, requests) == (640, 1)


def test_a_decompression_bomb_is_cut() -> None:
    bomb = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(20_000_000))
    file, anatomy, _ = fed(png(before=chunk(b"iTXt", bomb)))

    decoded = payload(file, anatomy.metadata[0])

    assert decoded == Payload(bytes(MAX_DECOMPRESSED), is_cut=True)


@pytest.mark.parametrize(
    "text",
    [
        chunk(b"zTXt", b"Raw profile type exif\0\0not deflated"),
        chunk(b"tEXt", b"Raw profile type exif\0not a profile"),
    ],
)
def test_bytes_that_do_not_match_their_encoding_are_damaged(text: bytes) -> None:
    file, anatomy, _ = fed(png(before=text))

    assert payload(file, anatomy.metadata[0]) == Payload(b"", is_damaged=True)


def test_a_raw_profile_of_spaces_is_cut() -> None:
    spaces = zlib.compress(b" \n" * 2_000_000)
    text = chunk(b"zTXt", b"Raw profile type exif\0\0" + spaces)
    file, anatomy, _ = fed(png(before=text))

    assert payload(file, anatomy.metadata[0]) == Payload(b"", is_cut=True)


def test_the_pieces_of_extended_xmp_are_one_part_in_order() -> None:
    def piece(offset: int, text: bytes) -> bytes:
        head = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32
        return segment(0xE1, head + struct.pack(">II", 8, offset) + text)

    repeated = piece(4, b"5678"), piece(0, b"efgh")
    file, anatomy, _ = fed(jpeg(piece(4, b"1234"), piece(0, b"abcd"), *repeated))

    assert [part.name for part in anatomy.metadata] == ["A" * 32]
    assert texts(file, anatomy) == {"extended-xmp": b"abcd1234"}


def loop() -> bytes:
    entry = struct.pack("<HHII", 34_665, 4, 1, 8)
    return b"II*\0\x08\0\0\0\x01\0" + entry + struct.pack("<I", 8)


SLOWEST = "a PNG of empty picture chunks"
HOSTILE = {
    "directories in a circle": loop(),
    "a directory of all entries": b"II*\0\x08\0\0\0\xff\xff" + NOISE,
    "a JPEG of empty segments": b"\xff\xd8" + b"\xff\xe0\0\2" * 200_000,
    "a JPEG of fill bytes": b"\xff\xd8" + b"\xff" * 900_000,
    "a segment shorter than its length": b"\xff\xd8\xff\xe0\0\0" + bytes(50_000),
    "a PNG of empty chunks": png(before=chunk(b"aaAa", b"") * 80_000),
    "a PNG of texts": png(
        before=b"".join(chunk(b"tEXt", b"a\0%d" % k) for k in range(19_000))
    ),
    "a PNG of profiles": png(
        before=b"".join(
            chunk(b"tEXt", b"Raw profile type xmp\0%d" % k) for k in range(6_000)
        )
    ),
    SLOWEST: png(idat=0, count=80_000),
    "a PNG whose tail is all chunk names": png() + b"\0\0\x10\0IDAT" * 9_000,
    "a chunk of four gigabytes": png()[:33] + b"\xff\xff\xff\xffzTXt" + NOISE,
    "boxes of size 1": box(b"ftyp", b"heic") + b"\0\0\0\1meta" + bytes(40_000),
    "boxes of no size": box(b"ftyp", b"heic") + b"\0\0\0\0meta" * 5_000,
    "empty boxes": box(b"ftyp", b"heic") + box(b"free", b"") * 90_000,
    "a box of 2**64 bytes": box(b"ftyp", b"heic") + b"\0\0\0\1mdat" + b"\xff" * 99,
    "a HEIC with a location table that ends early": heic().replace(
        b"\x44\x00\0\4", b"\0\0\xff\xff"
    ),
    "a HEIC grid that references itself": heic(grid=True).replace(
        struct.pack(">HHH", 1, 1, 4), struct.pack(">HHH", 1, 1, 1)
    ),
    "a WebP of empty chunks": webp(VP8L, riff(b"junk", b"") * 90_000),
    "a WebP of metadata names": webp(*[FRAME] * 3, b"EXIF\0\0\0\0" * 20_000),
    "a GIF of extensions": gif()[:19] + b"\x21\xfe\0" * 300_000,
    "an SVG of spaces": b"<svg " + b"width=" * 100_000,
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.untraced if name == SLOWEST else ())
        for name in HOSTILE
    ],
)
def test_a_hostile_file_is_read_in_finite_time(name: str) -> None:
    _, anatomy, requests = fed(HOSTILE[name])
    read_anatomy(whole(HOSTILE[name]))

    assert not anatomy.needs
    assert requests <= 40


LONG_TEXT = chunk(b"tEXt", b"Comment\0" + NOISE[:20_000])
IRREGULAR = b"".join(chunk(b"IDAT", NOISE[: 8_000 + k]) for k in range(30))


@pytest.mark.parametrize(
    "data",
    [
        png(after=chunk(b"eXIf", tiff()) + LONG_TEXT),
        png(after=IRREGULAR + chunk(b"eXIf", tiff()) + LONG_TEXT),
        png(after=chunk(b"eXIf", tiff())[:-1] + b"?"),
        png(after=IRREGULAR + chunk(b"eXIf", tiff())[:-1] + b"?"),
        png(after=chunk(b"eXIf", tiff())) + b"something after the end",
        png(
            count=5,
            after=chunk(b"IDAT", NOISE[:99_000]) + chunk(b"eXIf", tiff()) + LONG_TEXT,
        ),
    ],
)
def test_exif_far_after_the_picture_of_a_png_is_found(data: bytes) -> None:
    file, anatomy, requests = fed(data)

    assert texts(file, anatomy)["exif"] == tiff()
    assert is_final(anatomy)
    assert requests <= 4


@pytest.mark.parametrize("junk", [b"", b"junk"])
@pytest.mark.parametrize("length", [1_000, 30_000, 90_000])
def test_a_chunk_inside_another_one_is_ignored(length: int, junk: bytes) -> None:
    inner = png(count=0, last=length, after=chunk(b"eXIf", tiff()))
    _, anatomy, _ = fed(png(after=chunk(b"prVw", inner)) + junk)

    assert anatomy.metadata == ()


def test_a_png_whose_end_leads_nowhere_is_not_complete() -> None:
    after = IRREGULAR + chunk(b"eXIf", tiff()) + chunk(b"prVw", NOISE[:90_000])
    file, anatomy, _ = fed(png(after=after))

    assert file.held < 100_000
    assert not is_final(anatomy)


@pytest.mark.parametrize(
    ("frame", "is_complete"), [(2_000, True), (9_000, True), (30_000, False)]
)
def test_the_tail_of_an_animation_without_flags_is_read_once(
    frame: int, *, is_complete: bool
) -> None:
    frames = [riff(b"ANMF", bytes(16) + NOISE[:frame])] * 20
    _, bare, requests = fed(webp(*frames, flags=0x02))
    data = webp(*frames, riff(b"EXIF", tiff()), flags=0x02)
    file, anatomy, _ = fed(data)

    assert (is_final(bare), requests) == (is_complete, 1)
    assert texts(file, anatomy) == EXIF
    assert is_final(anatomy)


@pytest.mark.parametrize(
    "data",
    [
        jpeg(*[segment(0xFE, b"")] * 6_000, APP1),
        png(before=chunk(b"aaAa", b"") * 30_000 + chunk(b"eXIf", tiff())),
        webp(VP8L, riff(b"junk", b"") * 9_000, riff(b"EXIF", tiff())),
    ],
)
def test_a_file_that_exceeds_the_limits_is_not_complete(data: bytes) -> None:
    anatomy = read_anatomy(whole(data))

    assert not anatomy.needs
    assert not is_final(anatomy)


BUILT = {name: data for name, (data, *_) in FILES.items() if len(data) < 130_000}


@pytest.mark.parametrize("name", BUILT)
def test_a_cut_file_raises_nothing(name: str) -> None:
    data = BUILT[name]
    step = max(97, len(data) // 200)

    for end in range(0, len(data), step):
        fed(data[:end], sample=min(end, 500))


@pytest.mark.untraced
@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(BUILT)),
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=12),
    st.integers(0, 900),
)
def test_a_changed_file_raises_nothing(
    name: str, changes: list[tuple[int, int]], sample: int
) -> None:
    data = bytearray(BUILT[name])
    for at, value in changes:
        data[at % len(data)] = value

    fed(bytes(data), sample)


@given(st.binary(max_size=300), st.sampled_from(sorted(BUILT)), st.integers(4, 40))
def test_noise_after_a_signature_raises_nothing(
    noise: bytes, name: str, kept: int
) -> None:
    fed(BUILT[name][:kept] + noise, 0)


# The corpus: real files.

needs_corpus = pytest.mark.skipif(not MANIFEST.exists(), reason="the corpus is missing")
# Files whose dimensions differ from those of Pillow and ExifTool, and why.
DIFFERENT_SIZES = {
    "33cfe94b21-motion_photo_pixel_synth.jpg": "no frame; ExifTool: that of the EXIF",
    "351d358824-rgb24rle24.bmp": "ExifTool: a height of 0",
}
# In these, exifread reads beyond the segment that has the block.
OUTSIDE = {"b52c6a3217-d6dce80-7d84-11eb-99df-4cb21df3b09f.jpeg"}


@pytest.fixture(scope="module")
def files() -> list[Path]:
    with MANIFEST.open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return [CORPUS / row["file"] for row in rows]


@pytest.mark.untraced
@needs_corpus
def test_real_files_are_read_alike_whole_and_from_the_requested_bytes(
    files: list[Path],
) -> None:
    costs = defaultdict(list)
    for path in files:
        data = path.read_bytes()
        file, anatomy, requests = fed(data)
        costs[path.relative_to(CORPUS).parts[0], anatomy.format or "unknown"].append(
            (requests, file.held - min(len(data), SAMPLE_BYTES))
        )
        complete = read_anatomy(whole(data))
        if anatomy.format == "gif" and anatomy.left_out:
            # Extensions between images are found only in a whole file.
            assert set(anatomy.metadata) <= set(complete.metadata), path.name
            complete = replace(
                complete, metadata=anatomy.metadata, left_out=anatomy.left_out
            )
        if anatomy.picture and anatomy.picture.is_upper_bound and complete.picture:
            # The end of a later image, too, is seen only in a whole file.
            assert anatomy.picture.length >= complete.picture.length
            complete = replace(complete, picture=anatomy.picture)
        assert anatomy == complete, path.name

    print("\nclass, format: files, requests and bytes beyond the sample")
    for (folder, image_format), values in sorted(costs.items()):
        requests, held = (
            sum(column) / len(values) for column in zip(*values, strict=True)
        )
        print(
            f"{folder:20} {image_format:7} {len(values):3} {requests:5.2f} {held:8.0f}"
        )
    beyond = [
        cost
        for (folder, _), values in costs.items()
        if folder in ("metadata-far", "metadata-straddling")
        for cost in values
    ]
    assert sum(requests for requests, _ in beyond) / len(beyond) <= 1.3
    assert sum(held for _, held in beyond) / len(beyond) <= 14_000


def pillow_size(path: Path) -> tuple[int, int] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(path) as image:
                return image.size
        except Exception:  # noqa: BLE001 - broken files are part of the corpus
            return None


@pytest.fixture(scope="module")
def exiftool(files: list[Path]) -> dict[Path, dict[str, object]]:
    if shutil.which("exiftool") is None:
        pytest.skip("ExifTool is missing")
    command = ["exiftool", "-json", "-n", "-G0", "-a", *map(str, files)]
    child = subprocess.run(command, capture_output=True, check=False)
    return {Path(entry["SourceFile"]): entry for entry in json.loads(child.stdout)}


def exiftool_size(entry: dict[str, object]) -> tuple[object, object] | None:
    for group in ("File", "PNG", "RIFF", "QuickTime", "EXIF"):
        if (width := entry.get(f"{group}:ImageWidth")) is not None:
            height = entry.get(f"{group}:ImageHeight")
            return None if height is None else (width, height)
    return None


@pytest.mark.untraced
@needs_corpus
def test_real_files_have_the_dimensions_that_pillow_or_exiftool_read(
    files: list[Path], exiftool: dict[Path, dict[str, object]]
) -> None:
    for path in files:
        anatomy = read_anatomy(whole(path.read_bytes()))
        known = {pillow_size(path), exiftool_size(exiftool[path])} - {None}
        if known and path.name not in DIFFERENT_SIZES:
            assert (anatomy.width, anatomy.height) in known, path.name


@needs_corpus
def test_real_files_have_the_metadata_that_exiftool_finds(
    files: list[Path], exiftool: dict[Path, dict[str, object]]
) -> None:
    for path in files:
        anatomy = read_anatomy(whole(path.read_bytes()))
        found = {part.kind.upper() for part in anatomy.metadata} & {
            "EXIF",
            "XMP",
            "IPTC",
        }
        groups = {name.partition(":")[0] for name in exiftool[path]}
        known = groups & {"EXIF", "XMP", "IPTC"}
        if anatomy.format == "tiff":  # the whole file is the block
            known.add("EXIF")
        # ExifTool does not read a JPEG that is truncated in its headers.
        is_cut = anatomy.format == "jpeg" and anatomy.error
        assert found >= known if is_cut else found == known, path.name


@pytest.mark.untraced
@needs_corpus
def test_exifread_reads_the_same_from_the_block_alone(files: list[Path]) -> None:
    def tags(data: bytes) -> dict[str, str]:
        found = exifread.process_file(
            BytesIO(data), details=False, extract_thumbnail=False
        )
        return {name: str(tag) for name, tag in found.items()}

    compared = 0
    for path in files:
        if path.relative_to(CORPUS).parts[0] in ("malformed", "reader-fails"):
            continue
        data = path.read_bytes()
        _, anatomy, _ = fed(data)
        if anatomy.format == "tiff" or path.name in OUTSIDE:
            continue
        expected = tags(data)
        blocks = [part for part in anatomy.metadata if part.kind == "exif"]
        assert bool(blocks) >= bool(expected), path.name
        if blocks:
            block = whole(data)
            assert tags(payload(block, blocks[0]).data) == expected, path.name
            compared += 1
    assert compared > 90


@pytest.mark.untraced
@needs_corpus
def test_real_files_cut_anywhere_raise_nothing(files: list[Path]) -> None:
    for path in files:
        data = path.read_bytes()
        step = max(97, len(data) // 40)
        for end in range(0, len(data), step):
            fed(data[:end], min(end, 1_000))


def test_an_extent_ends_after_its_last_byte() -> None:
    assert Extent(3, 4).end == 7


def test_a_bmp_beyond_its_end_has_neither_width_nor_picture() -> None:
    header = bmp()[:10] + struct.pack("<Iii", 2**32 - 1, 40, -640) + bmp()[22:]

    anatomy = read_anatomy(whole(header), has_picture=True)

    assert anatomy.width is None
    assert anatomy.picture is None
