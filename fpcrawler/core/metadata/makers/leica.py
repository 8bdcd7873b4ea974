"""Leica's maker notes: those of Panasonic's models, and four of its own."""

from __future__ import annotations

from fpcrawler.core.metadata.makers.note import (
    Directory,
    Inner,
    MakerNote,
    Movable,
    NoteReading,
    Tags,
    Value,
)
from fpcrawler.core.metadata.makers.panasonic import TAGS as PANASONIC
from fpcrawler.core.metadata.makers.values import dated_serial, integer, lens, serial
from fpcrawler.core.metadata.makers.walk import order_of, walk

_M8: Tags = ((0x0303, Value("serial", "SerialNumber", integer)),)
_M9: Tags = ((0x3100, Inner(((0x3103, Value("serial", "SerialNumber", serial)),))),)
_X: Tags = (
    (0x0305, Value("serial", "SerialNumber", integer)),
    (0x0500, Value("internal_serial", "InternalSerialNumber", dated_serial)),
    (0x0303, Value("lens", "LensType", lens)),
)
_X_VERSIONS = b"\x01\x04\x05\x06\x07\x10\x1a"
_Q_VERSIONS = b"\x08\x09"


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD of the kind that the bytes after ``LEICA`` name."""
    start, base, tags = 8, note.first, _X
    movable: Movable | None = None
    if head.startswith(b"LEICA CAMERA AG\0"):
        start, base, tags, movable = 18, 0, PANASONIC, Movable()
    elif note.make == "LEICA":
        base, tags, movable = 0, PANASONIC, Movable()
    elif head.startswith(b"LEICA\0\0\0"):
        tags = _M8
    elif head.startswith(b"LEICA0"):
        tags = _M9
    elif head[6:7] in _Q_VERSIONS:
        base, movable = 0, Movable()
    elif head[6:7] not in _X_VERSIONS:
        return
    if order := order_of(head[start : start + 2], note.order):
        directory = Directory(note.first + start, base, order, tags, movable=movable)
        walk(note, directory, reading)
