"""JUMBF boxes in the APP11 segments of a JPEG: ISO/IEC 18477-3 annex B."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.structure import STORE_TAIL, STORE_WHOLE
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.anatomy.jpeg_statements import Segment

BOX = b"JP"
"""The common identifier; after it the instance number, the packet sequence number."""

_HEADER = 8
_BOX_HEADER, _LONG_BOX_HEADER = 8, 16
_LONG = 1  # a longer length follows the type
_JUMBF = b"jumb"
_MAX_BOXES = 16
_MAX_AROUND = 64
"""Bytes around the shares of the last segments: markers, numbers, box headers."""


class Boxes:
    """The boxes of a JPEG by their instance number, and the segments of each.

    A box is cut into segments, each of which repeats the header of the box.
    """

    def __init__(self) -> None:
        self._boxes: dict[tuple[bytes, int], dict[int, Extent]] = {}

    def note(self, segment: Segment, skipped: Sequence[Extent] = ()) -> None:
        """Keep the data of a segment, and of those in the hole after it.

        Of two segments with one number the first counts.
        """
        opening = segment.opening
        if opening[12:16] != _JUMBF:
            return
        is_long = int.from_bytes(opening[8:12], "big") == _LONG
        key = opening[2:4], _LONG_BOX_HEADER if is_long else _BOX_HEADER
        segments = self._boxes.setdefault(key, {})
        first = int.from_bytes(opening[4:8], "big")
        for number, data in enumerate([segment.data, *skipped], first):
            segments.setdefault(number, _after(data, _HEADER))

    def add_parts(self, draft: Draft) -> None:
        """Add each box: its header, and its content in the order of the numbers."""
        boxes = list(self._boxes.items())
        for (_, header), segments in boxes[:_MAX_BOXES]:
            first, *others = [extent for _, extent in sorted(segments.items())]
            draft.add("provenance", [first, *(_after(each, header) for each in others)])
        if len(boxes) > _MAX_BOXES:
            draft.left_out.add("provenance")


def need_end(draft: Draft, segment: Segment, landing: int) -> None:
    """Request the end of a manifest store with the header that follows it.

    ``landing`` is where the store of ``segment`` ends by what this states. The end is
    read in any case, and so it does not take a request of its own.
    """
    if segment.opening[:2] != BOX or segment.opening[12:16] != _JUMBF:
        return
    first = segment.data.first
    if landing - first > STORE_WHOLE:
        first = landing - STORE_TAIL - _MAX_AROUND
    if "provenance" in draft.sought and not draft.file.has(landing, 1):
        draft.need(first, landing - first)


def _after(data: Extent, header: int) -> Extent:
    return Extent(data.first + header, max(data.length - header, 0))
