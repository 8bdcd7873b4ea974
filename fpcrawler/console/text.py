"""Format numbers and text from the web for a terminal."""

from __future__ import annotations

_UNITS = ("bytes", "KB", "MB", "GB", "TB")
_THOUSAND = 1_000


def count_in_words(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless the number is 1."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def size_in_words(number: float) -> str:
    """Return a number of bytes in a fitting unit; 1 KB is 1,000 bytes."""
    for unit in _UNITS[:-1]:
        if round(number, 1) < _THOUSAND:
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= _THOUSAND
    return f"{number:.1f} {_UNITS[-1]}"


def printable(text: str) -> str:
    """Return text from the web with control characters escaped.

    They could control the terminal, change the direction of writing or be invisible.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
