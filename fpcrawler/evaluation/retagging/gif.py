"""Retag GIF by its blocks: https://www.w3.org/Graphics/GIF/spec-gif89a.txt."""

from __future__ import annotations

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

_HEADER, _IMAGE_HEADER = 13, 10
_HAS_TABLE, _TABLE_BITS = 0x80, 0x07
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_PLAIN_TEXT, _CONTROL, _COMMENT, _APPLICATION = 0x01, 0xF9, 0xFE, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_SUB_BLOCK = 255


def split(data: bytes) -> list[Unit]:
    """Split at each block; the bytes after the trailer are one unit."""
    if len(data) < _HEADER:
        raise Unsupported("truncated")
    at = _HEADER + _table_bytes(data[10])
    # The version is left out: decoders read both.
    units = [Unit(name=b"screen", data=data[:at], coded=data[6:at])]
    while True:
        introducer = data[at : at + 1]
        if introducer == bytes([_TRAILER]):
            units.append(Unit(name=b"end", data=introducer))
            if data[at + 1 :]:
                rest = Unit(name=b"trailer", data=data[at + 1 :], is_metadata=True)
                units.append(rest)
            return units
        end = _block_end(data, at)
        units.append(_unit(data[at:end]))
        at = end


def retagged(units: list[Unit], edit: Edit) -> list[Unit] | None:
    """Insert comments and XMP before the first picture, or before the end."""
    before = first_index(units, lambda unit: unit.name != b"screen")
    after = first_index(units, lambda unit: unit.name == b"end")
    match edit:
        case "stripped":
            return without_metadata(units)
        case "text before":
            return _as_89a(inserted(units, before, *_texts()))
        case "text after":
            return _as_89a(inserted(units, after, *_texts()))
        case "profile added" | "large profile added":
            return _as_89a(inserted(units, before, _profile(blocks.profile(edit))))
        case _:
            return None  # GIF has no place for EXIF


def _block_end(data: bytes, at: int) -> int:
    """Return the end offset of the block at ``at``; raises Unsupported."""
    introducer = data[at : at + 1]
    if introducer == bytes([_EXTENSION]):
        at += 2
    elif introducer == bytes([_IMAGE]) and at + _IMAGE_HEADER < len(data):
        # Position and size, flags; a colour table; the LZW code size.
        at += _IMAGE_HEADER + _table_bytes(data[at + 9]) + 1
    else:
        raise Unsupported(f"no block at {at}")
    while at < len(data):
        length = data[at]
        at += 1 + length
        if not length and at <= len(data):
            return at
    raise Unsupported("truncated")


def _table_bytes(flags: int) -> int:
    return 3 << ((flags & _TABLE_BITS) + 1) if flags & _HAS_TABLE else 0


def _unit(block: bytes) -> Unit:
    is_picture = block[0] == _IMAGE or block[1] in (_PLAIN_TEXT, _CONTROL)
    is_loop = block[1] == _APPLICATION and block[3:14] in _LOOPS
    if is_picture or is_loop:
        return Unit(name=b"block", data=block, coded=block)
    return Unit(name=b"extension", data=block, is_metadata=True)


def _extension(label: int, opening: bytes, rest: bytes) -> Unit:
    data = bytes([_EXTENSION, label]) + opening + rest
    return Unit(name=b"extension", data=data, is_metadata=True)


def _sub_blocks(data: bytes) -> bytes:
    parts = (data[at : at + _SUB_BLOCK] for at in range(0, len(data), _SUB_BLOCK))
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def _texts() -> tuple[Unit, Unit]:
    # XMP specification part 3, 1.1.2: the packet is not in sub-blocks. The "magic
    # trailer" leads a reader of sub-blocks to their end.
    magic_trailer = bytes([1, *range(255, -1, -1), 0])
    packet = blocks.xmp() + magic_trailer
    return (
        _extension(_COMMENT, b"", _sub_blocks(blocks.TEXT)),
        _extension(_APPLICATION, b"\x0bXMP DataXMP", packet),
    )


def _profile(profile: bytes) -> Unit:
    return _extension(_APPLICATION, b"\x0bICCRGBG1012", _sub_blocks(profile))


def _as_89a(units: list[Unit]) -> list[Unit]:
    """Set the version to 89a, the first with extensions."""
    screen = units[0]
    return [replace(screen, data=b"GIF89a" + screen.data[6:]), *units[1:]]
