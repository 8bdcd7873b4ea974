"""Read the bytes of a maker note's value as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fpcrawler.core.metadata.placeholders import identifier_of, lens_of, name_of

if TYPE_CHECKING:
    from fpcrawler.core.metadata.makers.note import Order

_MAX_NUMBER_BYTES = 4

# The factory's code, year, month and day, and the number of that day.
_DATED = re.compile(r"[A-Z][0-9A-Z]{2}\d{10}", re.ASCII)


def serial(raw: bytes, _: Order) -> str | None:
    """Return an ASCII text up to its first zero byte."""
    try:
        return identifier_of(raw.split(b"\0", 1)[0].decode("ascii"))
    except UnicodeDecodeError:
        return None


def dated_serial(raw: bytes, order: Order) -> str | None:
    """Return Panasonic's internal number; what follows its 13 characters is padding."""
    found = _DATED.match(raw[:13].decode("latin-1"))
    if found is None:
        return serial(raw, order)
    text = found[0]
    return text if text[3:].strip("0") else None


def integer(raw: bytes, order: Order) -> str | None:
    """Return an unsigned number of up to four bytes."""
    raw = raw[:_MAX_NUMBER_BYTES]
    if raw.strip(b"\xff") == b"":
        return None
    number = int.from_bytes(raw, "little" if order == "<" else "big")
    return identifier_of(str(number))


def hexadecimal(raw: bytes, _: Order) -> str | None:
    """Return the bytes as hexadecimal digits."""
    return identifier_of(raw.hex())


def lens(raw: bytes, _: Order) -> str | None:
    """Return the name of a lens."""
    return lens_of(_text(raw))


def name(raw: bytes, _: Order) -> str | None:
    """Return the name of a person."""
    return name_of(_text(raw))


def _text(raw: bytes) -> str:
    text = raw.split(b"\0", 1)[0]
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace").replace(
            "\N{REPLACEMENT CHARACTER}", "\0"
        )
