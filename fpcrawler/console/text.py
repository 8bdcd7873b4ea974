"""Format numbers and text from the web for a terminal."""

from __future__ import annotations

import json

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


def printable_lines(text: str) -> str:
    """Return lines with all control characters but line feeds escaped."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(text: str) -> str:
    r"""Return JSON of the same meaning, with control characters but line feeds escaped.

    RFC 8259 section 7: any character of a string may be written as ``\uXXXX``.
    """
    return "\n".join(map(_printable_json, text.split("\n")))


def _printable_json(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(
        char if char.isprintable() else json.dumps(char)[1:-1] for char in line
    )


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
