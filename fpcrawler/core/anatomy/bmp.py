"""BMP: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_CORE_HEADER = 12
_FILE_HEADER = 14
_MAX_TABLES = 4_096
_SIZE_AND_RESOLUTION = slice(20, 32)
"""Bytes of the picture and pixels per metre: decoding does not depend on them."""


def read(draft: Draft) -> None:
    """Read a BMP file; the format has no metadata."""
    header = draft.exactly(0, 26)
    if int.from_bytes(header[14:18], "little") == _CORE_HEADER:
        draft.width = int.from_bytes(header[18:20], "little")
        draft.height = int.from_bytes(header[20:22], "little")
    else:
        width = int.from_bytes(header[18:22], "little", signed=True)
        draft.width = width if width >= 0 else None
        # Negative if the first row is the top row.
        draft.height = abs(int.from_bytes(header[22:26], "little", signed=True))
    first = int.from_bytes(header[10:14], "little")
    draft.set_picture(
        Extent(first, max(draft.file.size - first, 0)),
        parameters=draft.deciding(_tables, draft, first),
        is_constant_size=True,
    )


def _tables(draft: Draft, end: int) -> bytes:
    """Return the information header, the masks and the palette."""
    tables = bytearray(
        draft.file.at(_FILE_HEADER, min(max(end - _FILE_HEADER, 0), _MAX_TABLES))
    )
    if int.from_bytes(tables[:4], "little") != _CORE_HEADER:
        del tables[_SIZE_AND_RESOLUTION]
    return bytes(tables)
