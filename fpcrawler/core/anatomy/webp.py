"""WebP: RFC 9649."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.draft import CODED_WINDOW
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import UNKNOWN_SIZE

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.anatomy.structure import MetadataKind

TAIL = 16_384

_COST = 8
_HEADER = 8
_METADATA_FLAGS = 0x08 | 0x04  # EXIF, XMP
_ALPHA, _ANIMATION = 0x10, 0x02
_METADATA: dict[bytes, MetadataKind] = {
    b"EXIF": "exif",
    b"XMP ": "xmp",
    b"C2PA": "provenance",  # C2PA 2.2, appendix A.3.7
}
_ANIM_BYTES = 6
_FRAME_HEADER = 16
_VP8_START = b"\x9d\x01\x2a"
_VP8L_SIGNATURE = 0x2F
_VP8L_HEADER, _VP8L_ALPHA = 5, 0x10  # RFC 9649 3.4: two lengths of 14 bits, alpha
_OPAQUE = b"opaque"
_CHUNKS = {*_METADATA, b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_NEXT = 1 + _HEADER  # with the padding before it
_IN_TAIL = re.compile(rb"(?=(?:ANMF|EXIF|XMP |C2PA)[\0-\xff]{2}\0\0)")


@dataclass(slots=True)
class _Picture:
    """The picture's chunks, as far as they were read."""

    parameters: list[bytes] = field(default_factory=list)
    alpha: list[Extent] = field(default_factory=list)
    has_raw_alpha: bool = False
    first_frame: Extent | None = None
    flags: int | None = None
    """Those of VP8X; None if there is none."""

    @property
    def has_metadata(self) -> bool:
        return bool((self.flags or 0) & _METADATA_FLAGS)


def read(draft: Draft) -> None:
    """Read a WebP file; its metadata follow the picture."""
    riff = _HEADER + int.from_bytes(draft.exactly(4, 4), "little")
    at = _walk(draft, _Picture(), riff + riff % 2)
    # Further chunks are missing. Some writers count the RIFF header too, which adds 8.
    if at is not None and max(at, riff - _HEADER) > draft.file.size:
        draft.note_cut()


def _walk(draft: Draft, picture: _Picture, riff: int) -> int | None:
    """Return the offset after the last chunk; None if bytes are missing before it.

    Chunks that follow the end of the RIFF chunk, at ``riff``, are read too: its length
    is wrong in some files.
    """
    end = riff if draft.file.size >= UNKNOWN_SIZE else draft.file.size
    at, name, data = 12, b"", Extent(12, 0)
    while True:
        draft.step(_COST)
        if at + _HEADER > end:
            _end_animation(draft, picture, at)
            return at
        if (draft.picture or picture.first_frame) and not draft.file.has(at, _NEXT):
            # Some writers do not set the flags: look for metadata in every file.
            if end - at <= TAIL:
                draft.need_for_all(at, end - at)
                return None
            if name == b"ANMF":
                after = _over_frames(draft, at, {riff, end})
                if after is None and not _goes_on(draft, picture, max(at, riff)):
                    return None
                at = after or at
        is_known = _is_known(draft, at)
        if data.length % 2 and at == data.end and not is_known:
            at += 1  # the padding, which some writers leave out
            is_known = _is_known(draft, at)
        if at + _HEADER > riff and not is_known:
            _end_animation(draft, picture, riff)
            return at
        name, data = _chunk(draft, at)
        _note(draft, picture, name, data)
        at = data.end


def _is_known(draft: Draft, at: int) -> bool:
    return draft.file.at(at, 4) in _CHUNKS


def _goes_on(draft: Draft, picture: _Picture, end: int) -> bool:
    """End an animation at ``end``; return whether metadata have to be there.

    If not, one request per frame is too many.
    """
    _end_animation(draft, picture, end)
    draft.is_given_up |= not picture.has_metadata
    return picture.has_metadata


def _chunk(draft: Draft, at: int) -> tuple[bytes, Extent]:
    header = draft.exactly(at, _HEADER)
    return header[:4], Extent(at + _HEADER, int.from_bytes(header[4:], "little"))


def _note(draft: Draft, picture: _Picture, name: bytes, data: Extent) -> None:
    if name in _METADATA:
        _end_animation(draft, picture, data.first - _HEADER)
    if name == b"EXIF":
        draft.add_exif([data])
    elif name in _METADATA:
        draft.add(_METADATA[name], [data])
    elif name == b"VP8X":
        picture.flags = draft.number(data.first, 1)
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
        draft.need_for_picture(data.first, _FRAME_HEADER + CODED_WINDOW)
        header = draft.deciding(draft.file.at, data.first, _FRAME_HEADER)
        picture.parameters += [name + content for content in header]
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
            parameters=[name, *_opaque(draft, picture, name, data)],
            is_constant_size=picture.has_raw_alpha,
        )


def _opaque(
    draft: Draft, picture: _Picture, name: bytes, data: Extent
) -> Iterator[bytes]:
    """Yield a parameter if VP8X denies the alpha that the picture has.

    A picture without VP8X, which metadata need, is shown with its alpha.
    """
    if picture.flags is None or picture.flags & _ALPHA:
        return
    if name == b"VP8 " and not picture.alpha:
        return
    opening = draft.deciding(draft.exactly, data.first, _VP8L_HEADER)
    if picture.alpha or any(header[-1] & _VP8L_ALPHA for header in opening):
        yield _OPAQUE


def _end_animation(draft: Draft, picture: _Picture, end: int) -> None:
    """Set all frames, with their chunk headers, as the picture, up to ``end``."""
    if picture.first_frame and draft.picture is None:
        first = picture.first_frame.first + _FRAME_HEADER
        flags = bytes([(picture.flags or 0) & (_ALPHA | _ANIMATION)])
        draft.set_picture(
            Extent(first, end - first),
            parameters=[b"VP8X" + flags, *picture.parameters],
        )


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


def _over_frames(draft: Draft, at: int, ends: set[int]) -> int | None:
    """Return the offset at which to continue after the frames, None if not found.

    At this offset is the first chunk in the tail from which adjacent chunks lead
    exactly to one of the ``ends``: of the RIFF chunk, of the file.
    """
    end = min(max(ends), draft.file.size)
    tail = max(at, end - TAIL)
    opening = draft.file.at(tail, end - tail)
    starts = {stop - tail for stop in ends}
    for match in reversed(list(_IN_TAIL.finditer(opening))):
        start = match.start() + _HEADER
        length = int.from_bytes(opening[start - 4 : start], "little")
        if start + length + length % 2 in starts:
            starts.add(match.start())
    first = tail + min(start for start in starts if start >= 0)
    return first if first < min(ends) else None
