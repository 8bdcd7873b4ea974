"""ICO and CUR: a directory of pictures.

https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_HEADER, _ENTRY = 6, 16
_TYPE = slice(2, 4)
_CURSOR = b"\2\0"
_DECIDING, _HOT_SPOT = 8, 4
"""Of an entry: dimensions, colours, planes, bits; a cursor has its hot spot at 4."""


def read(draft: Draft) -> None:
    """Read the directory; the dimensions are those of the largest picture."""
    header = draft.exactly(0, _HEADER)
    count = int.from_bytes(header[4:], "little")
    directory = draft.file.at(_HEADER, _ENTRY * count)
    entries = [
        directory[at : at + _ENTRY]
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)
    ]
    if not entries:
        return
    largest = max(entries, key=lambda entry: (entry[0] or 256) * (entry[1] or 256))
    # One byte each: 0 means 256.
    draft.width, draft.height = largest[0] or 256, largest[1] or 256
    ordered = [largest, *(entry for entry in entries if entry is not largest)]
    # Each picture has its own header. But where decoders take its mask from depends
    # on the bits in the entry.
    decides = _HOT_SPOT if header[_TYPE] == _CURSOR else _DECIDING
    draft.set_picture(
        *map(_place, ordered),
        parameters=[header[_TYPE], b"".join(entry[:decides] for entry in ordered)],
        is_constant_size=True,
    )


def _place(entry: bytes) -> Extent:
    return Extent(
        int.from_bytes(entry[12:16], "little"), int.from_bytes(entry[8:12], "little")
    )
