"""Several pictures in one JPEG file: CIPA DC-007, Multi-Picture Format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.file.extents import Extent

MULTI_PICTURE = b"MPF\0"
_MAX_BLOCK = 4_096
_MAX_FIELDS = 32
_FIELD, _ENTRY = 12, 16
_ENTRIES = 0xB002
_IS_LARGE_THUMBNAIL = 0x01
"""The second byte of an entry's type code (5.2.3.3.1), for each thumbnail size."""


def end_without_thumbnails(draft: Draft, block: Extent, first: int, end: int) -> int:
    """Return the offset where the picture ends: before previews of it, if any.

    Previews are metadata: tools that remove metadata remove them too. A gain map or
    another view belongs to the picture. ``block`` is the MP index. The coded data
    begin at ``first`` and end at ``end`` at the latest.
    """
    entries = _entries(draft.file.at(block.first, min(block.length, _MAX_BLOCK)))
    if len(entries) < 2 or not all(map(_is_thumbnail, entries[1:])):  # noqa: PLR2004
        return end
    primary = int.from_bytes(entries[0][4:8], "big")
    return primary if first < primary <= end else end


def _entries(block: bytes) -> list[bytes]:
    """Return the MP entries, their numbers converted to big-endian."""
    order: Literal["little", "big"] = "little" if block[:2] == b"II" else "big"

    def number(at: int, length: int) -> int:
        return int.from_bytes(block[at : at + length], order)

    directory = number(4, 4)
    for index in range(min(number(directory, 2), _MAX_FIELDS)):
        at = directory + 2 + index * _FIELD
        if number(at, 2) == _ENTRIES:
            first, length = number(at + 8, 4), number(at + 4, 4)
            starts = range(first, min(first + length, len(block)) - _ENTRY + 1, _ENTRY)
            return [
                b"".join(number(start + w, 4).to_bytes(4, "big") for w in (0, 4, 8))
                for start in starts
            ]
    return []


def _is_thumbnail(entry: bytes) -> bool:
    return entry[1] == _IS_LARGE_THUMBNAIL
