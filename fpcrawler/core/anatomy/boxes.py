"""Boxes of the ISO base media file format, also used by JPEG 2000 and JPEG XL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.anatomy.structure import GivenUp, Malformed
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_COST = 4
_HEADER, _LONG_HEADER = 8, 16
_TO_THE_END, _LONG = 0, 1
_MAX_TABLE = 1_048_576


class Box(NamedTuple):
    """A box: its four-character type, the offset of its header, its content.

    ``is_cut``: its size exceeds the file or the enclosing box.
    """

    type: bytes
    first: int
    data: Extent
    is_cut: bool = False

    @property
    def whole(self) -> Extent:
        """The box with its header."""
        return Extent(self.first, self.data.end - self.first)


def boxes(draft: Draft, first: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two offsets (ISO/IEC 14496-12 section 4.2).

    A box that is cut is the last one; the draft is told if the caller goes on.
    """
    while True:
        draft.step(_COST)
        if first + _HEADER > end:
            if first < end and any(draft.file.at(first, end - first)):
                draft.note_cut()  # within a header; zeros may be padding
            return
        header = draft.file.at(first, _HEADER)
        if len(header) < _HEADER:
            raise Malformed(f"cut off at {draft.file.size}")
        size, header_length = int.from_bytes(header[:4], "big"), _HEADER
        if size == _LONG:
            size, header_length = draft.number(first + _HEADER, 8), _LONG_HEADER
        elif size == _TO_THE_END:
            size = end - first
        if size < header_length:
            raise Malformed(f"box size {size} at {first}")
        start, after = first + header_length, first + size
        stop = min(after, end)
        data = Extent(start, max(stop - start, 0))
        yield Box(header[4:], first, data, stop < after)
        if stop < after:
            draft.note_cut()
            return
        first = after


class Numbers:
    """Reads consecutive big-endian numbers from the content of a box."""

    def __init__(self, draft: Draft, data: Extent) -> None:
        self._data = draft.file.at(data.first, min(data.length, _MAX_TABLE))
        self._is_cut = data.length > _MAX_TABLE
        self._end = len(self._data)
        self._at = 0

    def take(self, length: int) -> int:
        """Take a number of ``length`` bytes; raise Malformed if fewer are left."""
        at = self._at
        self._at = end = at + length
        if end > self._end:
            msg = "a box ends within its content"
            raise GivenUp(msg) if self._is_cut else Malformed(msg)
        return int.from_bytes(self._data[at:end], "big")

    def version_and_flags(self) -> tuple[int, int]:
        """Take version and flags of a full box (ISO/IEC 14496-12 section 4.2)."""
        return self.take(1), self.take(3)
