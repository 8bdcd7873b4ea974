"""The quantisation tables that decide how a JPEG decodes: ITU-T T.81 B.2.4.1."""

from __future__ import annotations

from collections.abc import Sequence

_DQT = b"\xff\xdb"
_HEADER = 4
"""Marker and length of a segment."""

_COMPONENTS = _HEADER + 6
_COMPONENT, _SELECTOR = 3, 2
"""A component of a frame (B.2.2): identifier, sampling factors, selected table."""

_ELEMENTS = 64
_MAX_PRECISION, _MAX_TABLE = 1, 3


def without_unused(
    parameters: Sequence[bytes], frames: frozenset[int]
) -> Sequence[bytes]:
    """Leave out the quantisation tables that no component of a frame selects.

    ``parameters`` are segments with their markers, and other pieces; ``frames`` the
    codes of the markers of frame headers. Without a frame header all tables stay.
    """
    headers = [p for p in parameters if p[:1] == b"\xff" and p[1] in frames]
    if not headers:
        return parameters
    used = {
        table for h in headers for table in h[_COMPONENTS + _SELECTOR :: _COMPONENT]
    }
    kept = [_used(p, used) if p.startswith(_DQT) else p for p in parameters]
    return [piece for piece in kept if piece]


def _used(segment: bytes, used: set[int]) -> bytes:
    """Return the segment with the used tables only; empty if there are none."""
    at, kept = _HEADER, b""
    while at < len(segment):
        precision, table = divmod(segment[at], 16)
        end = at + 1 + _ELEMENTS * (1 + precision)
        if precision > _MAX_PRECISION or table > _MAX_TABLE or end > len(segment):
            return segment  # decoders disagree on what it says
        if table in used:
            kept += segment[at:end]
        at = end
    return _DQT + (2 + len(kept)).to_bytes(2, "big") + kept if kept else b""
