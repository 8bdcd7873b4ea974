"""WebP: RFC 9649."""

from __future__ import annotations

import re

from fpcrawler.core.anatomy.structure import Draft, GivenUp
from fpcrawler.core.extents import Extent

TAIL = 16_384

_MAX_CHUNKS = 5_000
_HEADER = 8
_METADATA_FLAGS = 0x08 | 0x04  # EXIF, XMP
_FRAME_HEADER = 16
_VP8_START = b"\x9d\x01\x2a"
_VP8L_SIGNATURE = 0x2F
_IN_TAIL = re.compile(rb"(?=(?:ANMF|EXIF|XMP )[\0-\xff]{2}\0\0)")


def read(draft: Draft) -> None:
    """Read a WebP file, whose metadata follow the picture."""
    riff = _HEADER + int.from_bytes(draft.exactly(4, 4), "little")
    # Some writers count the RIFF chunk wrongly; a header more may lie behind it.
    end = min(riff + riff % 2, draft.file.size)
    at, flags, name = 12, 0, b""
    for _ in range(_MAX_CHUNKS):
        if at + _HEADER > end:
            return
        if draft.picture and not draft.file.has(at, _HEADER):
            # Some writers forget the flags, so all files are looked behind.
            if end - at <= TAIL:
                draft.need(at, end - at)
                return
            if name == b"ANMF":
                behind = _over_frames(draft, at, end)
                if behind is None and not flags & _METADATA_FLAGS:
                    draft.is_given_up = True  # a request a frame is too much
                    return
                at = behind or at
        name, data = _chunk(draft, at)
        if name == b"VP8X":
            flags = draft.number(data.first, 1)
        _note(draft, name, data)
        at = data.end + data.length % 2
    msg = "too many chunks"
    raise GivenUp(msg)


def _chunk(draft: Draft, at: int) -> tuple[bytes, Extent]:
    header = draft.exactly(at, _HEADER)
    return header[:4], Extent(at + _HEADER, int.from_bytes(header[4:], "little"))


def _note(draft: Draft, name: bytes, data: Extent) -> None:
    if name == b"EXIF":
        draft.add_exif([data])
    elif name == b"XMP ":
        draft.add("xmp", [data])
    elif name == b"VP8X":
        canvas = draft.exactly(data.first + 4, 6)
        draft.width = int.from_bytes(canvas[:3], "little") + 1
        draft.height = int.from_bytes(canvas[3:], "little") + 1
    elif draft.picture is None:
        _note_picture(draft, name, data)


def _note_picture(draft: Draft, name: bytes, data: Extent) -> None:
    if name == b"ANMF":
        draft.picture = Extent(
            data.first + _FRAME_HEADER, max(data.length - _FRAME_HEADER, 0)
        )
    elif name in (b"VP8 ", b"VP8L"):
        if draft.width is None:
            draft.width, draft.height = _dimensions(draft, name, data.first)
        draft.picture = data


def _dimensions(
    draft: Draft, name: bytes, first: int
) -> tuple[int, int] | tuple[None, None]:
    opening = draft.exactly(first, 10)
    if name == b"VP8 " and opening[3:6] == _VP8_START:  # RFC 6386 section 9.1
        width = int.from_bytes(opening[6:8], "little") & 0x3FFF
        return width, int.from_bytes(opening[8:10], "little") & 0x3FFF
    if name == b"VP8L" and opening[0] == _VP8L_SIGNATURE:
        bits = int.from_bytes(opening[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None, None


def _over_frames(draft: Draft, at: int, end: int) -> int | None:
    """Return where to go on in an animation, which has a chunk for each frame.

    That is the first chunk in the tail from which chunk after chunk leads exactly
    to the end of the file, if there is one.
    """
    tail = max(at, end - TAIL)
    opening = draft.file.at(tail, end - tail)
    starts = {len(opening)}
    for match in reversed(list(_IN_TAIL.finditer(opening))):
        start = match.start() + _HEADER
        length = int.from_bytes(opening[start - 4 : start], "little")
        if start + length + length % 2 in starts:
            starts.add(match.start())
    first = tail + min(starts)
    return first if first < end else None
