"""The maker notes of Olympus and OM System, and of Epson, which has the same."""

from __future__ import annotations

from fpcrawler.core.metadata.makers.note import (
    Directory,
    Inner,
    MakerNote,
    NoteReading,
    Value,
)
from fpcrawler.core.metadata.makers.values import lens, serial
from fpcrawler.core.metadata.makers.walk import order_of, walk

_EQUIPMENT = (
    (0x0101, Value("serial", "SerialNumber", serial)),
    (0x0102, Value("internal_serial", "InternalSerialNumber", serial)),
    (0x0202, Value("lens_serial", "LensSerialNumber", serial)),
    (0x0203, Value("lens", "LensModel", lens)),
)
_TAGS = (
    (0x2010, Inner(_EQUIPMENT)),
    (0x0404, Value("serial", "SerialNumber", serial)),
    (0x101A, Value("serial", "SerialNumber", serial)),
)


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD after the header; offsets count from a header with a full name."""
    base = note.first
    if head.startswith(b"OM SYSTEM\0"):
        start = 16
    elif head.startswith(b"OLYMPUS\0"):
        start = 12
    else:
        start, base = 8, 0
    # Old models put values outside of the note, so it cannot be seen if it was moved.
    if order := order_of(head[start : start + 2], note.order):
        walk(note, Directory(note.first + start, base, order, _TAGS), reading)
