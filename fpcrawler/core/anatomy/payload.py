"""The bytes of a metadata part, with what the container did to them undone."""

from __future__ import annotations

import binascii
import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.structure import Part
    from fpcrawler.core.file.sparse import SparseFile

MAX_BYTES = 4_194_304
"""Nothing unpacks to more than this: a few kilobytes can name gigabytes."""

_DIGITS = re.compile(rb"[0-9a-fA-F\s]*")
_MAX_NAME, _MAX_COUNT = 80, 10
_EXIF = b"Exif\0\0"


class Undecodable(Exception):
    """The part's bytes are not what its encodings say, or too many."""


def payload(file: SparseFile, part: Part) -> bytes:
    """Return a part's own bytes: of ``exif`` a TIFF block, of ``xmp`` the packet.

    Raises MissingBytes where they are not all here, and Undecodable, always so
    for Brotli, which the standard library does not know.
    """
    if part.length > MAX_BYTES:
        raise Undecodable(f"{part.length} bytes")
    data = b"".join(file.at(extent.first, extent.length) for extent in part.extents)
    for encoding in part.encodings:
        if encoding == "deflate":
            data = _inflated(data)
        elif encoding == "raw-profile":
            data = _from_profile(data)
        else:
            raise Undecodable(encoding)
    return data.removeprefix(_EXIF) if part.kind == "exif" else data


def _inflated(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, MAX_BYTES)
    except zlib.error as error:
        raise Undecodable(str(error)) from error
    if unpacker.unconsumed_tail:
        raise Undecodable(f"unpacks to more than {MAX_BYTES} bytes")
    return unpacked


def _from_profile(data: bytes) -> bytes:
    # Line by line: a pattern for all of it would try each way to split spaces.
    name, _, rest = data.lstrip().partition(b"\n")
    count, newline, text = rest.lstrip().partition(b"\n")
    is_profile = 0 < len(name) <= _MAX_NAME and len(count) <= _MAX_COUNT
    match = _DIGITS.match(text)
    if not (is_profile and count.isdigit() and newline and match):
        raise Undecodable("no raw profile")
    digits = b"".join(match[0].split())
    return binascii.unhexlify(digits[: len(digits) // 2 * 2])
