"""JPEG: ITU-T T.81 annex B, with the application segments of EXIF, XMP and IPTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.multipicture import MULTI_PICTURE, end_without_thumbnails
from fpcrawler.core.anatomy.photoshop import read_resources
from fpcrawler.core.anatomy.structure import GivenUp, Malformed
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_MAX_SEGMENTS = 5_000
_MAX_FILL = 65_536
"""How many fill bytes (B.1.1.2) and stray bytes before a marker are skipped."""

_EDITED_WINDOW = 28_672
"""After Photoshop's resources come XMP and an ICC profile of unknown lengths."""

_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_ALONE = {_TEM, *range(0xD0, _EOI)}  # TEM, restart markers and SOI have no length
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_APP0, _APP1, _APP2, _APP13, _APP14 = 0xE0, 0xE1, 0xE2, 0xED, 0xEE
# Tables, and Adobe's segment, which gives the colour transform.
_DECIDING = {0xC4, 0xCC, 0xDB, 0xDD, _APP14, _SOS} | _FRAMES

_JFIF = b"JFIF\0"
_RGB_IDS = b"RGB"
"""Decoders read components with these ids as RGB, but as YCbCr in a JFIF file."""

_EXIF = b"Exif\0"  # the sixth byte should be 0; some cameras write 0xFF
_EXIF_HEADER = 6
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_EXTENDED_HEADER = len(_EXTENDED_XMP) + 32 + 8  # digest, total length and offset
_ICC = b"ICC_PROFILE\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_TIFF_ORDERS = (b"II", b"MM")


@dataclass(slots=True)
class _Segments:
    """What is collected over several segments."""

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
    """Read a JPEG stream between two offsets of a file."""
    segments = _Segments()
    try:
        _walk(draft, segments, start + 2, end)
    finally:
        _add_parts(draft, segments)


def _walk(draft: Draft, segments: _Segments, at: int, end: int) -> None:
    for _ in range(_MAX_SEGMENTS):
        at = _marker_at(draft, stray := at)
        marker = draft.exactly(at, 1)[0]
        at += 1
        draft.deciding(_note_deciding, draft, segments, stray, at)
        if marker in _ALONE:
            continue
        if marker == _EOI:
            raise Malformed(f"no picture before the end of image at {at}")

        length = draft.number(at, 2)
        if length < 2:  # noqa: PLR2004 - the length counts its own two bytes
            raise Malformed(f"segment length {length} at {at}")
        if marker == _SOS:
            first = at + length
            if index := segments.multi_picture:
                ends = draft.deciding(end_without_thumbnails, draft, index, first, end)
                end = min(ends, default=end)
            draft.set_picture(
                Extent(first, end - first), parameters=segments.parameters
            )
            return
        data = Extent(at + 2, length - 2)
        if marker in _FRAMES and draft.width is None:
            # A height of 0: a DNL segment after the first scan gives it (B.2.5).
            draft.height = draft.number(data.first + 1, 2) or None
            draft.width = draft.number(data.first + 3, 2)
        skipped = _note(draft, segments, marker, data)
        at = data.end + skipped * (length + 2)
    raise GivenUp("too many segments")


def _marker_at(draft: Draft, at: int) -> int:
    """Return the offset of the next marker's code, the byte after the last 0xFF.

    Stray bytes before the marker are skipped, as decoders do.
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


def _note_deciding(draft: Draft, segments: _Segments, stray: int, at: int) -> None:
    """Keep the segment at ``at``, after its marker, if it decides how data decode.

    Stray bytes before a marker are kept too: decoders treat them differently.
    """
    *before, marker = draft.file.at(stray, at - stray)
    if kept := bytes(before).strip(b"\xff"):
        segments.parameters.append(kept)
    if marker in _DECIDING:
        data = draft.exactly(at, draft.number(at, 2))
        segments.parameters.append(bytes([0xFF, marker]) + data)
        if marker in _FRAMES and segments.is_jfif and data[8::3] == _RGB_IDS:
            segments.parameters.append(_JFIF)
    elif marker == _APP0:
        segments.is_jfif |= draft.file.at(at + 2, len(_JFIF)) == _JFIF


def _note(draft: Draft, segments: _Segments, marker: int, data: Extent) -> int:
    """Keep a metadata segment; return how many following ones can be skipped."""
    if marker not in (_APP1, _APP2, _APP13):
        return 0
    opening = draft.file.at(data.first, min(data.length, _EXTENDED_HEADER))
    if marker == _APP2:
        if opening.startswith(MULTI_PICTURE):
            segments.multi_picture = _after(data, len(MULTI_PICTURE))
        return _icc_to_skip(draft, data, opening)
    if marker == _APP13 and opening.startswith(_PHOTOSHOP):
        segments.photoshop.append(_after(data, len(_PHOTOSHOP)))
        draft.picture_window = _EDITED_WINDOW
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
    """Add a block; a segment without TIFF header continues a block over 64 KiB."""
    if segments.exif and opening[:2] not in _TIFF_ORDERS:
        segments.exif[-1].append(block)
    else:
        segments.exif.append([block])


def _icc_to_skip(draft: Draft, data: Extent, opening: bytes) -> int:
    """Return how many segments of an ICC profile lie between this and the last.

    ICC.1 annex B.4: each segment has its number and the number of all. Writers give
    all but the last the same length, so the offset of the last can be computed. The
    result is 0 unless the last segment is found there.
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
