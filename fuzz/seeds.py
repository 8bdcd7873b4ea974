"""The first inputs of each target, made anew for each run."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator

from tests import containers, metadata_containers
from tests.core.metadata.boxes import Parts, store, thumbnail
from tests.core.metadata.makers.notes import camera_file, fff, thermal
from tests.core.metadata.makers.self_contained import SELF_CONTAINED
from tests.core.metadata.makers.tiff_based import TIFF_BASED
from tests.core.metadata.stores import C2PA_BOX
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
_STORES = store(Parts().manifest), store(Parts([thumbnail(12_000)]).manifest)
"""C2PA manifest stores, one of which is longer than a sample."""

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
    comments = [metadata_containers.comment_segment(text) for text in ("a", "b")]
    for data in _STORES:
        # ISO/IEC 18477-3 annex B: an instance number, and one of the packet.
        pieces = (data[8:4_000], data[4_000:])
        headed = [
            b"JP\0\1" + struct.pack(">I", number) + data[:8] + piece
            for number, piece in enumerate(pieces, 1)
        ]
        boxes = [containers.segment(0xEB, each) for each in headed]
        yield containers.jpeg(*boxes, *comments)


def png() -> Iterator[bytes]:
    """Yield PNGs with EXIF and texts, before and after the picture."""
    yield from _around_blocks("png")
    yield from _pictures("png")
    text = containers.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + _XMP)
    far = containers.chunk(b"IDAT", _FAR)
    end = containers.chunk(b"eXIf", next(_blocks())) + text
    yield containers.png(text)
    kinds = ("tEXt", "zTXt", "iTXt", "deflated")
    texts = [metadata_containers.text_chunk(kind, "Title", "a") for kind in kinds]
    for data in _STORES:
        yield containers.png(containers.chunk(b"caBX", data), *texts)
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
    yield from (containers.webp(containers.riff(b"C2PA", each)) for each in _STORES)
    yield containers.webp(containers.riff(b"JUNK", _FAR), exif, xmp)


def tiff() -> Iterator[bytes]:
    """Yield TIFFs and BigTIFFs of both byte orders, and Pillow's."""
    yield from _blocks()
    yield block(*_FIELDS, is_big=True)
    yield block(*_FIELDS, order=">", is_big=True)
    yield block((0x9C9C, 1, _FAR), *_FIELDS)
    yield from (block(_FIELDS[0], (0xCD41, UNDEFINED, each)) for each in _STORES)
    yield from _pictures("tiff")


def bmff() -> Iterator[bytes]:
    """Yield HEIC, AVIF and CR3."""
    yield from _around_blocks("heic", "avif")
    yield from _pictures("avif")
    for data in _blocks():
        yield containers.cr3(CMT1=data, CMT2=data, CMT3=data, CMT4=data)
        yield containers.heif(containers.exif_item(_FAR + data), data)
    for data in _STORES:
        about = C2PA_BOX + bytes(4) + b"manifest\0" + bytes(8)
        file = containers.heif(brand=b"avif")
        start = int.from_bytes(file[:4], "big")  # after the first box, ftyp
        yield file[:start] + containers.box(b"uuid", about + data) + file[start:]


def gif() -> Iterator[bytes]:
    """Yield GIFs with comments, XMP and manifest stores, before and after a picture."""
    yield from _pictures("gif")
    extensions = [
        metadata_containers.comment_extension("a comment" * 40),
        metadata_containers.xmp_extension(_XMP),
        *(b"\x21\xff\x0bC2PA_GIF\1\0\0" + _sub_blocks(data) for data in _STORES),
    ]
    for extension in extensions:
        yield metadata_containers.gif(before=extension)
        yield metadata_containers.gif(after=extension)


def _sub_blocks(data: bytes) -> bytes:
    pieces = [data[at : at + 255] for at in range(0, len(data), 255)]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"


def svg() -> Iterator[bytes]:
    """Yield SVGs with XMP and a manifest store."""
    yield metadata_containers.svg(_XMP)
    for data in _STORES:
        text = b"<c2pa:manifest>" + base64.b64encode(data) + b"</c2pa:manifest>"
        yield metadata_containers.svg(text + _XMP)


def makers() -> Iterator[bytes]:
    """Yield a file for each kind of maker note, and FLIR's thermal data in a JPEG."""
    for make in (TIFF_BASED | SELF_CONTAINED).values():
        yield camera_file(make())
    data = fff("<")
    yield containers.jpeg(*thermal(data[:700], data[700:]))
