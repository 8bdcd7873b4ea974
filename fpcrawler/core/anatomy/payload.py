"""Extract and decode the bytes of a metadata part, within limits."""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import brotli

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.structure import Encoding, Part
    from fpcrawler.core.file.sparse import SparseFile

MAX_DECOMPRESSED = 262_144
"""The limit of all decompressed parts of an image: a kilobyte can be a gigabyte."""

_PIECE = 1_024

_NAME = re.compile(rb"<([\w:.-]{1,40})")
_NO_DIGIT = re.compile(rb"[^0-9a-fA-F]")
_SPACES = b" \t\r\n\f\v"
_MAX_NAME, _MAX_COUNT = 80, 10
_EXIF = b"Exif\0\0"


@dataclass(slots=True)
class Room:
    """How many bytes the parts of an image may still decompress to."""

    left: int = MAX_DECOMPRESSED


@dataclass(frozen=True, slots=True)
class Payload:
    """Decoded bytes. ``is_damaged``: only the beginning could be decoded.

    ``is_cut``: only the beginning was decompressed, because there was no more room.
    """

    data: bytes
    is_damaged: bool = False
    is_cut: bool = False


def payload(file: SparseFile, part: Part, room: Room | None = None) -> Payload:
    """Return a part's decoded bytes: of ``exif`` a TIFF block, of ``xmp`` the packet.

    ``room`` is that of all parts of the image. Raises MissingBytes if some of the bytes
    were not received.
    """
    room = room or Room()
    data = b"".join(file.at(extent.first, extent.length) for extent in part.extents)
    is_damaged = is_cut = False
    for encoding in part.encodings:
        decoded = _DECODERS[encoding](data, room)
        data = decoded.data
        is_damaged |= decoded.is_damaged and not is_cut
        is_cut |= decoded.is_cut
    data = data.removeprefix(_EXIF) if part.kind == "exif" else data
    return Payload(data, is_damaged, is_cut)


def _inflated(data: bytes, room: Room) -> Payload:
    decompressor = zlib.decompressobj()
    found = bytearray()
    # In pieces, because an error takes away all that its call has decompressed.
    for at in range(0, len(data), _PIECE):
        if room.left <= 0:
            return Payload(bytes(found), is_cut=True)
        try:
            piece = decompressor.decompress(data[at : at + _PIECE], room.left)
        except zlib.error:
            return Payload(bytes(found), is_damaged=True)
        room.left -= len(piece)
        found += piece
        if decompressor.eof:
            return Payload(bytes(found))
    return _ended(found, room)


def _from_brotli(data: bytes, room: Room) -> Payload:
    decompressor = brotli.Decompressor()
    found = bytearray()
    for at in range(0, len(data), _PIECE):
        if room.left <= 0:
            return Payload(bytes(found), is_cut=True)
        try:
            piece: bytes = decompressor.process(
                data[at : at + _PIECE], output_buffer_limit=room.left
            )
        except brotli.error:
            return Payload(bytes(found), is_damaged=True)
        # The limit is that of a buffer: a call may return some kilobytes more.
        room.left -= len(piece)
        found += piece
        if decompressor.is_finished():
            return Payload(bytes(found))
    return _ended(found, room)


def _ended(found: bytearray, room: Room) -> Payload:
    """Return what a stream gave that did not come to its end."""
    is_cut = room.left <= 0
    return Payload(bytes(found), is_damaged=not is_cut, is_cut=is_cut)


def _closed(data: bytes, _room: Room) -> Payload:
    """Append the end tag of the first element; its start tag has its namespaces."""
    name = _NAME.match(data)
    return Payload(data + b"</%s>" % name[1] if name else data)


def _from_base64(data: bytes, _room: Room) -> Payload:
    """Decode base64 (RFC 4648 section 4), broken into lines or not."""
    try:
        return Payload(binascii.a2b_base64(data))
    except binascii.Error:
        return Payload(b"", is_damaged=True)


def _from_profile(data: bytes, _room: Room) -> Payload:
    """Decode a name, the number of bytes, and these in hexadecimal digits."""
    name, _, rest = data.lstrip().partition(b"\n")
    count, newline, text = rest.lstrip().partition(b"\n")
    is_profile = 0 < len(name) <= _MAX_NAME and len(count) <= _MAX_COUNT
    if not (is_profile and count.isdigit() and newline):
        return Payload(b"", is_damaged=True)
    digits = text.translate(None, _SPACES)
    if junk := _NO_DIGIT.search(digits):
        digits = digits[: junk.start()]
    decoded = binascii.unhexlify(digits[: len(digits) // 2 * 2])
    is_whole = junk is None and len(digits) == 2 * int(count)
    return Payload(decoded, is_damaged=not is_whole)


_DECODERS: dict[Encoding, Callable[[bytes, Room], Payload]] = {
    "deflate": _inflated,
    "brotli": _from_brotli,
    "raw-profile": _from_profile,
    "base64": _from_base64,
    "open-root": _closed,
}
