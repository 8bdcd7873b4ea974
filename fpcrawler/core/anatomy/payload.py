"""Extract and decode the bytes of a metadata part."""

from __future__ import annotations

import binascii
import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.structure import Part
    from fpcrawler.core.file.sparse import SparseFile

MAX_BYTES = 4_194_304
"""The limit of a decompressed part: a few kilobytes can decompress to gigabytes."""

_NAME = re.compile(rb"<([\w:.-]{1,40})")
_DIGITS = re.compile(rb"[0-9a-fA-F\s]*")
_MAX_NAME, _MAX_COUNT = 80, 10
_EXIF = b"Exif\0\0"


class Undecodable(Exception):
    """The part does not match its encodings, or is too large."""


def payload(file: SparseFile, part: Part) -> bytes:
    """Return a part's decoded bytes: of ``exif`` a TIFF block, of ``xmp`` the packet.

    Raises MissingBytes if some of them were not received. Raises Undecodable if they
    cannot be decoded, and for ``brotli``, which is not in the standard library.
    """
    if part.length > MAX_BYTES:
        raise Undecodable(f"{part.length} bytes")
    data = b"".join(file.at(extent.first, extent.length) for extent in part.extents)
    for encoding in part.encodings:
        if encoding == "deflate":
            data = _inflated(data)
        elif encoding == "raw-profile":
            data = _from_profile(data)
        elif encoding == "base64":
            data = _from_base64(data)
        elif encoding == "open-root":
            data = _closed(data)
        else:
            raise Undecodable(encoding)
    return data.removeprefix(_EXIF) if part.kind == "exif" else data


def _inflated(data: bytes) -> bytes:
    decompressor = zlib.decompressobj()
    try:
        inflated = decompressor.decompress(data, MAX_BYTES)
    except zlib.error as error:
        raise Undecodable(str(error)) from error
    if decompressor.unconsumed_tail:
        raise Undecodable(f"decompresses to more than {MAX_BYTES} bytes")
    return inflated


def _closed(data: bytes) -> bytes:
    """Append the end tag of the first element; its start tag has its namespaces."""
    name = _NAME.match(data)
    return data + b"</%s>" % name[1] if name else data


def _from_base64(data: bytes) -> bytes:
    """Decode base64 (RFC 4648 section 4), broken into lines or not."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error as error:
        raise Undecodable(str(error)) from error


def _from_profile(data: bytes) -> bytes:
    # Line by line: one pattern for all lines would try every split of the spaces.
    name, _, rest = data.lstrip().partition(b"\n")
    count, newline, text = rest.lstrip().partition(b"\n")
    is_profile = 0 < len(name) <= _MAX_NAME and len(count) <= _MAX_COUNT
    match = _DIGITS.match(text)
    if not (is_profile and count.isdigit() and newline and match):
        raise Undecodable("not a raw profile")
    digits = b"".join(match[0].split())
    return binascii.unhexlify(digits[: len(digits) // 2 * 2])
