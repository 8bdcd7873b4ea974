"""JPEG XL: ISO/IEC 18181-1 (the size header) and 18181-2 (the container)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.anatomy.boxes import Box, boxes
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.anatomy.structure import MetadataKind

_CODESTREAM = b"\xff\x0a"
_IS_LAST = 1 << 31
_LARGEST_HEADER = 16
_SIZE_BITS = (9, 13, 18, 30)
_RATIOS = ((1, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_COMPRESSED: dict[bytes, MetadataKind] = {b"Exif": "exif", b"xml ": "xmp"}


def read(draft: Draft) -> None:
    """Read a JPEG XL container or a bare codestream."""
    if draft.file.at(0, 2) == _CODESTREAM:
        _read_codestream(draft, [Extent(0, draft.file.size)])
        return
    parts: list[Extent] = []
    for box in boxes(draft, 0, draft.file.size):
        if box.type == b"jxlp":
            _note_part(draft, box, parts)
        else:
            _note(draft, box)


def _note_part(draft: Draft, box: Box, parts: list[Extent]) -> None:
    """Read ``jxlp`` (18181-2 9.9): a part number, whose first bit marks the last."""
    data = box.data
    number = draft.number(data.first, 4)
    parts.append(Extent(data.first + 4, max(data.length - 4, 0)))
    if number & _IS_LAST and draft.picture is None:
        _read_codestream(draft, parts, is_end_known=not box.is_cut)


def _note(draft: Draft, box: Box) -> None:
    data = box.data
    if box.type == b"jxlc":
        _read_codestream(draft, [data], is_end_known=not box.is_cut)
    elif box.type == b"Exif":
        draft.add_exif([data], has_offset=True)
    elif box.type == b"xml ":
        draft.add("xmp", [data])
    elif box.type == b"jumb":
        draft.add("provenance", [box.whole])
    elif box.type == b"brob":
        kind = _COMPRESSED.get(draft.exactly(data.first, 4))
        if kind:
            compressed = Extent(data.first + 4, max(data.length - 4, 0))
            draft.add(kind, [compressed], ("brotli",))


def _read_codestream(
    draft: Draft, extents: Sequence[Extent], *, is_end_known: bool = True
) -> None:
    draft.set_picture(*extents, is_end_known=is_end_known)
    opening = Block(draft.file, extents).at(0, _LARGEST_HEADER)
    if opening.startswith(_CODESTREAM):
        bits = _Bits(opening[2:])
        draft.width, draft.height = _size(bits)


class _Bits:
    """Reads bits of a codestream, the least significant first."""

    def __init__(self, data: bytes) -> None:
        self._rest = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._rest & ((1 << count) - 1)
        self._rest >>= count
        return value


def _size(bits: _Bits) -> tuple[int, int]:
    """Return width and height of a SizeHeader (18181-1 section D.2)."""
    by_eights = bits.take(1)
    height = _length(bits, by_eights=by_eights)
    ratio = bits.take(3)
    if ratio == 0:
        return _length(bits, by_eights=by_eights), height
    across, down = _RATIOS[ratio]
    return height * across // down, height


def _length(bits: _Bits, *, by_eights: int) -> int:
    if by_eights:
        return (bits.take(5) + 1) * 8
    return bits.take(_SIZE_BITS[bits.take(2)]) + 1
