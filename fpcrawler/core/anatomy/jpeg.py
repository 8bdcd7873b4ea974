"""JPEG: ITU-T T.81 annex B, with the application segments of EXIF, XMP and IPTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.multipicture import MULTI_PICTURE, end_without_thumbnails
from fpcrawler.core.anatomy.photoshop import read_resources
from fpcrawler.core.anatomy.structure import GivenUp, Malformed
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_MAX_SEGMENTS = 5_000
_MAX_FILL = 65_536
"""Fill bytes before a marker (B.1.1.2) that are passed over at most."""

_EDITED_WINDOW = 28_672
"""Behind Photoshop's resources come XMP and a profile, each of unknown length."""

_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_ALONE = {_TEM, *range(0xD0, _EOI)}  # restart markers and SOI have no length
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_APP0, _APP1, _APP2, _APP13, _APP14 = 0xE0, 0xE1, 0xE2, 0xED, 0xEE
# Tables, and Adobe's segment, which tells how the components are colours.
_DECIDING = {0xC4, 0xCC, 0xDB, 0xDD, _APP14, _SOS} | _FRAMES

_JFIF = b"JFIF\0"
_RGB_IDS = b"RGB"
"""Decoders take components that are called so for RGB, with JFIF for YCbCr."""

_EXIF = b"Exif\0"  # the sixth byte is 0 by the book, 0xFF by some cameras
_EXIF_HEADER = 6
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_EXTENDED_HEADER = len(_EXTENDED_XMP) + 32 + 8  # a digest, the length, the offset
_ICC = b"ICC_PROFILE\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_TIFF_ORDERS = (b"II", b"MM")


@dataclass(slots=True)
class _Segments:
    """Parts that continue over several segments."""

    exif: list[list[Extent]] = field(default_factory=list)
    photoshop: list[Extent] = field(default_factory=list)
    extended: dict[bytes, list[tuple[int, Extent]]] = field(default_factory=dict)
    parameters: list[bytes] = field(default_factory=list)
    multi_picture: Extent | None = None
    is_jfif: bool = False


def read(draft: Draft) -> None:
    """Read a JPEG file."""
    read_from(draft, 0, draft.file.size)


def read_from(draft: Draft, start: int, end: int) -> None:
    """Read a JPEG stream that is a file or lies in one."""
    segments = _Segments()
    try:
        _walk(draft, segments, start + 2, end)
    except MissingBytes as missing:
        if segments.photoshop:
            draft.need_coded(missing.first, _EDITED_WINDOW)
        raise
    finally:
        _add_parts(draft, segments)


def _walk(draft: Draft, segments: _Segments, at: int, end: int) -> None:
    for _ in range(_MAX_SEGMENTS):
        at = _marker_at(draft, stray := at)
        marker = draft.exactly(at, 1)[0]
        at += 1
        if draft.is_for_picture:
            _note_deciding(draft, segments, Extent(stray, at - stray), marker)
        if marker in _ALONE:
            continue
        if marker == _EOI:
            raise Malformed(f"no picture before the end of image at {at}")

        length = draft.number(at, 2)
        if length < 2:  # noqa: PLR2004 - the length counts its own two bytes
            raise Malformed(f"segment length {length} at {at}")
        if marker == _SOS:
            first = at + length
            end = end_without_thumbnails(draft, segments.multi_picture, first, end)
            draft.set_picture(
                Extent(first, end - first), parameters=segments.parameters
            )
            return
        data = Extent(at + 2, length - 2)
        if marker in _FRAMES and draft.width is None:
            # A height of 0 is given behind the first scan (B.2.5).
            draft.height = draft.number(data.first + 1, 2) or None
            draft.width = draft.number(data.first + 3, 2)
        skipped = _note(draft, segments, marker, data)
        at = data.end + skipped * (length + 2)
    raise GivenUp("too many segments")


def _marker_at(draft: Draft, at: int) -> int:
    """Return the offset of the marker's code, after any number of 0xFF.

    Decoders pass over bytes that are no marker, so this does too.
    """
    first = draft.exactly(at, 2)
    if first[0] == 0xFF and 0 < first[1] < 0xFF:  # noqa: PLR2004
        return at + 1
    for block in range(at, at + _MAX_FILL, 512):
        data = draft.file.at(block, 513)
        for index in range(len(data) - 1):
            if data[index] == 0xFF and 0 < data[index + 1] < 0xFF:  # noqa: PLR2004
                return block + index + 1
        if len(data) <= 1:
            raise Malformed(f"no marker at {at}")
    raise GivenUp(f"no marker near {at}")


