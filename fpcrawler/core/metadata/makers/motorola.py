"""Motorola's maker note."""

from __future__ import annotations

from fpcrawler.core.metadata.makers.note import Directory, MakerNote, NoteReading, Value
from fpcrawler.core.metadata.makers.values import serial
from fpcrawler.core.metadata.makers.walk import order_of, walk

_TAGS = ((0x5501, Value("serial", "SerialNumber", serial)),)


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD after eight bytes; offsets count from the note."""
    if order := order_of(head[8:10], note.order):
        walk(note, Directory(note.first + 8, note.first, order, _TAGS), reading)
