"""Metadata to insert: EXIF, XMP and ICC profiles."""

from __future__ import annotations

import struct
from functools import cache
from hashlib import sha256

_PROFILE_BYTES = {"profile added": 60_000, "large profile added": 150_000}
TEXT = b"The same picture under another text"

_ASCII, _SHORT, _LONG = 2, 3, 4
_DESCRIPTION, _COMPRESSION, _SOFTWARE, _JPEG, _JPEG_BYTES = 270, 259, 305, 513, 514
_JPEG_COMPRESSION = 6
_THUMBNAIL_BYTES = 6_000


def exif(edit: str) -> bytes:
    """Return a TIFF block with two texts, and a thumbnail if ``edit`` adds one."""
    has_thumbnail = edit == "thumbnail added"
    texts = {_DESCRIPTION: TEXT + b"\0", _SOFTWARE: b"fpcrawler evaluate\0"}
    values_at = 8 + _directory_bytes(len(texts))
    fields, values = [], b""
    for tag, text in texts.items():
        fields.append((tag, _ASCII, len(text), values_at + len(values)))
        values += text
    second = values_at + len(values) if has_thumbnail else 0
    block = b"II*\0" + struct.pack("<I", 8) + _directory(fields, second) + values
    return block + _thumbnail_directory(second) if has_thumbnail else block


def _thumbnail_directory(at: int) -> bytes:
    picture = thumbnail()
    fields = [
        (_COMPRESSION, _SHORT, 1, _JPEG_COMPRESSION),
        (_JPEG, _LONG, 1, at + _directory_bytes(3)),
        (_JPEG_BYTES, _LONG, 1, len(picture)),
    ]
    return _directory(fields, 0) + picture


def _directory(fields: list[tuple[int, int, int, int]], following: int) -> bytes:
    entries = b"".join(struct.pack("<HHII", *field) for field in fields)
    return struct.pack("<H", len(fields)) + entries + struct.pack("<I", following)


def _directory_bytes(fields: int) -> int:
    return 2 + 12 * fields + 4


def thumbnail() -> bytes:
    """Return a JPEG of one grey pixel, as many bytes long as a real thumbnail."""
    quantisation = b"\xff\xdb\x00\x43\x00" + bytes([1]) * 64
    frame = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    codes = b"".join(
        b"\xff\xc4\x00\x14" + bytes([kind, 1]) + bytes(15) + b"\0"
        for kind in (0x00, 0x10)
    )
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x3f"
    comment = noise(_THUMBNAIL_BYTES)
    return (
        b"\xff\xd8\xff\xfe"
        + struct.pack(">H", len(comment) + 2)
        + comment
        + quantisation
        + frame
        + codes
        + scan
        + b"\xff\xd9"
    )


def xmp() -> bytes:
    """Return an XMP packet with one text."""
    return (
        b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        b'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        b'photoshop:Headline="' + TEXT + b'"/></rdf:RDF></x:xmpmeta>'
        b'<?xpacket end="w"?>'
    )


@cache
def profile(edit: str) -> bytes:
    """Return an incompressible ICC profile of the length that ``edit`` names.

    ICC.1 section 7: a header, and a table of one private tag.
    """
    length = _PROFILE_BYTES[edit]
    table = struct.pack(">I4sII", 1, b"fpcr", 144, length - 144)
    header = struct.pack(">I4sI4s4s", length, b"", 0x02100000, b"mntr", b"RGB ")
    header += b"XYZ " + bytes(12) + b"acsp" + bytes(88)
    return header + table + noise(length - 144)


def noise(length: int) -> bytes:
    """Return the same pseudo-random bytes at each call."""
    blocks = range(-(-length // 32))
    return b"".join(sha256(b"%d" % number).digest() for number in blocks)[:length]
