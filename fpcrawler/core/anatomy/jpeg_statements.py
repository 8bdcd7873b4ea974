"""What a JPEG segment states about the run of segments that continue its block.

A segment holds at most 65,533 bytes, so a longer block takes several. Each kind has
its own header: a number and a total, or an offset and a length.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpcrawler.core.file.extents import Extent

AROUND = 4
"""Bytes of a segment before its data: marker and length."""

LONGEST = 65_533
"""The most bytes of data of a segment (T.81 B.1.1.4: the length has two bytes)."""

OPENING = 75
"""The longest header of a segment in a run, in bytes: that of extended XMP."""

EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
FLASHPIX = b"FPXR\0"
FLIR = b"FLIR\0"
FLIR_HEADER = 8

_IDENTIFIER = re.compile(rb"[ -~]{2,34}\0")
_STREAM_HEADER = 13
_STORAGE = 0xFFFFFFFF
_CLASS_ID = 16


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker segment: the extent of its data, and the first ``OPENING`` of them."""

    marker: int
    data: Extent
    opening: bytes

    @property
    def identifier(self) -> bytes:
        """The text that begins most application segments, with its NUL."""
        match = _IDENTIFIER.match(self.opening)
        return match[0] if match else b""


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a block after a segment, as far as that is stated.

    ``header``: bytes of each segment before its share of the block. ``length``: bytes
    of the block in further segments. ``count``: how many segments these are.
    ``share``: bytes of the block in each but the last, if not as in this segment.
    """

    header: int
    length: int | None = None
    count: int | None = None
    share: int | None = None


def stated_rest(segment: Segment) -> Rest | None:
    """Return what the segment states; None if its kind states nothing."""
    for marker, identifier, read in _KINDS:
        if segment.marker == marker and segment.opening.startswith(identifier):
            return read(segment)
    return None


def _number(segment: Segment, first: int, end: int) -> int:
    return int.from_bytes(segment.opening[first:end], "big")


def _icc(segment: Segment) -> Rest:
    """ICC.1 annex B.4: number and total, from 1. A profile begins with its length."""
    number, total = _number(segment, 12, 13), _number(segment, 13, 14)
    share = segment.data.length - 14
    length = _number(segment, 14, 18) - share if number == 1 else None
    return Rest(14, length, total - number)


def _flir(segment: Segment) -> Rest:
    """FLIR: after a byte, the number of the segment and that of the last, from 0."""
    return Rest(FLIR_HEADER, count=_number(segment, 7, 8) - _number(segment, 6, 7))


def _scalado(segment: Segment) -> Rest:
    """Scalado: the total, the number from 0, and the length of the block."""
    total, number = _number(segment, 8, 10), _number(segment, 10, 12)
    share = segment.data.length - 16
    length = _number(segment, 12, 16) - share if number == 0 else None
    return Rest(16, length, total - number - 1)


def _extended_xmp(segment: Segment) -> Rest:
    """XMP part 3, section 1.1.3.1: a digest, the total length, the offset."""
    total, offset = _number(segment, 67, 71), _number(segment, 71, 75)
    return Rest(OPENING, total - offset - (segment.data.length - OPENING))


def _box(segment: Segment) -> Rest:
    """ISO/IEC 18477-3 annex B: instance, number from 1, then the header of the box.

    Each segment repeats that header. A length of 1: a longer length follows it. Writers
    of C2PA count the header to the first segment's share, so that it is shorter.
    """
    number, length = _number(segment, 4, 8), _number(segment, 8, 12)
    header = 16
    if length == 1:
        header, length = 24, _number(segment, 16, 24)
    share = segment.data.length - header
    left = length - (header - 8) - number * share
    longer = share + header - 8
    is_longer = number == 1 and header + longer <= LONGEST
    return Rest(header, left, share=longer if is_longer else None)


_KINDS: tuple[tuple[int, bytes, Callable[[Segment], Rest]], ...] = (
    (0xE2, b"ICC_PROFILE\0", _icc),
    (0xE1, FLIR, _flir),
    (0xE4, b"SCALADO\0", _scalado),
    (0xE1, EXTENDED_XMP, _extended_xmp),
    (0xEB, b"JP", _box),
)


class Streams:
    """FlashPix streams (EXIF 2.3, section 4.7.3): a list has their lengths."""

    def __init__(self) -> None:
        self._lengths: list[int] | None = None
        self._read: dict[int, int] = {}

    def note(self, opening: bytes, data: Extent, content: bytes) -> None:
        """Note a segment; ``content`` is its data, as far as a list can reach."""
        kind = opening[6:7]
        if kind == b"\1" and self._lengths is None:  # a file has one list
            self._lengths = _listed(content)
        elif kind == b"\2":
            index = int.from_bytes(opening[7:9], "big")
            share = max(data.length - _STREAM_HEADER, 0)
            self._read[index] = self._read.get(index, 0) + share

    def rest(self, opening: bytes) -> Rest | None:
        """Return what is left of a segment's stream."""
        lengths, index = self._lengths or [], int.from_bytes(opening[7:9], "big")
        if opening[6:7] != b"\2" or index >= len(lengths):
            return None
        # Offsets are not used: some cameras state a wrong one.
        length = lengths[index] - self._read.get(index, 0)
        return Rest(_STREAM_HEADER, length)


def _listed(content: bytes) -> list[int]:
    """Return the lengths in a contents list: of streams, 0 of storages."""
    lengths: list[int] = []
    at = 9
    for _ in range(int.from_bytes(content[7:9], "big")):
        length = int.from_bytes(content[at : at + 4], "big")
        end = at + 5
        while content[end : end + 2] not in (b"\0\0", b""):  # a name in UTF-16
            end += 2
        at = end + 2 + (_CLASS_ID if length == _STORAGE else 0)
        if at > len(content):
            break
        lengths.append(0 if length == _STORAGE else length)
    return lengths
