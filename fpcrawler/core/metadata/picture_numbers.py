"""Find a picture whose bytes are written one by one: ``ff:d8:ff`` or ``255, 216``."""

from __future__ import annotations

import re

from fpcrawler.core.metadata.coded_bytes import is_binary_hex
from fpcrawler.core.metadata.picture_signatures import first_picture

# Quantifiers are possessive: a list that is too short is read once, not from each
# of its numbers. A list has digits of one kind and marks between its numbers.
_HEX_DIGITS = r"[0-9a-fA-F]{2}(?!(?!0[xX])[0-9a-fA-F])"
_HEX_LIST = re.compile(
    r"(?:(?:0[xX]|\\{1,4}x|%|(?<![0-9A-Za-z]))"
    + _HEX_DIGITS
    + r"[\s,;:|_./\-\"']{0,4}+)++"
)
_HEX = re.compile(rf"(?:0[xX])?({_HEX_DIGITS})")
_DECIMAL_LIST = re.compile(r"(?:-?(?<!\d)\d{1,3}(?!\d)[\s,;:|_./\"'&#]{0,4}+)++")
_DECIMAL = re.compile(r"-?\d{1,3}")

_SMALLEST, _LARGEST = -128, 255
"""Signed bytes are those of Java and of the EXIF type SBYTE."""


def without_numbers(text: str, fewest: int) -> str:
    """Return the text with each list of a picture's bytes as its kind and length.

    Lists of fewer than ``fewest`` bytes stay. A hexadecimal list is also replaced if
    its bytes have no signature, but are not a text; a decimal one is not.
    """
    text = _HEX_LIST.sub(lambda match: _hex_list(match, fewest), text)
    return _DECIMAL_LIST.sub(lambda match: _decimal_list(match, fewest), text)


def _hex_list(match: re.Match[str], fewest: int) -> str:
    if len(match[0]) < 2 * fewest:
        return match[0]
    data = bytes.fromhex("".join(_HEX.findall(match[0])))
    first, kind = first_picture(data)
    if not kind and is_binary_hex("", data.hex(), data):
        kind = "data"
    is_picture = kind and len(data) - first >= fewest
    return _from(match[0], _HEX, first, kind) if is_picture else match[0]


def _decimal_list(match: re.Match[str], fewest: int) -> str:
    if len(match[0]) < 2 * fewest:
        return match[0]
    numbers = [int(digits) for digits in _DECIMAL.findall(match[0])]
    if min(numbers) < _SMALLEST:
        numbers = list(map(abs, numbers))  # a hyphen is between two numbers
    if max(numbers) > _LARGEST:
        return match[0]
    first, kind = first_picture(bytes(number & 0xFF for number in numbers))
    is_picture = kind and len(numbers) - first >= fewest
    return _from(match[0], _DECIMAL, first, kind) if is_picture else match[0]


def _from(numbers: str, number: re.Pattern[str], first: int, kind: str) -> str:
    """Return a list with its numbers from the first one of a picture replaced."""
    places = [match.span() for match in number.finditer(numbers)]
    begins, (_, end) = places[first][0], places[-1]
    return f"{numbers[:begins]}({kind}, {len(places) - first:,} bytes){numbers[end:]}"
