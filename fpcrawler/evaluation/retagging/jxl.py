"""JPEG XL by its boxes: ISO/IEC 18181-2, with and without the container."""

from __future__ import annotations

import struct
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

_NAKED = b"\xff\x0a"
_SIGNATURE = b"\0\0\0\x0cJXL \r\n\x87\n"
_HEADER, _LONG_HEADER = 8, 16
_STREAM = b"codestream"
_METADATA = {b"Exif", b"xml ", b"brob", b"jumb", b"free", b"skip", b"uuid"}


def cut(data: bytes) -> list[Piece]:
    """Cut at each box; a naked codestream is one piece."""
    if data.startswith(_NAKED):
        return [Piece(name=_STREAM, data=data, coded=data)]
    pieces, at = [], 0
    while at < len(data):
        header, end, name = _box(data, at)
        pieces.append(_piece(name, data[at:end], header))
        at = end
    if not any(piece.name == _STREAM for piece in pieces):
        raise Unsafe("no codestream")
    return pieces


def edited(pieces: list[Piece], edit: Edit) -> list[Piece] | None:
    """Put boxes before or behind the codestream; a naked one gets a container."""
    if edit == "stripped":
        return _stripped(pieces)
    boxed = _boxed(pieces)
    before = first_index(boxed, lambda piece: piece.name == _STREAM)
    match edit:
        case "tag changed" | "thumbnail added":
            return _replaced(boxed, blocks.exif(edit))
        case "text before":
            return inserted(boxed, before, _new(b"xml ", blocks.xmp()))
        case "text after":
            return [*boxed, _new(b"xml ", blocks.xmp())]
        case _:
            return None  # the profile is in the codestream


def _box(data: bytes, at: int) -> tuple[int, int, bytes]:
    """Return a box's header in bytes, where it ends and its type."""
    size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
    header = _HEADER
    if size == 1:
        size, header = int.from_bytes(data[at + 8 : at + 16], "big"), _LONG_HEADER
    elif size == 0:
        size = len(data) - at
    if size < header or at + size > len(data):
        raise Unsafe(f"box size {size} at {at}")
    return header, at + size, name


def _piece(name: bytes, box: bytes, header: int) -> Piece:
    content = box[header:]
    # A size of 0 says "to the end", where it will not be.
    data = _new(name, content).data if box[:4] == bytes(4) else box
    if name == b"jxlc":
        return Piece(name=_STREAM, data=data, coded=content)
    if name == b"jxlp":  # the number of the part first
        return Piece(name=_STREAM, data=data, coded=content[4:])
    return Piece(name=name, data=data, is_metadata=name in _METADATA)


def _new(name: bytes, content: bytes) -> Piece:
    data = struct.pack(">I", len(content) + _HEADER) + name + content
    return Piece(name=name, data=data, is_metadata=True)


def _boxed(pieces: list[Piece]) -> list[Piece]:
    if pieces[0].name != _STREAM or not pieces[0].data.startswith(_NAKED):
        return pieces
    stream = replace(pieces[0], data=_new(b"jxlc", pieces[0].data).data)
    kind = replace(_new(b"ftyp", b"jxl \0\0\0\0jxl "), is_metadata=False)
    return [Piece(name=b"JXL ", data=_SIGNATURE), kind, stream]


def _stripped(pieces: list[Piece]) -> list[Piece]:
    """Take the container away, too, where it holds nothing else."""
    if any(piece.name == b"jbrd" for piece in pieces):
        raise Unsafe(
            "the JPEG that it was made of cannot be rebuilt without its metadata"
        )
    kept = without_metadata(pieces)
    streams = [piece for piece in kept if piece.name == _STREAM]
    if len(streams) == 1 and len(kept) <= 3:  # noqa: PLR2004 - signature, type, stream
        return [replace(streams[0], data=streams[0].coded)]
    return kept


def _replaced(pieces: list[Piece], block: bytes) -> list[Piece]:
    """Put EXIF before the codestream, with the offset of its TIFF header first."""
    others = [piece for piece in pieces if piece.name != b"Exif"]
    at = first_index(others, lambda piece: piece.name == _STREAM)
    return inserted(others, at, _new(b"Exif", bytes(4) + block))
