"""Nikon's maker notes: with a TIFF header of their own, or without any header."""

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

_TAGS = (
    (0x001D, Value("serial", "SerialNumber", serial)),
    (0x00A0, Value("serial", "SerialNumber", serial)),
)
_HEADER = 10


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD of the note's own TIFF header, else the one at the start."""
    if not head.startswith(b"Nikon\0"):
        if order := order_of(head[:2], note.order):
            walk(
                note, Directory(note.first, 0, order, _TAGS, movable=Movable()), reading
            )
        return
    mark, ifd = head[_HEADER : _HEADER + 2], head[_HEADER + 4 : _HEADER + 8]
    if mark not in (b"II", b"MM"):
        return
    base = note.first + _HEADER
    if mark == b"II":
        first = base + int.from_bytes(ifd, "little")
        walk(note, Directory(first, base, "<", _TAGS), reading)
    else:
        first = base + int.from_bytes(ifd, "big")
        walk(note, Directory(first, base, ">", _TAGS), reading)
