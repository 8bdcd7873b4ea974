"""Kodak's maker notes: text, or one of several kinds of IFD."""

from __future__ import annotations

import re

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

_SERIAL = re.compile(rb"[CK][A-Z\d]{3} ?[A-Z\d]{1,2}\d\d[A-Z\d]\d{4}(?=[ \0])")
_ORDERS = {b"II*\0\x08\0\0\0": "<", b"MM\0*\0\0\0\x08": ">"}

_EASYSHARE = (
    (
        0xFC00,
        Inner(((0xFA19, Value("serial", "SerialNumber", serial)),), is_own_base=True),
    ),
)
_PIXPRO = (
    (0x0308, Value("lens_serial", "LensSerialNumber", serial)),
    (0x0309, Value("lens", "LensModel", lens)),
)


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Read the serial number, or walk the IFD, with a TIFF header before it or not."""
    if found := _SERIAL.match(head):
        reading.add("MakerNote SerialNumber", "serial", serial(found[0], note.order))
        return
    is_pixpro = "PIXPRO" in note.model.upper()
    tags = _PIXPRO if is_pixpro else _EASYSHARE
    if head[:8] not in _ORDERS:
        if order := order_of(head[:2], note.order):
            walk(
                note, Directory(note.first, 0, order, tags, movable=Movable()), reading
            )
        return
    # Some models write two more zero bytes beside the number of entries.
    is_wide = b"\0\0" in (head[8:10], head[10:12])
    walk(
        note,
        Directory(
            note.first + 8,
            note.first,
            "<" if head.startswith(b"II") else ">",
            tags,
            entries=4 if is_wide else 2,
        ),
        reading,
    )
