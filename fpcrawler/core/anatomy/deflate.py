"""What the first bytes of a zlib stream tell: RFC 1950 and RFC 1951."""

from __future__ import annotations

_HEADER = 2
_BLOCK_TYPE = 0b110
"""Of the byte after the header; 0 is a block that is not compressed (3.2.3)."""


def is_stored(opening: bytes) -> bool:
    """Tell whether the first block is stored, as encoders write what is noise."""
    return len(opening) > _HEADER and opening[_HEADER] & _BLOCK_TYPE == 0
