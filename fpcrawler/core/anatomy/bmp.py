"""BMP: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.structure import Draft

_CORE_HEADER = 12


def read(draft: Draft) -> None:
    """Read a BMP file. It keeps no metadata."""
    header = draft.exactly(0, 26)
    if int.from_bytes(header[14:18], "little") == _CORE_HEADER:
        draft.width = int.from_bytes(header[18:20], "little")
        draft.height = int.from_bytes(header[20:22], "little")
    else:
        draft.width = int.from_bytes(header[18:22], "little", signed=True)
        # Negative where the first row is the top one.
        draft.height = abs(int.from_bytes(header[22:26], "little", signed=True))
    first = int.from_bytes(header[10:14], "little")
    draft.picture = Extent(first, max(draft.file.size - first, 0))
