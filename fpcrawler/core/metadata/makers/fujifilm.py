"""Fujifilm's maker note."""

from __future__ import annotations

from fpcrawler.core.metadata.makers.note import Directory, MakerNote, NoteReading, Value
from fpcrawler.core.metadata.makers.values import serial
from fpcrawler.core.metadata.makers.walk import walk

_TAGS = ((0x0010, Value("internal_serial", "InternalSerialNumber", serial)),)


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD that the header points to, always little-endian, from the note."""
    first = note.first + int.from_bytes(head[8:12], "little")
    walk(note, Directory(first, note.first, "<", _TAGS), reading)
