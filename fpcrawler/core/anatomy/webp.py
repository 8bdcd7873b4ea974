"""WebP: RFC 9649."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.structure import GivenUp
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.anatomy.structure import MetadataKind

TAIL = 16_384

_MAX_CHUNKS = 5_000
_HEADER = 8
_METADATA_FLAGS = 0x08 | 0x04  # EXIF, XMP
_METADATA: dict[bytes, MetadataKind] = {
    b"EXIF": "exif",
    b"XMP ": "xmp",
    b"C2PA": "provenance",  # C2PA 2.2, appendix A.3.7
}
_ANIM_BYTES = 6
_FRAME_HEADER = 16
_VP8_START = b"\x9d\x01\x2a"
_VP8L_SIGNATURE = 0x2F
_IN_TAIL = re.compile(rb"(?=(?:ANMF|EXIF|XMP |C2PA)[\0-\xff]{2}\0\0)")


@dataclass(slots=True)
class _Picture:
    """The picture's chunks, as far as they were read."""

    parameters: list[bytes] = field(default_factory=list)
    alpha: list[Extent] = field(default_factory=list)
    has_raw_alpha: bool = False
    first_frame: Extent | None = None


def read(draft: Draft) -> None:
    """Read a WebP file; its metadata follow the picture."""
    riff = _HEADER + int.from_bytes(draft.exactly(4, 4), "little")
    # Some writers give a wrong RIFF length; it may exceed the file.
    end = min(riff + riff % 2, draft.file.size)
    at, flags, name, picture = 12, 0, b"", _Picture()
    for _ in range(_MAX_CHUNKS):
        if at + _HEADER > end:
            _end_animation(draft, picture, at)
            return
        if (draft.picture or picture.first_frame) and not draft.file.has(at, _HEADER):
            # Some writers do not set the flags: look for metadata in every file.
            if end - at <= TAIL:
                draft.need_for_all(at, end - at)
                return
            if name == b"ANMF":
                after = _over_frames(draft, at, end)
                if after is None:
                    _end_animation(draft, picture, max(end, riff))
                if after is None and not flags & _METADATA_FLAGS:
                    draft.is_given_up = True  # one request per frame is too many
                    return
                at = after or at
        name, data = _chunk(draft, at)
        if name == b"VP8X":
            flags = draft.number(data.first, 1)
        elif name in _METADATA:
            _end_animation(draft, picture, at)
        _note(draft, picture, name, data)
        at = data.end + data.length % 2
    raise GivenUp("too many chunks")


def _chunk(draft: Draft, at: int) -> tuple[bytes, Extent]:
    header = draft.exactly(at, _HEADER)
    return header[:4], Extent(at + _HEADER, int.from_bytes(header[4:], "little"))


def _note(draft: Draft, picture: _Picture, name: bytes, data: Extent) -> None:
    if name == b"EXIF":
        draft.add_exif([data])
    elif name in _METADATA:
        draft.add(_METADATA[name], [data])
    elif name == b"VP8X":
        canvas = draft.exactly(data.first + 4, 6)
        draft.width = int.from_bytes(canvas[:3], "little") + 1
        draft.height = int.from_bytes(canvas[3:], "little") + 1
    elif draft.picture is None and picture.first_frame is None:
        _note_picture(draft, picture, name, data)


def _note_picture(draft: Draft, picture: _Picture, name: bytes, data: Extent) -> None:
    if name == b"ANIM":
        header = draft.deciding(draft.file.at, data.first, _ANIM_BYTES)
        picture.parameters += [name + content for content in header]
    elif name == b"ANMF":
        picture.first_frame = data
        draft.need_for_picture(data.first + _FRAME_HEADER)
    elif name == b"ALPH":
        picture.alpha.append(data)
        # RFC 9649 2.7.1.2: the two lowest bits are the compression; 0 is none.
        picture.has_raw_alpha |= draft.number(data.first, 1) & 0b11 == 0
    elif name in (b"VP8 ", b"VP8L"):
        if draft.width is None:
            draft.width, draft.height = _dimensions(draft, name, data.first)
        # The colours first, because many pictures share one mask.
        draft.set_picture(
            *(data, *picture.alpha),
            parameters=[name],
            is_constant_size=picture.has_raw_alpha,
        )


def _end_animation(draft: Draft, picture: _Picture, end: int) -> None:
    """Set all frames, with their chunk headers, as the picture, up to ``end``."""
    if picture.first_frame and draft.picture is None:
        first = picture.first_frame.first + _FRAME_HEADER
        draft.set_picture(Extent(first, end - first), parameters=picture.parameters)


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
    """Return the offset at which to continue after the frames, None if not found.

    At this offset is the first chunk in the tail from which adjacent chunks lead
    exactly to the end of the file.
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