def _note_deciding(
    draft: Draft, segments: _Segments, up_to_marker: Extent, marker: int
) -> None:
    """Keep the bytes of what decides how the coded data decode.

    Decoders differ in what they make of stray bytes before a marker.
    """
    before = draft.file.at(up_to_marker.first, up_to_marker.length)[:-1]
    if stray := before.strip(b"\xff"):
        segments.parameters.append(stray)
    if marker in _DECIDING:
        length = draft.number(up_to_marker.end, 2)
        data = draft.exactly(up_to_marker.end, length)
        segments.parameters.append(bytes([0xFF, marker]) + data)
        if marker in _FRAMES and segments.is_jfif and data[8::3] == _RGB_IDS:
            segments.parameters.append(_JFIF)
    elif marker == _APP0:
        opening = draft.file.at(up_to_marker.end + 2, len(_JFIF))
        segments.is_jfif |= opening == _JFIF


def _note(draft: Draft, segments: _Segments, marker: int, data: Extent) -> int:
    """Keep what is of use; return how many like segments are sure to follow."""
    if marker not in (_APP1, _APP2, _APP13):
        return 0
    opening = draft.file.at(data.first, min(data.length, _EXTENDED_HEADER))
    if marker == _APP2:
        if opening.startswith(MULTI_PICTURE):
            segments.multi_picture = _after(data, len(MULTI_PICTURE))
        return _icc_to_pass(draft, data, opening)
    if marker == _APP13 and opening.startswith(_PHOTOSHOP):
        segments.photoshop.append(_after(data, len(_PHOTOSHOP)))
    elif opening.startswith(_EXIF):
        _note_exif(segments, _after(data, _EXIF_HEADER), opening[_EXIF_HEADER:])
    elif opening.startswith(_XMP):
        draft.add("xmp", [_after(data, len(_XMP))])
    elif opening.startswith(_EXTENDED_XMP) and len(opening) == _EXTENDED_HEADER:
        digest = opening[len(_EXTENDED_XMP) : -8]
        offset = int.from_bytes(opening[-4:], "big")
        extent = _after(data, _EXTENDED_HEADER)
        segments.extended.setdefault(digest, []).append((offset, extent))
    return 0


def _note_exif(segments: _Segments, block: Extent, opening: bytes) -> None:
    """Add a block, or what it has beyond 64 KiB: a segment without TIFF header."""
    if segments.exif and opening[:2] not in _TIFF_ORDERS:
        segments.exif[-1].append(block)
    else:
        segments.exif.append([block])


def _icc_to_pass(draft: Draft, data: Extent, opening: bytes) -> int:
    """Return how many equal segments of a profile lie before its last one.

    ICC.1 annex B.4: number of this segment, number of all. All but the last
    are of one length, so the last one's header is looked for at once.
    """
    numbers = opening[len(_ICC) : len(_ICC) + 2]
    if not opening.startswith(_ICC) or len(numbers) < 2:  # noqa: PLR2004
        return 0
    between = numbers[1] - numbers[0] - 1
    if between <= 0 or draft.file.has(data.end, 4 + len(_ICC) + 2):
        return 0
    last = data.end + between * (data.length + 4)
    expected = b"\xff\xe2", _ICC + bytes([numbers[1], numbers[1]])
    header = draft.file.at(last, 4 + len(_ICC) + 2)
    return between if (header[:2], header[4:]) == expected else 0


def _after(data: Extent, header: int) -> Extent:
    return Extent(data.first + header, max(data.length - header, 0))


def _add_parts(draft: Draft, segments: _Segments) -> None:
    for block in segments.exif:
        draft.add_exif(block, look_within=4)
    if segments.photoshop:
        with draft.going_on():
            read_resources(draft, segments.photoshop)
    for digest, pieces in segments.extended.items():
        extents = [extent for _, extent in sorted(pieces)]
        draft.add("extended-xmp", extents, name=digest.decode("latin-1"))
