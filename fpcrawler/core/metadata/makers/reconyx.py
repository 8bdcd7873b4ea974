"""The maker notes of Reconyx's trail cameras: numbers and texts at fixed offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.file.sparse import MissingBytes
from fpcrawler.core.metadata.makers.values import serial

if TYPE_CHECKING:
    from fpcrawler.core.metadata.makers.note import MakerNote, NoteReading

_HYPERFIRE = b"\x01\xf1"
_WIDE_BYTES = 30
_NARROW_BYTES = 15


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Read the number of the HyperFire, the UltraFire or the HyperFire 2."""
    if head.startswith(b"RECONYXUF\0"):
        first, length, is_wide = 0x4B, _NARROW_BYTES, False
    elif head.startswith(b"RECONYXH2\0"):
        first, length, is_wide = 0x7E, _WIDE_BYTES, True
    elif head.startswith(_HYPERFIRE):
        first, length, is_wide = 0x2A, _WIDE_BYTES, True
    else:
        return
    try:
        raw = note.at(first, length)
    except MissingBytes:
        reading.missing += note.block.extents(note.first + first, length)
        return
    if is_wide:
        text = raw.decode("utf-16-le", "replace").partition("\0")[0]
        raw = text.encode("utf-8", "replace")
    reading.add("MakerNote SerialNumber", "serial", serial(raw, "<"))
