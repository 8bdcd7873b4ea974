"""Panasonic's maker note."""

from __future__ import annotations

from fpcrawler.core.metadata.makers.note import (
    Directory,
    MakerNote,
    Movable,
    NoteReading,
    Value,
)
from fpcrawler.core.metadata.makers.values import dated_serial, lens, serial
from fpcrawler.core.metadata.makers.walk import order_of, walk

TAGS = (
    (0x0025, Value("internal_serial", "InternalSerialNumber", dated_serial)),
    (0x0051, Value("lens", "LensType", lens)),
    (0x0052, Value("lens_serial", "LensSerialNumber", serial)),
)

# Panasonic leaves out the offset of the next IFD.
MOVABLE = Movable(gap=0)


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD after twelve bytes; offsets count from the TIFF header."""
    if order := order_of(head[12:14], note.order):
        directory = Directory(note.first + 12, 0, order, TAGS, movable=MOVABLE)
        walk(note, directory, reading)
