"""Places in a file, put together for fetching."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.structure import JOIN_GAP, Extent

if TYPE_CHECKING:
    from collections.abc import Iterable


def joined(extents: Iterable[Extent], *, size: int) -> tuple[Extent, ...]:
    """Return the extents in order, neighbours as one, cut at the end of the file."""
    result: list[Extent] = []
    for extent in sorted(extents):
        end = min(extent.end, size)
        if end <= extent.first:
            continue
        if result and extent.first <= result[-1].end + JOIN_GAP:
            first = result[-1].first
            result[-1] = Extent(first, max(result[-1].end, end) - first)
        else:
            result.append(Extent(extent.first, end - extent.first))
    return tuple(result)
