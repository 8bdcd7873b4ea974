"""ICO and CUR: a directory of pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_HEADER, _ENTRY = 6, 16


def read(draft: Draft) -> None:
    """Read the directory; the dimensions are those of the largest picture."""
    count = int.from_bytes(draft.exactly(4, 2), "little")
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
    # Each picture starts with its own header, so there are no parameters.
    others = [entry for entry in entries if entry is not largest]
    draft.set_picture(*map(_place, [largest, *others]), is_constant_size=True)


def _place(entry: bytes) -> Extent:
    return Extent(
        int.from_bytes(entry[12:16], "little"), int.from_bytes(entry[8:12], "little")
    )
