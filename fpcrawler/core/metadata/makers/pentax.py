"""Pentax's maker notes, and those of Ricoh's later models."""

from __future__ import annotations

from fpcrawler.core.metadata.makers.note import (
    Directory,
    MakerNote,
    Movable,
    NoteReading,
    Order,
    Value,
)
from fpcrawler.core.metadata.makers.values import integer, serial
from fpcrawler.core.metadata.makers.walk import order_of, walk


def _of_camera_info(raw: bytes, order: Order) -> str | None:
    # Five numbers of four bytes: model, date, two codes, and this one.
    return integer(raw[16:20], order) if len(raw) >= 20 else None  # noqa: PLR2004


_TAGS = (
    (0x0229, Value("serial", "SerialNumber", serial)),
    (0x0215, Value("internal_serial", "InternalSerialNumber", _of_camera_info, 20)),
)


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD after the header; offsets count from a header with a full name."""
    start, base = 6, 0
    if head.startswith(b"PENTAX \0"):
        start, base = 10, note.first
    elif head.startswith(b"RICOH\0"):
        start, base = 8, note.first
    if order := order_of(head[start : start + 2], note.order):
        directory = Directory(
            note.first + start, base, order, _TAGS, movable=None if base else Movable()
        )
        walk(note, directory, reading)
