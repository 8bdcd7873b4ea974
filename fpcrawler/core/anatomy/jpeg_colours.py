"""Whether a JFIF segment decides the colours of a JPEG: ITU-T T.871, T.872 6.5.3."""

from __future__ import annotations

from collections.abc import Sequence

_ADOBE = b"\xff\xee"
_HEADER = 4
"""Marker and length of a segment."""

_NAME, _TRANSFORM = b"Adobe", _HEADER + 11
_RGB_TRANSFORM = 0
_COUNT, _FIRST_ID, _COMPONENT = _HEADER + 5, _HEADER + 6, 3
"""In a frame header (T.81 B.2.2): the number of components, and these."""

_COLOURS, _RGB_IDS = 3, b"RGB"


def is_rgb(parameters: Sequence[bytes], frames: frozenset[int]) -> bool:
    """Return whether decoders read RGB, unless there is a JFIF segment.

    JFIF means YCbCr. Without it Adobe's segment decides, and without this the
    components' identifiers do. ``parameters`` are segments with their markers, and
    other pieces; ``frames`` the codes of the markers of frame headers.
    """
    headers = [p for p in parameters if p[:1] == b"\xff" and p[1] in frames]
    if not headers or headers[0][_COUNT : _COUNT + 1] != bytes([_COLOURS]):
        return False
    adobe = [
        p[_TRANSFORM]
        for p in parameters
        if p.startswith(_ADOBE) and p[_HEADER:].startswith(_NAME) and p[_TRANSFORM:]
    ]
    if adobe:
        return adobe[-1] == _RGB_TRANSFORM
    return headers[0][_FIRST_ID::_COMPONENT] == _RGB_IDS
