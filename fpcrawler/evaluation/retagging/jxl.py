"""Retag JPEG XL by its boxes, with or without a container: ISO/IEC 18181-2."""

from __future__ import annotations

import struct
from dataclasses import replace

from fpcrawler.evaluation.retagging import blocks
from fpcrawler.evaluation.retagging.units import (
    Edit,
    Unit,
    Unsupported,
    first_index,
    inserted,
    without_metadata,
)

_NAKED = b"\xff\x0a"
_SIGNATURE = b"\0\0\0\x0cJXL \r\n\x87\n"
_HEADER, _LONG_HEADER = 8, 16
_STREAM = b"codestream"
_METADATA = {b"Exif", b"xml ", b"brob", b"jumb", b"free", b"skip", b"uuid"}


def split(data: bytes) -> list[Unit]:
    """Split at each box; a naked codestream is one unit."""
    if data.startswith(_NAKED):
        return [Unit(name=_STREAM, data=data, coded=data)]
    units, at = [], 0
    while at < len(data):
        header, end, name = _box(data, at)
        units.append(_unit(name, data[at:end], header))
        at = end
    if not any(unit.name == _STREAM for unit in units):
        raise Unsupported("no codestream")
    return units


def retagged(units: list[Unit], edit: Edit) -> list[Unit] | None:
    """Insert boxes before or after the codestream; a naked one gets a container."""
    if edit == "stripped":
        return _stripped(units)
    boxed = _boxed(units)
    before = first_index(boxed, lambda unit: unit.name == _STREAM)
    match edit:
        case "tag changed" | "thumbnail added":
            return _replaced(boxed, blocks.exif(edit))
        case "text before":
            return inserted(boxed, before, _new_box(b"xml ", blocks.xmp()))
        case "text after":
            return [*boxed, _new_box(b"xml ", blocks.xmp())]
        case _:
            return None  # the profile is part of the codestream


def _box(data: bytes, at: int) -> tuple[int, int, bytes]:
    """Return a box's header length, its end offset and its type."""
    size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
    header = _HEADER
    if size == 1:
        size, header = int.from_bytes(data[at + 8 : at + 16], "big"), _LONG_HEADER
    elif size == 0:
        size = len(data) - at
    if size < header or at + size > len(data):
        raise Unsupported(f"box size {size} at {at}")
    return header, at + size, name


def _unit(name: bytes, box: bytes, header: int) -> Unit:
    content = box[header:]
    # Size 0 means "up to the end of the file": wrong once boxes follow.
    data = _new_box(name, content).data if box[:4] == bytes(4) else box
    if name == b"jxlc":
        return Unit(name=_STREAM, data=data, coded=content)
    if name == b"jxlp":  # a part number of 4 bytes comes first
        return Unit(name=_STREAM, data=data, coded=content[4:])
    return Unit(name=name, data=data, is_metadata=name in _METADATA)


def _new_box(name: bytes, content: bytes) -> Unit:
    data = struct.pack(">I", len(content) + _HEADER) + name + content
    return Unit(name=name, data=data, is_metadata=True)


def _boxed(units: list[Unit]) -> list[Unit]:
    if units[0].name != _STREAM or not units[0].data.startswith(_NAKED):
        return units
    stream = replace(units[0], data=_new_box(b"jxlc", units[0].data).data)
    kind = replace(_new_box(b"ftyp", b"jxl \0\0\0\0jxl "), is_metadata=False)
    return [Unit(name=b"JXL ", data=_SIGNATURE), kind, stream]


def _stripped(units: list[Unit]) -> list[Unit]:
    """Remove the container as well if it holds only the codestream."""
    if any(unit.name == b"jbrd" for unit in units):
        raise Unsupported("without its metadata the original JPEG cannot be rebuilt")
    kept = without_metadata(units)
    streams = [unit for unit in kept if unit.name == _STREAM]
    if len(streams) == 1 and len(kept) <= 3:  # noqa: PLR2004 - signature, type, stream
        return [replace(streams[0], data=streams[0].coded)]
    return kept


def _replaced(units: list[Unit], block: bytes) -> list[Unit]:
    """Insert EXIF before the codestream; its TIFF header offset (0) comes first."""
    others = [unit for unit in units if unit.name != b"Exif"]
    at = first_index(others, lambda unit: unit.name == _STREAM)
    return inserted(others, at, _new_box(b"Exif", bytes(4) + block))
