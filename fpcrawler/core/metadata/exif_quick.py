"""Print the short values of tags as exifread prints them, without its objects.

Nearly all tags of a camera have such values. All others are printed by exif_values.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import gcd
from typing import TypeAlias

Quick: TypeAlias = Callable[[bytes, int], "str | None"]
"""Print the value at an offset of a block; None if only exif_values can print it."""


def quick_text(length: int) -> Quick:
    """Return how to print a text in ASCII of so many bytes, up to its first NUL."""

    def read(held: bytes, first: int) -> str | None:
        text = held[first : first + length].partition(b"\0")[0]
        return text.decode() if text.isascii() else None

    return read


def quick_numbers(form: str, values: int, printer: object) -> Quick | None:
    """Return how to print integers with exifread's printer of a tag.

    ``form`` says how struct reads them.
    """
    unpack = struct.Struct(form).unpack_from
    if isinstance(printer, dict):
        get = printer.get

        def one_looked_up(held: bytes, first: int) -> str:
            (number,) = unpack(held, first)
            return str(get(number, number))

        def looked_up(held: bytes, first: int) -> str:
            found = [get(number, number) for number in unpack(held, first)]
            return "".join(map(str, found))

        return one_looked_up if values == 1 else looked_up
    if callable(printer):

        def called(held: bytes, first: int) -> str | None:
            try:
                return str(printer(list(unpack(held, first))))
            # exifread's functions are made for the values of honest files.
            except Exception:  # noqa: BLE001
                return None

        return called
    if printer is not None:
        return None
    if values == 1:
        return lambda held, first: str(unpack(held, first)[0])
    return lambda held, first: str(list(unpack(held, first)))


def quick_ratios(form: str, values: int) -> Quick:
    """Return how to print rationals; struct reads numerators and denominators."""
    unpack = struct.Struct(form).unpack_from

    def one(held: bytes, first: int) -> str:
        return _ratio(*unpack(held, first))

    def several(held: bytes, first: int) -> str:
        numbers = unpack(held, first)
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return f"[{', '.join([_ratio(*pair) for pair in pairs])}]"

    return one if values == 1 else several


def _ratio(numerator: int, denominator: int) -> str:
    """Return a fraction in its lowest terms; one without a value as it is."""
    if not denominator:
        return f"{numerator}/0"
    common = gcd(numerator, denominator)
    if denominator < 0:
        common = -common
    if denominator == common:
        return str(numerator // common)
    return f"{numerator // common}/{denominator // common}"
