"""The maker notes of Olympus and OM System, and of Epson, which has the same."""

from __future__ import annotations

from fpcrawler.core.metadata.makers.note import (
    Directory,
    Inner,
    MakerNote,
    Movable,
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

# Old models put values outside of the note. CameraID is the same in all of them.
_MOVABLE = Movable(anchor=(0x0209, b"OLYMPUS DIGITAL CAMERA"))


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD after the header; offsets count from a header with a full name."""
    base, movable = note.first, None
    if head.startswith(b"OM SYSTEM\0"):
        start = 16
    elif head.startswith(b"OLYMPUS\0"):
        start = 12
    else:
        start, base, movable = 8, 0, _MOVABLE
    if order := order_of(head[start : start + 2], note.order):
        first = note.first + start
        walk(note, Directory(first, base, order, _TAGS, movable=movable), reading)
