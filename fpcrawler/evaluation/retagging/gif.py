"""GIF by its blocks: https://www.w3.org/Graphics/GIF/spec-gif89a.txt."""

from __future__ import annotations

from dataclasses import replace

from fpcrawler.evaluation.retagging import blocks
from fpcrawler.evaluation.retagging.pieces import (
    Edit,
    Piece,
    Unsafe,
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


def cut(data: bytes) -> list[Piece]:
    """Cut at each block; what follows the trailer is one piece."""
    if len(data) < _HEADER:
        raise Unsafe("cut off")
    at = _HEADER + _table(data[10])
    # What the version is decides nothing: decoders read either.
    pieces = [Piece(name=b"screen", data=data[:at], coded=data[6:at])]
    while True:
        introducer = data[at : at + 1]
        if introducer == bytes([_TRAILER]):
            pieces.append(Piece(name=b"end", data=introducer))
            if data[at + 1 :]:
                rest = Piece(name=b"trailer", data=data[at + 1 :], is_metadata=True)
                pieces.append(rest)
            return pieces
        end = _end(data, at)
        pieces.append(_piece(data[at:end]))
        at = end


def edited(pieces: list[Piece], edit: Edit) -> list[Piece] | None:
    """Put comments and XMP before the first picture or before the end."""
    before = first_index(pieces, lambda piece: piece.name != b"screen")
    after = first_index(pieces, lambda piece: piece.name == b"end")
    match edit:
        case "stripped":
            return without_metadata(pieces)
        case "text before":
            return _as_89a(inserted(pieces, before, *_texts()))
        case "text after":
            return _as_89a(inserted(pieces, after, *_texts()))
        case "profile added" | "large profile added":
            return _as_89a(inserted(pieces, before, _profile(blocks.profile(edit))))
        case _:
            return None  # no place for EXIF


def _end(data: bytes, at: int) -> int:
    """Return where the block at this offset ends."""
    introducer = data[at : at + 1]
    if introducer == bytes([_EXTENSION]):
        at += 2
    elif introducer == bytes([_IMAGE]) and at + _IMAGE_HEADER < len(data):
        # Position and size, flags; a colour table; the LZW code size.
        at += _IMAGE_HEADER + _table(data[at + 9]) + 1
    else:
        raise Unsafe(f"no block at {at}")
    while at < len(data):
        length = data[at]
        at += 1 + length
        if not length and at <= len(data):
            return at
    raise Unsafe("cut off")


def _table(flags: int) -> int:
    return 3 << ((flags & _TABLE_BITS) + 1) if flags & _HAS_TABLE else 0


def _piece(block: bytes) -> Piece:
    is_picture = block[0] == _IMAGE or block[1] in (_PLAIN_TEXT, _CONTROL)
    is_loop = block[1] == _APPLICATION and block[3:14] in _LOOPS
    if is_picture or is_loop:
        return Piece(name=b"block", data=block, coded=block)
    return Piece(name=b"extension", data=block, is_metadata=True)


def _extension(label: int, opening: bytes, rest: bytes) -> Piece:
    data = bytes([_EXTENSION, label]) + opening + rest
    return Piece(name=b"extension", data=data, is_metadata=True)


def _sub_blocks(data: bytes) -> bytes:
    parts = (data[at : at + _SUB_BLOCK] for at in range(0, len(data), _SUB_BLOCK))
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def _texts() -> tuple[Piece, Piece]:
    # XMP specification part 3, 1.1.2: no sub-blocks, and bytes that lead a reader
    # of such through it.
    way_out = bytes([1, *range(255, -1, -1), 0])
    packet = blocks.xmp() + way_out
    return (
        _extension(_COMMENT, b"", _sub_blocks(blocks.TEXT)),
        _extension(_APPLICATION, b"\x0bXMP DataXMP", packet),
    )


def _profile(profile: bytes) -> Piece:
    return _extension(_APPLICATION, b"\x0bICCRGBG1012", _sub_blocks(profile))


def _as_89a(pieces: list[Piece]) -> list[Piece]:
    """Name the version that has extensions."""
    screen = pieces[0]
    return [replace(screen, data=b"GIF89a" + screen.data[6:]), *pieces[1:]]
