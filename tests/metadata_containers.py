"""Image files around packets of XMP, blocks of IPTC, and texts.

``WITH_XMP`` and ``WITH_IPTC`` have every container that can hold one, ``WITH_TEXT``
every place of a text. What is right, XMP part 3 says for each container.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable

from tests.containers import (
    app1,
    box,
    brob,
    chunk,
    cr3,
    heif,
    jp2,
    jpeg,
    jxl,
    picture,
    png,
    psd,
    raf,
    raw_profile,
    resource,
    riff,
    segment,
    webp,
)
from tests.tiffs import ASCII, BYTE, LONG, UNDEFINED, Field, tiff

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_IPTC_UUID = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
_PHOTOSHOP_IPTC_UUID = bytes.fromhex("09a14e97c0b442e0bebf36df6f0ce36f")
_MIME = b"mime\0application/rdf+xml\0"
_MAKE: Field = (0x010F, ASCII, b"Acme\0")

Build = Callable[[bytes], bytes]


# --- XMP ----------------------------------------------------------------------


def xmp_segment(packet: bytes) -> bytes:
    return segment(0xE1, _XMP + packet)


def xmp_chunk(packet: bytes, *, is_compressed: bool = False) -> bytes:
    flags = b"\1\0" if is_compressed else b"\0\0"
    text = zlib.compress(packet) if is_compressed else packet
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0" + flags + b"\0\0" + text)


def extended_segments(packet: bytes, pieces: int) -> list[bytes]:
    """Return a packet that names its extension, and the extension in so many parts.

    XMP part 3 section 1.1.3.1: GUID, full length, offset, and a part of the packet.
    """
    digest = hashlib.md5(packet, usedforsecurity=False).hexdigest().upper()
    named = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/'
        '1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmpNote="http:'
        f'//ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{digest}"/></rdf:RDF>'
        "</x:xmpmeta>"
    )
    room = -(-len(packet) // pieces)
    return [
        xmp_segment(named.encode()),
        *(
            segment(
                0xE1,
                _EXTENDED
                + digest.encode()
                + struct.pack(">II", len(packet), at)
                + packet[at : at + room],
            )
            for at in range(0, len(packet), room)
        ),
    ]


def gif(*, before: bytes = b"", after: bytes = b"") -> bytes:
    """Return a GIF with extensions before and after its picture."""
    data = picture("GIF")
    start = 13 + (3 << (data[10] & 7) + 1)  # the header and the global colour table
    return data[:start] + before + data[start:-1] + after + data[-1:]


def xmp_extension(packet: bytes) -> bytes:
    """Return an application extension; a trailer ends it (section 1.1.2)."""
    trailer = bytes([1, *range(255, -1, -1), 0])
    return b"\x21\xff\x0bXMP DataXMP" + packet + trailer


def canon_xmp(packet: bytes) -> bytes:
    whole = cr3(CMT1=tiff(_MAKE))
    at = whole.index(b"mdat") - 4
    return whole[:at] + box(b"uuid", _XMP_UUID + packet) + whole[at:]


def svg(packet: bytes) -> bytes:
    """Return an SVG with a packet in its own encoding, which is UTF-8."""
    root = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48">'
    return root + b"<metadata>" + packet + b"</metadata><g/></svg>"


WITH_XMP: dict[str, Build] = {
    "jpg": lambda packet: jpeg(xmp_segment(packet)),
    "in-exif.jpg": lambda packet: jpeg(app1(tiff(_MAKE, (700, BYTE, packet)))),
    "png": lambda packet: png(xmp_chunk(packet)),
    "last.png": lambda packet: png(after=xmp_chunk(packet)),
    "deflated.png": lambda packet: png(xmp_chunk(packet, is_compressed=True)),
    "profile.png": lambda packet: png(raw_profile(packet, b"xmp", before=b"")),
    "app1.png": lambda packet: png(raw_profile(packet, b"APP1", before=_XMP)),
    "webp": lambda packet: webp(riff(b"XMP ", packet)),
    "tif": lambda packet: tiff(_MAKE, (700, BYTE, packet)),
    "big-endian.tif": lambda packet: tiff((700, UNDEFINED, packet), order=">"),
    "bigtiff.tif": lambda packet: tiff((700, BYTE, packet), is_big=True),
    "gif": lambda packet: gif(before=xmp_extension(packet)),
    "last.gif": lambda packet: gif(after=xmp_extension(packet)),
    "heic": lambda packet: heif(packet, kind=_MIME),
    "extents.heic": lambda packet: heif(packet, kind=_MIME, pieces=3),
    "avif": lambda packet: heif(packet, kind=_MIME, brand=b"avif"),
    "cr3": canon_xmp,
    "jxl": lambda packet: jxl(box(b"xml ", packet)),
    "brob.jxl": lambda packet: jxl(brob(b"xml ", packet)),
    "jp2": lambda packet: jp2(box(b"uuid", _XMP_UUID + packet)),
    "psd": lambda packet: psd(packet, first=1060),
    "raf": lambda packet: raf(jpeg(xmp_segment(packet))),
}
"""Ending of a file's name to what builds it around a packet of any encoding."""

