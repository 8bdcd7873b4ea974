"""The end of a JPEG picture, where its bytes were received: ITU-T T.81 annex B."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpcrawler.core.file.sparse import SparseFile

# B.1.1.2 and B.1.1.5: 0xFF is followed by 0 in coded data, by 0xFF if it is a fill
# byte. Restart markers are among coded data.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_EOI = 0xD9
# Between the scans (B.2.1, B.2.4): tables, headers of scans and frames, APPn, COM.
_SEGMENTS = {*range(0xC0, 0xD0), *range(0xDA, 0xF0), 0xFE}

_MAX_MARKERS = 4_096
_MAX_WALKED = 8_388_608
_PIECE = 65_536
_LEAST_CODED = 1_024
"""Bytes before EOI that show that a received tail is of scans.

Among as many other bytes there are four markers, and most codes cannot follow a scan.
"""


def end_of_image(file: SparseFile, first: int, end: int) -> int | None:
    """Return the offset after EOI of the picture; None if it is not here.

    The coded data of the first scan begin at ``first``, the file ends at ``end``. So a
    thumbnail in a segment before, or bytes and pictures after EOI do not count.
    """
    holes = file.holes(first, end - first)
    return _walk(file, first, holes[0][0] if holes else end)


def end_in_tail(file: SparseFile, first: int, end: int) -> int | None:
    """Return the offset after the first EOI in the received bytes that end the file.

    The bytes before it have to be scans, back to the last byte that is missing. None
    if that is not so. The inside of a JPEG that was appended looks alike.
    """
    holes = file.holes(first, end - first)
    if not holes or holes[-1][1] >= end:
        return None
    tail = holes[-1][1]
    found = _walk(file, tail, end)
    return found if found and found >= tail + _LEAST_CODED else None


def ends_at(file: SparseFile, end: int) -> bool:
    """Return whether EOI was received just before this offset."""
    return file.has(end - 2, 2) and file.at(end - 2, 2) == bytes([0xFF, _EOI])


def _walk(file: SparseFile, at: int, stop: int) -> int | None:
    """Return the offset after EOI, over scans and the segments between them."""
    stop = min(stop, at + _MAX_WALKED)
    for _ in range(_MAX_MARKERS):
        marker = _next_marker(file, at, stop)
        if marker is None:
            return None
        code, at = marker
        if code == _EOI:
            return at
        if code not in _SEGMENTS or at + 2 > stop:
            return None
        at += int.from_bytes(file.at(at, 2), "big")
    return None


def _next_marker(file: SparseFile, at: int, stop: int) -> tuple[int, int] | None:
    """Return the code of the next marker, and the offset after it."""
    while at < stop - 1:
        data = file.at(at, min(_PIECE, stop - at))
        if found := _MARKER.search(data):
            return data[found.end() - 1], at + found.end()
        at += max(len(data) - 1, 1)
    return None
