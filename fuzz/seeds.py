"""The first inputs of each target, made anew for each run."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tests import containers
from tests.core.metadata.makers.notes import camera_file, fff, thermal
from tests.core.metadata.makers.self_contained import SELF_CONTAINED
from tests.core.metadata.makers.tiff_based import TIFF_BASED
from tests.pictures import KINDS
from tests.tiffs import (
    ASCII,
    EXIF_IFD,
    GPS_IFD,
    LONG,
    RATIONAL,
    SHORT,
    UNDEFINED,
    Field,
)
from tests.tiffs import tiff as block

_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
    b' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="Ann"/></rdf:RDF>'
    b"</x:xmpmeta>"
)
_IPTC = b"\x1c\x02\x5a\0\x04Wien"
_FIELDS: tuple[Field, ...] = (
    (0x0100, SHORT, (64,)),
    (0x0101, SHORT, (48,)),
    (0x010F, ASCII, b"A maker of some length\0"),
    (0x0111, LONG, (8,)),
    (0x0117, LONG, (4,)),
    (0x02BC, UNDEFINED, _XMP),
    (0x83BB, UNDEFINED, _IPTC),
    (
        EXIF_IFD,
        LONG,
        [
            (0x829A, RATIONAL, (1, 60)),
            (0x9003, ASCII, b"2024:05:06 07:08:09\0"),
            (0x927C, UNDEFINED, b"Nikon\0\2\x10\0\0MM\0\x2a\0\0\0\x08\0\0"),
            (0x9286, UNDEFINED, b"UNICODE\0h\0i\0"),
        ],
    ),
    (GPS_IFD, LONG, [(1, ASCII, b"N\0"), (2, RATIONAL, (48, 1, 51, 1, 30, 1))]),
    (0x9C9B, 1, b"T\0\0\0"),
)
_PHOTOSHOP = (
    b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(_IPTC)) + _IPTC + b"\0"
)
_FAR = bytes(12_000)
"""Puts what follows it beyond the sample of a crawl."""


def _blocks() -> Iterator[bytes]:
    yield block(*_FIELDS)
    yield block(*_FIELDS, order=">")


def _around_blocks(*endings: str) -> Iterator[bytes]:
    """Yield a file for each block and for each container that has an ending."""
    for name, build in containers.WITH_EXIF.items():
        if name.endswith(endings):
            yield from map(build, _blocks())


def _pictures(kind: str) -> Iterator[bytes]:
    """Yield a picture of each of Pillow's ways to write the format."""
    yield from (make(1) for name, make in KINDS.items() if name.split()[0] == kind)


def jpeg() -> Iterator[bytes]:
    """Yield JPEGs with EXIF, XMP, extended XMP, IPTC and long segments."""
    yield from _around_blocks("jpg")
    yield from _pictures("jpeg")
    xmp = b"http://ns.adobe.com/xap/1.0/\0" + _XMP
    extension = struct.pack(">II", len(_XMP), 0) + _XMP
    extended = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32 + extension
    parts = [(0xE1, xmp), (0xE1, extended), (0xED, _PHOTOSHOP)]
    segments = [containers.segment(*part) for part in parts]
    far = containers.segment(0xE2, b"ICC_PROFILE\0\1\1" + _FAR)
    yield containers.jpeg(*segments)
    yield containers.jpeg(far, *segments, containers.app1(next(_blocks())))


def png() -> Iterator[bytes]:
    """Yield PNGs with EXIF and texts, before and after the picture."""
    yield from _around_blocks("png")
    yield from _pictures("png")
    text = containers.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + _XMP)
    far = containers.chunk(b"IDAT", _FAR)
    end = containers.chunk(b"eXIf", next(_blocks())) + text
    yield containers.png(text)
    yield containers.png(after=far + end)


def webp() -> Iterator[bytes]:
    """Yield WebPs with EXIF and XMP, also far after the picture."""
    yield from _around_blocks("webp")
    yield from _pictures("webp")
    exif, xmp = (
        containers.riff(name, data)
        for name, data in ((b"EXIF", next(_blocks())), (b"XMP ", _XMP))
    )
    yield containers.webp(xmp)
    yield containers.webp(containers.riff(b"JUNK", _FAR), exif, xmp)


def tiff() -> Iterator[bytes]:
    """Yield TIFFs and BigTIFFs of both byte orders, and Pillow's."""
    yield from _blocks()
    yield block(*_FIELDS, is_big=True)
    yield block(*_FIELDS, order=">", is_big=True)
    yield block((0x9C9C, 1, _FAR), *_FIELDS)
    yield from _pictures("tiff")


def bmff() -> Iterator[bytes]:
    """Yield HEIC, AVIF and CR3."""
    yield from _around_blocks("heic", "avif")
    yield from _pictures("avif")
    for data in _blocks():
        yield containers.cr3(CMT1=data, CMT2=data, CMT3=data, CMT4=data)
        yield containers.heif(containers.exif_item(_FAR + data), data)


def makers() -> Iterator[bytes]:
    """Yield a file for each kind of maker note, and FLIR's thermal data in a JPEG."""
    for make in (TIFF_BASED | SELF_CONTAINED).values():
        yield camera_file(make())
    data = fff("<")
    yield containers.jpeg(*thermal(data[:700], data[700:]))
