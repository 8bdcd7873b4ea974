"""Canon's maker note: an IFD without a header."""

from __future__ import annotations

import re

from fpcrawler.core.metadata.makers.note import (
    Directory,
    MakerNote,
    Movable,
    NoteReading,
    Order,
    Value,
)
from fpcrawler.core.metadata.makers.values import (
    hexadecimal,
    integer,
    lens,
    name,
    serial,
)
from fpcrawler.core.metadata.makers.walk import order_of, walk


def _lens_serial(raw: bytes, order: Order) -> str | None:
    # Models that do not know the lens leave the first bytes zero.
    return hexadecimal(raw, order) if any(raw[:4]) else None


def _internal_serial(raw: bytes, order: Order) -> str | None:
    return serial(raw.rstrip(b"\xff"), order)


def _of_5d(raw: bytes, order: Order) -> str | None:
    # The models called EOS 5D have nine bytes before it.
    return serial(raw[9:], order)


_COMMON = (
    (0x000C, Value("serial", "SerialNumber", integer)),
    (0x0095, Value("lens", "LensModel", lens)),
    (0x4019, Value("lens_serial", "LensSerialNumber", _lens_serial, 5)),
    (0x0009, Value("owner", "OwnerName", name)),
    (0x0028, Value("image_id", "ImageUniqueID", hexadecimal, 16)),
)
_INTERNAL = (
    *_COMMON,
    (0x0096, Value("internal_serial", "InternalSerialNumber", _internal_serial)),
)
_INTERNAL_5D = (
    *_COMMON,
    (0x0096, Value("internal_serial", "InternalSerialNumber", _of_5d)),
)

# Compact cameras leave nothing free or 12 bytes, which one cannot be seen.
_COMPACT = re.compile(r"PowerShot|IXUS|IXY|FV|OPTURA", re.IGNORECASE)
_WIDE = re.compile(r"\b(?:20D|350D|REBEL XT|Kiss Digital N)\b")


def _movable(model: str) -> Movable:
    if _COMPACT.search(model):
        return Movable(gap=None)
    return Movable(gap=6 if _WIDE.search(model) else 4)


def read(note: MakerNote, head: bytes, reading: NoteReading) -> None:
    """Walk the IFD at the start; offsets count from the TIFF header."""
    if order := order_of(head[:2], note.order):
        tags = _INTERNAL_5D if "EOS 5D" in note.model else _INTERNAL
        movable = _movable(note.model)
        walk(note, Directory(note.first, 0, order, tags, movable=movable), reading)
