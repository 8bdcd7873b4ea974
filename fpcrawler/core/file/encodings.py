"""Recognize texts in UTF-16 and UTF-32 by their first bytes."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZEROS = {
    b"\1\0\0\0": "utf-32-le",
    b"\0\0\0\1": "utf-32-be",
    b"\1\0\1\0": "utf-16-le",
    b"\0\1\0\1": "utf-16-be",
}
"""The first four bytes, each 0 or not (1), if the first two characters are ASCII."""


def wide_encoding(head: bytes) -> str | None:
    """Return the name of UTF-16 or UTF-32 if a text begins in it, else None.

    By the byte order mark, else by the zeros of ASCII (XML 1.0 appendix F.1).
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    return _ZEROS.get(bytes(byte > 0 for byte in head[:4]))
