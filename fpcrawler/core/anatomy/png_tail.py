"""The last chunks of a PNG file, found from its end."""

from __future__ import annotations

import re
import zlib

from fpcrawler.core.file.extents import Extent

_MAX_STARTS = 16
_AROUND = 12  # length, type, CRC
# A chunk of less than 64 KiB; the third letter of its name is a capital (PNG 5.4).
_HEADER = re.compile(rb"(?=\0\0[\0-\xff]{2}[A-Za-z]{2}[A-Z][A-Za-z])")
_END = b"\0\0\0\0IEND\xaeB`\x82"


def last_chunks(tail: bytes, offset: int) -> list[tuple[bytes, Extent]]:
    """Return the longest chain of adjacent chunks: their names and data extents.

    ``tail`` starts at ``offset`` of the file. The chain ends with the last IEND and
    begins with a chunk whose CRC is correct. A chunk inside another chunk is not
    returned, because it does not lead to the end of the file.
    """
    if tail[-_AROUND:-4] == _END[:-4]:
        end = len(tail)
    else:
        end = tail.rfind(_END) + len(_END)
        if end < len(_END):
            return []
    ends = {end - _AROUND: end}
    for match in reversed(list(_HEADER.finditer(tail, 0, end - _AROUND))):
        at = match.start()
        after = at + _AROUND + int.from_bytes(tail[at : at + 4], "big")
        if after in ends:
            ends[at] = after
    at = next(
        (at for at in sorted(ends)[:_MAX_STARTS] if _is_whole(tail, at, ends)), end
    )
    chunks = []
    while at < end:
        data = Extent(offset + at + 8, ends[at] - at - _AROUND)
        chunks.append((tail[at + 4 : at + 8], data))
        at = ends[at]
    return chunks


def _is_whole(tail: bytes, at: int, ends: dict[int, int]) -> bool:
    end = ends[at] - 4
    crc = int.from_bytes(tail[end : end + 4], "big")
    return zlib.crc32(memoryview(tail)[at + 4 : end]) == crc
