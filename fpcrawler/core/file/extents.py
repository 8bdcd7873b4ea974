"""Byte ranges of a file, and how near ones are joined into one request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

JOIN_GAP = 8_192
"""Extents up to this many bytes apart are requested as one.

Measured on 107 real files with metadata beyond the sample: compared with 2 KiB,
8 KiB saves a tenth of the requests and costs half a kilobyte more per image.
"""

MAX_JOINED = 65_536
"""Near extents are not joined beyond this length: a budget may allow some of them."""


class Extent(NamedTuple):
    """A byte range of a file: the offset of its first byte, and its length in bytes.

    A tuple, because each image makes, sorts and compares hundreds of them.
    """

    first: int
    length: int

    @property
    def end(self) -> int:
        """The offset after the last byte."""
        return self.first + self.length

    def overlaps(self, other: Extent) -> bool:
        """Return whether the two share a byte."""
        return self.first < other.end and other.first < self.end


def joined(
    extents: Iterable[Extent], *, size: int, gap: int = JOIN_GAP
) -> tuple[Extent, ...]:
    """Return the extents sorted, near ones joined, clipped to ``size`` bytes."""
    result: list[Extent] = []
    for extent in sorted(extents):
        end = min(extent.end, size)
        if end <= extent.first:
            continue
        last = result[-1] if result else Extent(0, 0)
        is_near = extent.first <= last.end + gap
        is_inside = extent.first < last.end
        if result and (is_inside or (is_near and end - last.first <= MAX_JOINED)):
            result[-1] = Extent(last.first, max(last.end, end) - last.first)
        else:
            result.append(Extent(extent.first, end - extent.first))
    return tuple(result)
