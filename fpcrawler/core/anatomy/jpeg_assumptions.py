"""Runs of JPEG segments that say nothing about each other.

Encoders fill each segment but the last. So a long segment is assumed to be followed by
others of its length. Where their headers are is known; three of them are requested at
once, until the end of the run is found between two of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.jpeg_statements import AROUND, LONGEST, OPENING, Segment
from fpcrawler.core.anatomy.structure import Requested
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import UNKNOWN_SIZE

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

PROBE = AROUND + OPENING
"""Bytes to request of a segment that is only to be recognized."""

_LONG = 60_000
"""The least length of a segment that others of the same length may follow."""

_MAX_RUN = 512
_AHEAD = 12
"""How many headers of full segments to request at once; they are small requests."""

_HOLDERS = {0xE1, 0xEB, 0xED}
"""Markers of metadata: among such segments each header is read."""


@dataclass(frozen=True, slots=True)
class Jump:
    """From the end of a segment over ``count`` further ones, to ``landing``.

    All but the last of them have ``length`` bytes of data.
    """

    count: int
    landing: int
    length: int

    def skipped(self, segment: Segment) -> list[Extent]:
        """Return the data of the skipped segments."""
        stride = self.length + AROUND
        found = []
        for number in range(self.count):
            first = segment.data.end + number * stride + AROUND
            end = min(first + self.length, self.landing)
            found.append(Extent(first, max(end - first, 0)))
        return found


def assumed(draft: Draft, segment: Segment) -> Jump | None:
    """Return the jump over further segments of the same marker and length.

    None if there are none, or if headers have to be received first: these are
    requested. Raises Requested if others than the one after the segment.
    """
    data, size = segment.data, draft.file.size
    if data.length < _LONG or size >= UNKNOWN_SIZE:
        return None
    stride = data.length + AROUND
    if segment.marker in _HOLDERS:
        if data.length == LONGEST:
            for at in range(data.end + stride, size, stride)[: _AHEAD - 1]:
                draft.need_for_all(at, PROBE)
        return None

    most = min((size - data.end) // stride, _MAX_RUN)
    last, after = _known_end(draft, segment, most)
    is_end_seen = after < most
    step = -(-(after - last) // 4) if is_end_seen else max((last + 1) * 2 // 3, 4)
    places = [last + step * number for number in (1, 2, 3)]
    wanted = [place for place in places if place < after]
    if not wanted and not is_end_seen:
        wanted = list(range(last + 1, most))[:3]
    if not wanted:
        return Jump(last + 1, data.end + (last + 1) * stride, data.length)
    for place in wanted:
        draft.need_for_all(data.end + place * stride, PROBE)
    if last >= 0:  # so the bytes after the next header are of no use
        raise Requested
    return None


def _known_end(draft: Draft, segment: Segment, most: int) -> tuple[int, int]:
    """Return the last header that is known to be alike, the first that is not.

    Headers are counted from 0 after the segment. -1: none is known to be.
    """
    data, last = segment.data, -1
    header = b"\xff%c%c%c" % (segment.marker, *divmod(data.length + 2, 256))
    for number in range(most):
        at = data.end + number * (data.length + AROUND)
        if not draft.file.has(at, AROUND):
            continue
        if draft.file.at(at, AROUND) != header:
            return last, number
        last = number
    return last, most
