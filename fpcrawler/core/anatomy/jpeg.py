"""JPEG: ITU-T T.81 annex B, with the application segments of EXIF, XMP and IPTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.jpeg_colours import is_rgb
from fpcrawler.core.anatomy.jpeg_end import end_in_tail, end_of_image, ends_at
from fpcrawler.core.anatomy.jpeg_segments import COM, Segments
from fpcrawler.core.anatomy.jpeg_tables import without_unused
from fpcrawler.core.anatomy.multipicture import end_without_thumbnails
from fpcrawler.core.anatomy.structure import GivenUp, Malformed
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.anatomy.jpeg_statements import Segment

_COST = 8
_MAX_FILL = 65_536
"""How many fill bytes (B.1.1.2) and stray bytes before a marker are skipped."""

_HEADER = 4  # marker and length
_LEAD = 0xFF
_NO_CODE = {0x00, 0xFF}  # after 0xFF: a coded byte, a fill byte (B.1.1.2, B.1.1.5)
_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_ALONE = {_TEM, *range(0xD0, _EOI)}  # TEM, restart markers and SOI have no length
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_APP0, _APP14 = 0xE0, 0xEE
_NOTED = {*range(_APP0, 0xF0), COM}
# Tables, and Adobe's segment, which gives the colour transform.
_DECIDING = {0xC4, 0xCC, 0xDB, 0xDD, _APP14, _SOS} | _FRAMES
_NOTED_FOR_PICTURE = _DECIDING | {_APP0}

_JFIF = b"JFIF\0"


def read(draft: Draft) -> None:
    """Read a JPEG file."""
    read_from(draft, 0, draft.file.size)


def read_from(draft: Draft, start: int, end: int) -> None:
    """Read a JPEG stream between two offsets of a file."""
    segments = Segments()
    try:
        _walk(draft, segments, start + 2, end)
    finally:
        segments.add_parts(draft)


def _walk(draft: Draft, segments: Segments, at: int, end: int) -> None:
    latest: Segment | None = None
    while True:
        draft.step(_COST)
        try:
            stray, header = at, draft.file.at(at, _HEADER)
            if len(header) < _HEADER or header[0] != _LEAD or header[1] in _NO_CODE:
                at, header = _header(draft, at)
        except MissingBytes as missing:
            # Many segments may follow that belong to the latest one.
            is_here = missing.first >= at + _HEADER
            if not latest or is_here or not (jump := segments.jump(draft, latest)):
                raise
            at, latest = jump.landing, None
            continue
        marker = header[1]
        if draft.has_picture and (marker in _NOTED_FOR_PICTURE or at > stray):
            draft.deciding(_note_deciding, draft, segments, stray, at, marker)
        if marker in _ALONE:
            at += 2
            continue
        if marker == _EOI:
            raise Malformed(f"no picture before the end of image at {at + 2}")

        length = _length(draft, header, at)
        data = Extent(at + _HEADER, length - 2)
        if marker == _SOS:
            _set_picture(draft, segments, data.end, end)
            return
        if marker in _FRAMES and draft.width is None:
            # A height of 0: a DNL segment after the first scan gives it (B.2.5).
            draft.height = draft.number(data.first + 1, 2) or None
            draft.width = draft.number(data.first + 3, 2)
        is_noted = marker in _NOTED
        latest = segments.note(draft, marker, data) if is_noted else None
        at = data.end


def _header(draft: Draft, at: int) -> tuple[int, bytes]:
    """Return the offset of the next marker, and four bytes from there.

    Stray bytes before the marker are skipped, as decoders do.
    """
    draft.exactly(at, 2)
    for block in range(at, at + _MAX_FILL, 512):
        data = draft.file.at(block, 513)
        for index in range(len(data) - 1):
            if data[index] == _LEAD and data[index + 1] not in _NO_CODE:
                return block + index, draft.file.at(block + index, _HEADER)
        if len(data) <= 1:
            raise Malformed(f"no marker at {at}")
    raise GivenUp(f"no marker near {at}")


def _length(draft: Draft, header: bytes, at: int) -> int:
    if len(header) < _HEADER:
        raise Malformed(f"cut off at {draft.file.size}")
    length = header[2] << 8 | header[3]
    if length < 2:  # noqa: PLR2004 - the length counts its own two bytes
        raise Malformed(f"segment length {length} at {at + 2}")
    return length


def _set_picture(draft: Draft, segments: Segments, first: int, end: int) -> None:
    """Set the picture up to EOI; where that is not here, up to the end of the file."""
    stated = end
    if index := segments.multi_picture:
        ends = draft.deciding(end_without_thumbnails, draft, index, first, end)
        stated = min(ends, default=end)
    seen = _seen_end(draft, segments, first, end, stated) if draft.has_picture else None
    parameters = without_unused(segments.parameters, _FRAMES)
    has_other_colours = segments.is_jfif and is_rgb(parameters, _FRAMES)
    draft.set_picture(
        Extent(first, (seen or stated) - first),
        parameters=[*parameters, _JFIF] if has_other_colours else parameters,
        is_upper_bound=seen is None,
    )


def _seen_end(
    draft: Draft, segments: Segments, first: int, end: int, stated: int
) -> int | None:
    """Return the offset after EOI; None if it is not known by what is here."""
    if seen := end_of_image(draft.file, first, end):
        return seen
    if stated < end and ends_at(draft.file, stated):
        return stated
    # With several pictures in a file, the last EOI is that of another one.
    return None if segments.multi_picture else end_in_tail(draft.file, first, end)


def _note_deciding(
    draft: Draft, segments: Segments, stray: int, at: int, marker: int
) -> None:
    """Keep the segment whose marker is at ``at``, if it decides how data decode.

    Stray bytes before a marker are kept too: decoders treat them differently.
    """
    if at > stray and (kept := draft.file.at(stray, at - stray).strip(b"\xff")):
        segments.parameters.append(kept)
    if marker in _DECIDING:
        segments.parameters.append(draft.exactly(at, 2 + draft.number(at + 2, 2)))
    elif marker == _APP0:
        segments.is_jfif |= draft.file.at(at + _HEADER, len(_JFIF)) == _JFIF
