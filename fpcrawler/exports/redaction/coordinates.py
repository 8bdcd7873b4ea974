"""Find coordinates however they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from math import isfinite

from fpcrawler.exports.redaction.characters import Characters

TOLERANCE = 0.01
"""Degrees: a written number this close to a coordinate is that coordinate."""

_SIXTY = 60
_PACKED = 100
"""What follows a packed number's degrees or minutes: two digits each."""
_SAME_FRACTION = 2e-5
_SCALED_DIGITS = 6
_SIGNS = {"\u066b": ".", "\u066c": ",", "º": "°", "\u2032": "'", "\u2019": "'"}

# Degrees, minutes, seconds with anything short between: 52°30'58.6", 52-30-58.6N,
# 52 degrees 30 minutes 58 seconds, [52, 30, 2929/50], 52/1 30/1 5858/100.
_SEXAGESIMAL = re.compile(
    r"(?<![\d.])0{0,4}(\d{1,3})(?:/1)?[^\d\n/]{1,10}(\d{1,2})(?:/1)?[^\d\n/]{1,10}"
    r"(\d{1,2}(?:[.,]\d{1,12})?|\d{1,9}/\d{1,9})(?![\d/])",
    re.ASCII,
)
# 52° 30,97', 52,30.97N, N52-30.976: without a degree sign, minutes have a fraction.
_MINUTES = re.compile(
    r"(?<![\d.])0{0,4}(\d{1,3})(?:\s{0,2}(?:°|\*|deg(?:rees?)?|d)\s{0,2}"
    r"(\d{1,2}(?:[.,]\d{1,12})?)|\s{0,2}[,:\-_\s]\s{0,2}(\d{1,2}\.\d{1,12}))(?!\d)",
    re.ASCII | re.IGNORECASE,
)
# 52.516272, 52,516272, .0512345, 5.2516272e1, 52_516272.
_DECIMAL = re.compile(
    r"(?<![\d.])[+-]?(\d{0,7})(?:[.,](\d{2,})|_(\d{4,}))([eE][+-]?\d{1,2}(?!\d))?",
    re.ASCII,
)
# What is left of 52.51627213.377704, two numbers without a separator.
_FRACTION = re.compile(r"[.,](\d{5,})", re.ASCII)
# +523058.6+0132239.7/ (ISO 6709 annex H), 5230.976,N (NMEA 0183).
_TOGETHER = re.compile(r"(?<![\d.])[+-]?(\d{4,7})(?:[.,](\d{1,12}))?(?!\d)", re.ASCII)
_INTEGER = re.compile(r"(?<!\d)\d{6,}", re.ASCII)
_NUMBER = re.compile(r"(\d{1,9}(?:\.\d{1,12})?)(?:/(\d{1,9}))?", re.ASCII)

Span = tuple[int, int]


def plain_digits(text: str) -> str:
    """Return a text of the same length, with the digits and signs of ASCII."""
    return text if text.isascii() else text.translate(_PLAIN)


def _plain(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", char)
    return _SIGNS.get(char) or (plain if len(plain) == 1 and plain.isascii() else char)


_PLAIN = Characters(_plain)


def degrees_in(text: str) -> float | None:
    """Return what a tag's value says: degrees, minutes and seconds, or fewer.

    Such as ``[52, 30, 2929/50]``, ``52,30.97N`` and ``-52.516``. None if it is none.
    """
    found = [*_NUMBER.finditer(plain_digits(text[:1000]))]
    if not 1 <= len(found) <= 3:  # noqa: PLR2004
        return None
    parts = [_quotient(*each.groups()) for each in found]
    value = sum(part / _SIXTY**power for power, part in enumerate(parts))
    return value if 0 < value <= 180 else None  # noqa: PLR2004


def coordinates_in(text: str, degrees: Sequence[float]) -> Iterator[Span]:
    """Yield where one of the coordinates is written; the sign does not matter."""
    known = [abs(each) for each in degrees if isfinite(each)]
    plain = plain_digits(text)
    yield from _sexagesimal(plain, known)
    yield from _decimal(plain, known)
    yield from _together(plain, known)


def _sexagesimal(text: str, known: Sequence[float]) -> Iterator[Span]:
    for found in _SEXAGESIMAL.finditer(text):
        seconds, _, divisor = found[3].replace(",", ".").partition("/")
        minutes, rest = float(found[2]), _quotient(seconds, divisor)
        value = float(found[1]) + minutes / _SIXTY + rest / _SIXTY**2
        if max(minutes, rest) < _SIXTY and _is_near(value, known):
            yield found.span()
    for found in _MINUTES.finditer(text):
        minutes = float((found[2] or found[3]).replace(",", "."))
        value = float(found[1]) + minutes / _SIXTY
        # Whole minutes may be cut, so the coordinate is up to a minute further.
        is_cut = float.is_integer(minutes) and _is_near(value + 1 / _SIXTY / 2, known)
        if minutes < _SIXTY and (is_cut or _is_near(value, known)):
            yield found.span()


def _decimal(text: str, known: Sequence[float]) -> Iterator[Span]:
    for found in _DECIMAL.finditer(text):
        digits = found[2] or found[3]
        if _is_near(float(f"{found[1] or 0}.{digits}{found[4] or ''}"), known):
            yield found.span()
    for found in _FRACTION.finditer(text):
        fraction = float(f"0.{found[1]}")
        if any(abs(each % 1 - fraction) < _SAME_FRACTION for each in known):
            yield found.span()


def _together(text: str, known: Sequence[float]) -> Iterator[Span]:
    for found in _TOGETHER.finditer(text):
        number = float(f"{found[1]}.{found[2] or 0}")
        degrees, minutes = divmod(number, _PACKED)
        hours, whole = divmod(degrees, _PACKED)
        values = [degrees + minutes / _SIXTY] if found[2] else []
        if len(found[1]) >= _SCALED_DIGITS:
            values.append(hours + whole / _SIXTY + minutes / _SIXTY**2)
        if any(_is_near(value, known) for value in values):
            yield found.span()
    scaled = tuple(filter(None, map(_scaled, known)))
    for found in _INTEGER.finditer(text):
        if found[0].startswith(scaled):
            yield found.span()


def _scaled(value: float) -> str:
    """Return the first digits of degrees that are written without a point."""
    digits = f"{value:.7f}".replace(".", "").lstrip("0")[:_SCALED_DIGITS]
    return digits if len(digits) == _SCALED_DIGITS else ""


def _quotient(number: str, divisor: str | None) -> float:
    return float(number) / (float(divisor or 1) or 1)


def _is_near(value: float, known: Sequence[float]) -> bool:
    return any(abs(each - value) < TOLERANCE for each in known)
