"""Ricoh's maker note; newer models have that of Pentax."""

from __future__ import annotations

import re

from fpcrawler.core.metadata.makers import pentax
from fpcrawler.core.metadata.makers.note import (
    Directory,
    MakerNote,
    Movable,
    NoteReading,
    Order,
    Value,
)
from fpcrawler.core.metadata.makers.values import hexadecimal, serial
from fpcrawler.core.metadata.makers.walk import order_of, walk

_TEXT = re.compile(rb"[-\w ]+")
_AS_PENTAX = (b"RICOH\0II", b"RICOH\0MM")
_HEADERS = (b"Ricoh", b"RICOH", b"      ", b"MM\0*", b"II*\0")


def _as_text(raw: bytes, order: Order) -> str | None:
    return serial(raw, order) if _TEXT.fullmatch(raw) else None


def _as_bytes(raw: bytes, order: Order) -> str | None:
    return None if _TEXT.fullmatch(raw) else hexadecimal(raw, order)


_TAGS = (
    (0x0005, Value("serial", "SerialNumber", _as_text, 16)),
    (0x0005, Value("internal_serial", "InternalSerialNumber", _as_bytes, 16)),
)


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD after eight bytes; offsets count from the TIFF header."""
    if head.startswith(_AS_PENTAX):
        pentax.read(note, head, reading)
        return
    order = order_of(head[8:10], note.order)
    if order and head.startswith(_HEADERS):
        walk(
            note, Directory(note.first + 8, 0, order, _TAGS, movable=Movable()), reading
        )
