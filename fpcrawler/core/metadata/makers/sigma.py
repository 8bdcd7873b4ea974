"""The maker note of Sigma and Foveon."""

from __future__ import annotations

from fpcrawler.core.metadata.makers.note import (
    Directory,
    MakerNote,
    Movable,
    NoteReading,
    Value,
)
from fpcrawler.core.metadata.makers.values import serial
from fpcrawler.core.metadata.makers.walk import order_of, walk

_TAGS = ((0x0002, Value("serial", "SerialNumber", serial)),)


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD after ten bytes; offsets count from the TIFF header."""
    if order := order_of(head[10:12], note.order):
        directory = Directory(
            note.first + 10, 0, order, _TAGS, movable=Movable(gap=None)
        )
        walk(note, directory, reading)
