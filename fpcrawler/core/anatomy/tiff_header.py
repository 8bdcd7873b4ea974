"""The header of a TIFF block, and what comes before it in a container."""

from __future__ import annotations

import re

# TIFF 6.0 section 2. BigTIFF says that its offsets have 8 bytes.
_HEADER = re.compile(rb"II\*\0|MM\0\*|II\+\0\x08\0|MM\0\+\0\x08")


def has_header(opening: bytes) -> bool:
    """Return whether a TIFF block starts in these bytes."""
    return _HEADER.search(opening) is not None


def block_start(opening: bytes, *, has_offset: bool = False) -> int:
    """Return where the block starts that follows ``opening`` or is in it; else 0.

    ``has_offset``: the first four bytes are the offset of the block after them (ISO/IEC
    23008-12 annex A.2.1). Some writers leave them out.
    """
    if found := _HEADER.search(opening):
        return found.start()
    return 4 + int.from_bytes(opening[:4], "big") if has_offset else 0
