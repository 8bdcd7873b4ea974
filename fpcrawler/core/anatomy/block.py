"""Several extents of a file, read as one block."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import TYPE_CHECKING

from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.file.sparse import SparseFile


class Block:
    """The bytes of several extents, read as one contiguous block."""

    def __init__(self, file: SparseFile, extents: Iterable[Extent]) -> None:
        self._file = file
        self.pieces = tuple(extents)
        self._ends = list(accumulate([extent.length for extent in self.pieces]))
        self.length = self._ends[-1] if self._ends else 0

    def at(self, first: int, length: int) -> bytes:
        """Return these bytes, fewer at the end; raise MissingBytes for a hole."""
        if len(self.pieces) == 1:
            whole = self.pieces[0]
            length = min(length, whole.length - first)
            return self._file.at(whole.first + first, length) if length > 0 else b""
        places = self.extents(first, length)
        return b"".join(self._file.at(place.first, place.length) for place in places)

    def extents(self, first: int, length: int) -> list[Extent]:
        """Return the extents of the file that hold these bytes of the block."""
        at, end = max(first, 0), min(first + length, self.length)
        found, index = [], bisect_right(self._ends, at)
        while at < end:
            extent, stop = self.pieces[index], min(self._ends[index], end)
            left = self._ends[index] - at
            found.append(Extent(extent.end - left, stop - at))
            at, index = stop, bisect_right(self._ends, stop)
        return found
