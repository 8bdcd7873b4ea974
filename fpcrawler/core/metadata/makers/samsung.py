"""The maker note of Samsung's cameras with interchangeable lenses."""

from __future__ import annotations

import re

from fpcrawler.core.metadata.makers.note import (
    Directory,
    MakerNote,
    Movable,
    NoteReading,
    Order,
    Value,
)
from fpcrawler.core.metadata.makers.values import serial
from fpcrawler.core.metadata.makers.walk import order_of, walk

_MIN_CHARS = 5

# The first entry is the version, 0100.
_VERSION = re.compile(
    rb"(?:\0.\0\x01\0\x07\0\0\0\x04|.\0\x01\0\x07\0\x04\0\0\0)0100", re.DOTALL
)


def _long_serial(raw: bytes, order: Order) -> str | None:
    text = serial(raw, order)
    return text if text and len(text) >= _MIN_CHARS else None


_TAGS = (
    (0xA002, Value("serial", "SerialNumber", _long_serial)),
    (0xA005, Value("lens_serial", "InternalLensSerialNumber", serial)),
)


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD at the start; offsets count from the TIFF header or the note."""
    order = order_of(head[:2], note.order)
    if order and _VERSION.match(head):
        walk(note, Directory(note.first, 0, order, _TAGS, movable=Movable()), reading)
