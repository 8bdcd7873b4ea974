"""Recognize stored blocks in a zlib stream: RFC 1950 and RFC 1951."""

from __future__ import annotations

_HEADER = 2
_BLOCK_TYPE = 0b110
"""Mask on the byte after the header; 0 is a stored block (RFC 1951 3.2.3)."""


def is_stored(opening: bytes) -> bool:
    """Return whether the first block is stored; encoders store incompressible data."""
    return len(opening) > _HEADER and opening[_HEADER] & _BLOCK_TYPE == 0
