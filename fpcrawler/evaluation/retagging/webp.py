"""WebP by its RIFF chunks: RFC 9649."""

from __future__ import annotations

import struct

from fpcrawler.evaluation.retagging import blocks
from fpcrawler.evaluation.retagging.pieces import (
    Edit,
    Piece,
    Unsafe,
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


def cut(data: bytes) -> list[Piece]:
    """Cut into the RIFF header and the chunks; what follows them is one piece."""
    riff_end = _HEADER + int.from_bytes(data[4:8], "little")
    if riff_end > len(data):
        raise Unsafe("cut off")
    pieces = [Piece(name=b"RIFF", data=data[:_RIFF_HEADER])]
    at = _RIFF_HEADER
    while at + _HEADER <= riff_end:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + _HEADER + length
        if end > riff_end:
            raise Unsafe(f"chunk of {length} bytes at {at}")
        pieces.append(_piece(data[at : at + 4], data[at:end] + b"\0" * (length % 2)))
        at = end + length % 2
    _check(pieces)
    if data[at:]:
        pieces.append(Piece(name=b"trailer", data=data[at:], is_metadata=True))
    return pieces


def edited(pieces: list[Piece], edit: Edit) -> list[Piece] | None:
    """Put a profile before the picture and all else behind it, as the RFC asks."""
    match edit:
        case "stripped":
            return _with_headers(without_metadata(pieces))
        case "tag changed" | "thumbnail added":
            return _replaced(pieces, b"EXIF", blocks.exif(edit))
        case "profile added" | "large profile added":
            return _replaced(pieces, b"ICCP", blocks.profile(edit))
        case "text after":
            return _replaced(pieces, b"XMP ", blocks.xmp())
        case _:
            return None


def _piece(name: bytes, chunk: bytes) -> Piece:
    if name == b"VP8X":
        # The canvas of an animation is told nowhere else.
        is_animation = chunk[_HEADER : _HEADER + 1] and chunk[_HEADER] & _ANIMATION_FLAG
        return Piece(name=name, data=chunk, coded=chunk[12:18] if is_animation else b"")
    if name in _PICTURE:
        return Piece(name=name, data=chunk, coded=chunk[4:])
    return Piece(name=name, data=chunk, is_metadata=True)


def _check(pieces: list[Piece]) -> None:
    """Raise Unsafe unless this is one picture of a known size, or an animation."""
    first = pieces[1] if len(pieces) > 1 else pieces[0]
    names = [piece.name for piece in pieces]
    frames = [piece for piece in pieces if piece.name in _FRAMES]
    is_extended = first.name == b"VP8X" and len(first.data) >= _HEADER + _VP8X_BYTES
    is_animation = is_extended and bool(first.coded) and b"ANMF" in names
    is_picture = is_extended and not first.coded and b"ANMF" not in names
    if frames and not is_animation:
        is_picture |= first.name in _FRAMES
        canvas = _canvas(frames[0])
        is_picture &= not is_extended or first.data[12:18] == canvas
    if len(frames) != is_picture or not (is_picture or is_animation):
        raise Unsafe("neither one picture as large as its canvas nor an animation")


def _replaced(pieces: list[Piece], name: bytes, content: bytes) -> list[Piece]:
    others = [p for p in pieces if p.name not in (name, b"trailer")]
    data = name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    new = Piece(name=name, data=data, is_metadata=True)
    if name == b"ICCP":
        at = first_index(others, lambda piece: piece.name not in (b"RIFF", b"VP8X"))
    elif name == b"EXIF":
        at = first_index(others, lambda piece: piece.name == b"XMP ")
    else:
        at = len(others)
    return _with_headers(inserted(others, at, new))


def _with_headers(pieces: list[Piece]) -> list[Piece]:
    """Make the RIFF header anew, and VP8X where the chunks ask for it."""
    old = next((piece for piece in pieces if piece.name == b"VP8X"), None)
    chunks = [piece for piece in pieces if piece.name not in (b"RIFF", b"VP8X")]
    names = {piece.name for piece in chunks}
    if names - _FRAMES:
        chunks.insert(0, _extended(old, chunks))
    length = 4 + sum(len(piece.data) for piece in chunks)
    riff = b"RIFF" + struct.pack("<I", length) + b"WEBP"
    return [Piece(name=b"RIFF", data=riff), *chunks]


def _extended(old: Piece | None, chunks: list[Piece]) -> Piece:
    flags = sum(_METADATA[p.name] for p in chunks if p.name in _METADATA)
    if old is None:
        (frame,) = (piece for piece in chunks if piece.name in _FRAMES)
        flags |= _ALPHA_FLAG if _is_transparent(frame) else 0
        content = bytes([flags, 0, 0, 0]) + _canvas(frame)
        return Piece(name=b"VP8X", data=b"VP8X" + struct.pack("<I", 10) + content)
    kept = old.data[_HEADER] & (_ALPHA_FLAG | _ANIMATION_FLAG)
    data = old.data[:_HEADER] + bytes([kept | flags]) + old.data[_HEADER + 1 :]
    return Piece(name=b"VP8X", data=data, coded=old.coded)


def _canvas(frame: Piece) -> bytes:
    """Return width and height less one, three bytes each."""
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
    raise Unsafe("a picture of no size")


def _is_transparent(frame: Piece) -> bool:
    return frame.name == b"VP8L" and bool(frame.data[_HEADER + 4] & 0x10)
