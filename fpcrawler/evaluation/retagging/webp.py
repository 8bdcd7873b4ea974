"""Retag WebP by its RIFF chunks: RFC 9649."""

from __future__ import annotations

import struct

from fpcrawler.evaluation.retagging import blocks
from fpcrawler.evaluation.retagging.units import (
    Edit,
    Unit,
    Unsupported,
    first_index,
    inserted,
    without_metadata,
)

_RIFF_HEADER, _HEADER, _VP8X_BYTES = 12, 8, 10
_PICTURE = {b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}
_FRAMES = {b"VP8 ", b"VP8L"}
_ICC_FLAG, _ALPHA_FLAG, _EXIF_FLAG, _XMP_FLAG, _ANIMATION_FLAG = 32, 16, 8, 4, 2
_METADATA = {b"ICCP": _ICC_FLAG, b"EXIF": _EXIF_FLAG, b"XMP ": _XMP_FLAG}
_VP8_START = b"\x9d\x01\x2a"
_VP8L_SIGNATURE = 0x2F


def split(data: bytes) -> list[Unit]:
    """Split into the RIFF header and the chunks; the bytes after them are one unit."""
    riff_end = _HEADER + int.from_bytes(data[4:8], "little")
    if riff_end > len(data):
        raise Unsupported("truncated")
    units = [Unit(name=b"RIFF", data=data[:_RIFF_HEADER])]
    at = _RIFF_HEADER
    while at + _HEADER <= riff_end:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + _HEADER + length
        if end > riff_end:
            raise Unsupported(f"chunk of {length} bytes at {at}")
        units.append(_unit(data[at : at + 4], data[at:end] + b"\0" * (length % 2)))
        at = end + length % 2
    _check(units)
    if data[at:]:
        units.append(Unit(name=b"trailer", data=data[at:], is_metadata=True))
    return units


def retagged(units: list[Unit], edit: Edit) -> list[Unit] | None:
    """Insert a profile before the picture, all else after it: RFC 9649 section 2.7."""
    match edit:
        case "stripped":
            return _with_headers(without_metadata(units))
        case "tag changed" | "thumbnail added":
            return _replaced(units, b"EXIF", blocks.exif(edit))
        case "profile added" | "large profile added":
            return _replaced(units, b"ICCP", blocks.profile(edit))
        case "text after":
            return _replaced(units, b"XMP ", blocks.xmp())
        case _:
            return None


def _unit(name: bytes, chunk: bytes) -> Unit:
    if name == b"VP8X":
        # Only VP8X has the canvas size of an animation.
        is_animation = chunk[_HEADER : _HEADER + 1] and chunk[_HEADER] & _ANIMATION_FLAG
        return Unit(name=name, data=chunk, coded=chunk[12:18] if is_animation else b"")
    if name in _PICTURE:
        return Unit(name=name, data=chunk, coded=chunk[4:])
    return Unit(name=name, data=chunk, is_metadata=True)


def _check(units: list[Unit]) -> None:
    """Raise Unsupported unless this is one picture of known size, or an animation."""
    first = units[1] if len(units) > 1 else units[0]
    names = [unit.name for unit in units]
    frames = [unit for unit in units if unit.name in _FRAMES]
    is_extended = first.name == b"VP8X" and len(first.data) >= _HEADER + _VP8X_BYTES
    is_animation = is_extended and bool(first.coded) and b"ANMF" in names
    is_picture = is_extended and not first.coded and b"ANMF" not in names
    if frames and not is_animation:
        is_picture |= first.name in _FRAMES
        canvas = _canvas(frames[0])
        is_picture &= not is_extended or first.data[12:18] == canvas
    if len(frames) != is_picture or not (is_picture or is_animation):
        raise Unsupported("neither one picture of the canvas size nor an animation")


def _replaced(units: list[Unit], name: bytes, content: bytes) -> list[Unit]:
    others = [p for p in units if p.name not in (name, b"trailer")]
    data = name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    new = Unit(name=name, data=data, is_metadata=True)
    if name == b"ICCP":
        at = first_index(others, lambda unit: unit.name not in (b"RIFF", b"VP8X"))
    elif name == b"EXIF":
        at = first_index(others, lambda unit: unit.name == b"XMP ")
    else:
        at = len(others)
    return _with_headers(inserted(others, at, new))


def _with_headers(units: list[Unit]) -> list[Unit]:
    """Write a new RIFF header, and VP8X if the chunks require it."""
    old = next((unit for unit in units if unit.name == b"VP8X"), None)
    chunks = [unit for unit in units if unit.name not in (b"RIFF", b"VP8X")]
    names = {unit.name for unit in chunks}
    if names - _FRAMES:
        chunks.insert(0, _extended(old, chunks))
    length = 4 + sum(len(unit.data) for unit in chunks)
    riff = b"RIFF" + struct.pack("<I", length) + b"WEBP"
    return [Unit(name=b"RIFF", data=riff), *chunks]


def _extended(old: Unit | None, chunks: list[Unit]) -> Unit:
    flags = sum(_METADATA[p.name] for p in chunks if p.name in _METADATA)
    if old is None:
        (frame,) = (unit for unit in chunks if unit.name in _FRAMES)
        flags |= _ALPHA_FLAG if _is_transparent(frame) else 0
        content = bytes([flags, 0, 0, 0]) + _canvas(frame)
        return Unit(name=b"VP8X", data=b"VP8X" + struct.pack("<I", 10) + content)
    kept = old.data[_HEADER] & (_ALPHA_FLAG | _ANIMATION_FLAG)
    data = old.data[:_HEADER] + bytes([kept | flags]) + old.data[_HEADER + 1 :]
    return Unit(name=b"VP8X", data=data, coded=old.coded)


def _canvas(frame: Unit) -> bytes:
    """Return width - 1 and height - 1, three bytes each."""
    width, height = _dimensions(frame.data[_HEADER : _HEADER + 10])
    sizes = struct.pack("<I", width - 1)[:3], struct.pack("<I", height - 1)[:3]
    return b"".join(sizes)


def _dimensions(opening: bytes) -> tuple[int, int]:
    if opening[3:6] == _VP8_START:  # RFC 6386 section 9.1
        width, height = struct.unpack("<HH", opening[6:10].ljust(4, b"\0"))
        if width & 0x3FFF and height & 0x3FFF:
            return width & 0x3FFF, height & 0x3FFF
    elif opening[:1] == bytes([_VP8L_SIGNATURE]):
        bits = int.from_bytes(opening[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise Unsupported("the picture has no size")


def _is_transparent(frame: Unit) -> bool:
    return frame.name == b"VP8L" and bool(frame.data[_HEADER + 4] & 0x10)
