"""Image files around EXIF blocks, as the specification of each container has them.

``WITH_EXIF`` has every container that can hold a block.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence

import brotli
from PIL import Image

_SEGMENT = 65_533
_EXIF = b"Exif\0\0"
_WIDTH, _HEIGHT = 64, 48


def picture(writer: str) -> bytes:
    """Return a picture without metadata, as Pillow writes it."""
    file = io.BytesIO()
    Image.new("RGB", (_WIDTH, _HEIGHT), "teal").save(file, writer)
    return file.getvalue()


# --- JPEG: ITU-T T.81 B.1.1.4; CIPA DC-008 section 4.7.2 ----------------------


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def app1(block: bytes, *, pieces: int = 1) -> bytes:
    """Return the EXIF segments of a block; each of several repeats the identifier."""
    room = min(_SEGMENT - len(_EXIF), -(-len(block) // pieces))
    return b"".join(
        segment(0xE1, _EXIF + block[at : at + room])
        for at in range(0, len(block), room)
    )


def jpeg(*segments: bytes) -> bytes:
    data = picture("JPEG")
    return data[:2] + b"".join(segments) + data[2:]


# --- PNG: section 5.3, 11.3.3.3 (eXIf); raw profiles as ImageMagick's coders/png.c


def chunk(name: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)


def raw_profile(block: bytes, name: bytes = b"exif", *, before: bytes = _EXIF) -> bytes:
    """Return a compressed text chunk: a name, a length, lines of 72 digits."""
    digits = (before + block).hex()
    lines = [digits[at : at + 72] for at in range(0, len(digits), 72)]
    text = f"\n{name.decode()}\n{len(digits) // 2:8}\n" + "\n".join(lines) + "\n"
    compressed = zlib.compress(text.encode())
    return chunk(b"zTXt", b"Raw profile type " + name + b"\0\0" + compressed)


def png(*chunks: bytes, after: bytes = b"") -> bytes:
    """Return a PNG with chunks before its picture, and ``after`` it."""
    data = picture("PNG")
    start = 8 + 25  # the signature and IHDR
    return data[:start] + b"".join(chunks) + data[start:-12] + after + data[-12:]


# --- WebP: RFC 9649 section 2.7 -----------------------------------------------


def riff(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def webp(*chunks: bytes) -> bytes:
    """Return an extended WebP with chunks after its picture."""
    canvas = b"".join(struct.pack("<I", n - 1)[:3] for n in (_WIDTH, _HEIGHT))
    header = riff(b"VP8X", b"\x08\0\0\0" + canvas)
    coded = picture("WEBP")[12:]
    return riff(b"RIFF", b"WEBP" + header + coded + b"".join(chunks))


# --- Boxes: ISO/IEC 14496-12 section 4.2 --------------------------------------


def box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + name + data


def full(name: bytes, data: bytes, version: int = 0) -> bytes:
    return box(name, bytes([version, 0, 0, 0]) + data)


def exif_item(block: bytes, *, before: bytes = b"") -> bytes:
    """Return the data of an Exif item (ISO/IEC 23008-12 annex A.2.1).

    They begin with the offset of the TIFF header behind these four bytes.
    """
    return struct.pack(">I", len(before)) + before + block


def heif(
    *items: bytes, brand: bytes = b"heic", pieces: int = 1, kind: bytes = b"Exif\0"
) -> bytes:
    """Return a file of item 1, a picture, and further items, each in several extents.

    ``kind``: type and name of the further items, and the media type of ``mime``.
    """
    coded = bytes(range(256)) * 4
    kinds = [b"av01\0" if brand == b"avif" else b"hvc1\0", *(kind for _ in items)]
    infos = b"".join(
        full(b"infe", struct.pack(">HH", number, 0) + kind, 2)
        for number, kind in enumerate(kinds, 1)
    )
    handler = full(b"hdlr", bytes(4) + b"pict" + bytes(13))
    size = full(b"ispe", struct.pack(">II", _WIDTH, _HEIGHT))
    properties = box(b"ipco", size) + full(b"ipma", struct.pack(">IHBB", 1, 1, 1, 1))

    def meta(places: Sequence[Sequence[tuple[int, int]]]) -> bytes:
        locations = b"".join(
            struct.pack(">HHH", number, 0, len(extents))
            + b"".join(struct.pack(">II", *extent) for extent in extents)
            for number, extents in enumerate(places, 1)
        )
        return full(
            b"meta",
            handler
            + full(b"pitm", struct.pack(">H", 1))
            + full(b"iinf", struct.pack(">H", len(kinds)) + infos)
            + box(b"iprp", properties)
            + full(b"iloc", struct.pack(">HH", 0x4400, len(places)) + locations),
        )

    opening = box(b"ftyp", brand + b"\0\0\0\0mif1" + brand)
    unknown = [[(0, 0)], *([(0, 0)] * pieces for _ in items)]
    data, places = coded, [[(0, len(coded))]]
    for item in items:
        room = -(-len(item) // pieces)
        extents = []
        for at in range(0, len(item), room):
            data += b"~" * 9  # what belongs to no item
            extents.append((len(data), len(item[at : at + room])))
            data += item[at : at + room]
        places.append(extents)
    first = len(opening) + len(meta(unknown)) + 8
    moved = [[(first + at, length) for at, length in extents] for extents in places]
    return opening + meta(moved) + box(b"mdat", data)


_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


def cr3(**blocks: bytes) -> bytes:
    """Return Canon's boxes: CMT1 is IFD0, CMT2 the Exif IFD, CMT4 the GPS IFD."""
    inner = b"".join(box(name.encode(), block) for name, block in blocks.items())
    uuid = box(
        b"uuid", _CANON + box(b"CNCV", b"CanonCR3_001/00.09.00/00.00.00") + inner
    )
    opening = box(b"ftyp", b"crx \0\0\0\1crx isom")
    return opening + box(b"moov", uuid) + box(b"mdat", bytes(range(256)) * 8)


