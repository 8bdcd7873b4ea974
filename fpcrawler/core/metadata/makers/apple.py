"""Apple's maker note: identifiers of the picture; it has no number of the device."""

from __future__ import annotations

from fpcrawler.core.metadata.makers.note import Directory, MakerNote, NoteReading, Value
from fpcrawler.core.metadata.makers.values import serial
from fpcrawler.core.metadata.makers.walk import order_of, walk

_TAGS = (
    (0x0015, Value("image_id", "ImageUniqueID", serial)),
    (0x0011, Value("image_id", "ContentIdentifier", serial)),
)


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD after the name and the byte order; offsets count from the note."""
    if order := order_of(head[14:16], "<" if head[12:14] == b"II" else ">"):
        walk(note, Directory(note.first + 14, note.first, order, _TAGS), reading)
