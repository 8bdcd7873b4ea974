"""Read numbers from tags as exifread prints them, and from XMP."""

from __future__ import annotations

import re

_MAX_CHARS = 200
_NUMBER = re.compile(r"([+-]?\d{1,20}(?:\.\d{1,20})?)(?:/(\d{1,20}))?", re.ASCII)


def numbers_of(text: str, separator: str = ", ") -> list[float]:
    """Return the printed numbers, or an empty list if one of them is not a number."""
    if len(text) > _MAX_CHARS:
        return []
    parts = [number_of(part) for part in text.strip("[]").split(separator)]
    numbers = [part for part in parts if part is not None]
    return numbers if len(numbers) == len(parts) else []


def number_of(text: str) -> float | None:
    """Return an integer, a decimal or a ratio; None for ``0/0`` and other texts."""
    found = _NUMBER.fullmatch(text.strip()) if len(text) <= _MAX_CHARS else None
    if found is None:
        return None
    top, bottom = float(found[1]), float(found[2] or 1)
    return top / bottom if bottom else None