def jxl(*boxes: bytes) -> bytes:
    """Return a JPEG XL container (ISO/IEC 18181-2)."""
    size = 0 | 0 << 1  # not small; nine bits for each length
    size |= (_HEIGHT - 1) << 3 | 0 << 12 | 0 << 15 | (_WIDTH - 1) << 17
    codestream = b"\xff\x0a" + size.to_bytes(4, "little") + bytes(range(256))
    opening = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    return opening + b"".join(boxes) + box(b"jxlc", codestream)


def brob(name: bytes, data: bytes) -> bytes:
    """Return a box of type ``name``, compressed (ISO/IEC 18181-2)."""
    return box(b"brob", name + brotli.compress(data))


JPG_TIFF_EXIF = b"JpgTiffExif->JP2"
"""The UUID of a JP2's EXIF box by Kakadu, ImageMagick and others."""

PHOTOSHOP_EXIF = bytes.fromhex("0537cdab9d0c4431a72afa561f2a113e")
"""The UUID of a JP2's EXIF box by Photoshop."""


def jp2(*boxes: bytes) -> bytes:
    """Return a JPEG 2000 file (ISO/IEC 15444-1 annex I) with boxes before the data."""
    header = struct.pack(">IIHBBBB", _HEIGHT, _WIDTH, 3, 7, 7, 0, 0)
    grid = struct.pack(">HHHIIII", 0xFF51, 47, 0, _WIDTH, _HEIGHT, 0, 0)
    return (
        b"\0\0\0\x0cjP  \r\n\x87\n"
        + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
        + box(b"jp2h", box(b"ihdr", header))
        + b"".join(boxes)
        + box(b"jp2c", b"\xff\x4f" + grid + bytes(range(256)))
    )


# --- Adobe Photoshop File Formats Specification; Fujifilm's RAF ---------------


def resource(number: int, data: bytes) -> bytes:
    head = b"8BIM" + struct.pack(">HHI", number, 0, len(data))
    return head + data + b"\0" * (len(data) % 2)


def psd(*blocks: bytes, first: int = 1058) -> bytes:
    """Return a PSD with resources from 1058 (EXIF data 1), 1059 (EXIF data 3) on."""
    resources = b"".join(resource(first + n, block) for n, block in enumerate(blocks))
    header = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, _HEIGHT, _WIDTH, 8, 3)
    pixels = bytes(2 + 3 * _WIDTH * _HEIGHT)
    length = struct.pack(">I", len(resources))
    return header + bytes(4) + length + resources + bytes(4) + pixels


def raf(inner: bytes) -> bytes:
    """Return a raw file around a JPEG."""
    directory = struct.pack(">IHHHH", 1, 0x0100, 4, _HEIGHT, _WIDTH)
    at = 200 + len(inner), 200 + len(inner) + len(directory)
    places = struct.pack(">6I", 200, len(inner), at[0], len(directory), at[1], 1_000)
    head = (b"FUJIFILMCCD-RAW ".ljust(84, b"0") + places).ljust(200, b"\0")
    return head + inner + directory + bytes(1_000)


WITH_EXIF: dict[str, Callable[[bytes], bytes]] = {
    "jpg": lambda block: jpeg(app1(block)),
    "continued.jpg": lambda block: jpeg(app1(block, pieces=3)),
    "exif.png": lambda block: png(chunk(b"eXIf", block)),
    "last.png": lambda block: png(after=chunk(b"eXIf", block)),
    "profile.png": lambda block: png(raw_profile(block)),
    "app1.png": lambda block: png(raw_profile(block, b"APP1")),
    "webp": lambda block: webp(riff(b"EXIF", block)),
    "prefixed.webp": lambda block: webp(riff(b"EXIF", _EXIF + block)),
    "tif": lambda block: block,
    "heic": lambda block: heif(exif_item(block, before=_EXIF)),
    "extents.heic": lambda block: heif(exif_item(block), pieces=3),
    "no-offset.heic": heif,
    "avif": lambda block: heif(exif_item(block), brand=b"avif"),
    "no-offset.avif": lambda block: heif(block, brand=b"avif"),
    "jxl": lambda block: jxl(box(b"Exif", exif_item(block))),
    "brob.jxl": lambda block: jxl(brob(b"Exif", exif_item(block))),
    "jp2": lambda block: jp2(box(b"uuid", JPG_TIFF_EXIF + block)),
    "photoshop.jp2": lambda block: jp2(box(b"uuid", PHOTOSHOP_EXIF + block)),
    "psd": psd,
    "raf": lambda block: raf(jpeg(app1(block))),
}
"""Ending of a file's name, which says the container, to what builds it."""