WITH_LONG_XMP: dict[str, Build] = {
    **WITH_XMP,
    "extended.jpg": lambda packet: jpeg(*extended_segments(packet, 1)),
    "extended-3.jpg": lambda packet: jpeg(*extended_segments(packet, 3)),
    "svg": svg,
}
"""As ``WITH_XMP``, with those that need a whole packet in UTF-8."""


# --- IPTC ---------------------------------------------------------------------


def photoshop(datasets: bytes) -> bytes:
    return resource(0x0404, datasets)


def as_words(datasets: bytes, order: str, *, is_swapped: bool) -> bytes:
    """Return a TIFF whose tag 33723 has LONG words; swapped by a writer's mistake."""
    padded = datasets + bytes(-len(datasets) % 4)
    written = order
    if is_swapped:
        written = "<" if order == ">" else ">"
    words = struct.unpack(f"{written}{len(padded) // 4}I", padded)
    return tiff(_MAKE, (33723, LONG, words), order=order)


def in_segments(datasets: bytes) -> bytes:
    """Return a JPEG whose resources continue in a second APP13 segment."""
    resources = resource(0x0409, bytes(40)) + photoshop(datasets)
    half = len(resources) // 2
    pieces = resources[:half], resources[half:]
    return jpeg(*(segment(0xED, _PHOTOSHOP + piece) for piece in pieces))


WITH_IPTC: dict[str, Build] = {
    "jpg": lambda data: jpeg(segment(0xED, _PHOTOSHOP + photoshop(data))),
    "segments.jpg": in_segments,
    "in-exif.jpg": lambda data: jpeg(app1(tiff(_MAKE, (33723, UNDEFINED, data)))),
    "tif": lambda data: tiff(_MAKE, (33723, UNDEFINED, data)),
    "byte.tif": lambda data: tiff(_MAKE, (33723, BYTE, data), order=">"),
    "long-little.tif": lambda data: as_words(data, "<", is_swapped=False),
    "long-big.tif": lambda data: as_words(data, ">", is_swapped=False),
    "swapped-little.tif": lambda data: as_words(data, "<", is_swapped=True),
    "swapped-big.tif": lambda data: as_words(data, ">", is_swapped=True),
    "photoshop.tif": lambda data: tiff((34377, BYTE, photoshop(data))),
    "profile.png": lambda d: png(raw_profile(photoshop(d), b"iptc", before=b"")),
    "8bim.png": lambda d: png(raw_profile(photoshop(d), b"8bim", before=b"")),
    "bare.png": lambda data: png(raw_profile(data, b"iptc", before=b"")),
    "jp2": lambda data: jp2(box(b"uuid", _IPTC_UUID + data)),
    "photoshop.jp2": lambda data: jp2(box(b"uuid", _PHOTOSHOP_IPTC_UUID + data)),
    "psd": lambda data: psd(data, first=1028),
}
"""Ending of a file's name to what builds it around datasets."""


# --- Texts: PNG section 11.3.3; ITU-T T.81 B.2.4.5; GIF89a section 24 ---------


def text_chunk(kind: str, name: str, text: str) -> bytes:
    keyword = name.encode() + b"\0"
    if kind == "tEXt":
        return chunk(b"tEXt", keyword + text.encode("latin-1"))
    if kind == "zTXt":
        return chunk(b"zTXt", keyword + b"\0" + zlib.compress(text.encode("latin-1")))
    is_deflated = kind == "deflated"
    raw = zlib.compress(text.encode()) if is_deflated else text.encode()
    return chunk(b"iTXt", keyword + bytes([is_deflated, 0]) + b"de\0Titel\0" + raw)


def comment_extension(text: str) -> bytes:
    """Return a comment extension, in sub-blocks of up to 255 bytes."""
    raw = text.encode()
    pieces = [raw[at : at + 255] for at in range(0, len(raw), 255)]
    blocks = b"".join(bytes([len(piece)]) + piece for piece in pieces)
    return b"\x21\xfe" + blocks + b"\0"


def comment_segment(text: str) -> bytes:
    return segment(0xFE, text.encode())


COMMENT = "Comment"
WITH_TEXT: dict[str, Callable[[str, str], bytes]] = {
    "text.png": lambda name, text: png(text_chunk("tEXt", name, text)),
    "compressed.png": lambda name, text: png(text_chunk("zTXt", name, text)),
    "international.png": lambda name, text: png(text_chunk("iTXt", name, text)),
    "deflated.png": lambda name, text: png(text_chunk("deflated", name, text)),
    "last.png": lambda name, text: png(after=text_chunk("iTXt", name, text)),
    "jpg": lambda _, text: jpeg(comment_segment(text)),
    "raf": lambda _, text: raf(jpeg(comment_segment(text))),
    "gif": lambda _, text: gif(before=comment_extension(text)),
    "last.gif": lambda _, text: gif(after=comment_extension(text)),
}
"""Ending of a file's name to what builds it around a name and a text.

JPEG and GIF have no name; the record has COMMENT.
"""
