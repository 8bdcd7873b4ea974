"""Sony's maker note, one tag of which is enciphered."""

from __future__ import annotations

import re

from fpcrawler.core.metadata.makers.note import (
    Directory,
    MakerNote,
    Movable,
    NoteReading,
    Order,
    Tags,
    Value,
)
from fpcrawler.core.metadata.makers.values import hexadecimal, serial
from fpcrawler.core.metadata.makers.walk import order_of, walk

_HEADERS = (b"SONY DSC", b"SONY CAM", b"SONY MOBILE", b"\0\0SONY PIC\0", b"VHAB     \0")
_DIGITS = re.compile(rb"(\d\d)(\d\d)(\d\d)(\d\d)\0?")

# Each byte below 249 stands for its cube modulo 249.
_PLAIN = bytes.maketrans(bytes(pow(n, 3, 249) for n in range(249)), bytes(range(249)))

# Where the models have the number in the enciphered tag: offset and length.
_PLACES = tuple(
    (re.compile(models, re.ASCII), first, length)
    for models, first, length in (
        (r"SLT-|HV\b|ILCA-(?!99M2)", 0xF0, 5),
        (r"NEX-(?!5N|7\b|VG20E)|ILCE-(?:[35]\d00|6000|7|7R|7S|7M2|QX1)\b", 0x7C, 4),
        (r"ILCE-(?:6[1346]00|6500|7C|7M3|7RM2|7RM3A?|7RM4A?|7SM2|9|9M2)\b", 0x88, 6),
        (r"ILCA-99M2\b|ZV-E10\b|ILCE-(?:7M4|7RM5|7SM3)\b|ILME-FX3\b", 0x88, 6),
        (r"ILCE-1\b", 0x8A, 6),
    )
)


def _reversed_serial(raw: bytes, order: Order) -> str | None:
    """Return the number, whose pairs of digits are written last one first."""
    found = _DIGITS.match(raw)
    text = b"".join(reversed(found.groups())).removeprefix(b"0") if found else raw
    return serial(text, order)


def _tags(model: str) -> Tags:
    tags: Tags = ((0x2031, Value("serial", "SerialNumber", _reversed_serial)),)
    for models, first, length in _PLACES:
        if models.match(model):
            end = first + length

            def deciphered(
                raw: bytes, order: Order, first: int = first, end: int = end
            ) -> str | None:
                number = raw[first:end].translate(_PLAIN)
                return hexadecimal(number, order) if len(raw) == end else None

            value = Value("internal_serial", "InternalSerialNumber", deciphered, end)
            return (*tags, (0x9050, value))
    return tags


# Early models write the offset of the next IFD, later ones leave it out.
_EARLY = re.compile(r"DSLR-|SLT-A(?:33|35|55V)$|NEX-(?:3|5|C3|VG10E)$")


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD after twelve bytes or none; offsets count from the TIFF header."""
    start = 12 if head.startswith(_HEADERS) else 0
    if order := order_of(head[start : start + 2], note.order):
        gap = 4 if _EARLY.match(note.model.strip()) else 0
        directory = Directory(
            note.first + start, 0, order, _tags(note.model), movable=Movable(gap)
        )
        walk(note, directory, reading)
