"""PNG and APNG by their chunks: https://www.w3.org/TR/png-3/."""

from __future__ import annotations

import re
import struct
import zlib

from fpcrawler.evaluation.retagging import blocks
from fpcrawler.evaluation.retagging.pieces import (
    Edit,
    Piece,
    Unsafe,
    first_index,
    inserted,
    without_metadata,
)

_SIGNATURE = 8
_AROUND = 12  # length, type, CRC
_LETTERS = re.compile(rb"[A-Za-z]{4}")
_PICTURE = {b"tRNS", b"acTL", b"fcTL", b"fdAT"}
# What colours, transparency and scale a viewer shows; a profile is metadata.
_KEPT = {
    *(b"IEND", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"cICP", b"mDCV", b"cLLI"),
    *(b"bKGD", b"hIST", b"pHYs", b"sPLT"),
}


def cut(data: bytes) -> list[Piece]:
    """Cut at each chunk, with what follows the last one as one piece."""
    pieces = [Piece(name=b"signature", data=data[:_SIGNATURE])]
    at = _SIGNATURE
    while True:
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + _AROUND + length
        if end > len(data) or not _LETTERS.fullmatch(name):
            raise Unsafe(f"no chunk at {at}")
        pieces.append(_piece(name, data[at:end]))
        if name == b"IEND":
            if data[end:]:
                trailer = Piece(name=b"trailer", data=data[end:], is_metadata=True)
                pieces.append(trailer)
            return pieces
        at = end


def edited(pieces: list[Piece], edit: Edit) -> list[Piece] | None:
    """Put chunks right behind the header, or before the end."""
    match edit:
        case "stripped":
            return without_metadata(pieces)
        case "tag changed" | "thumbnail added":
            return _replaced(pieces, b"eXIf", blocks.exif(edit))
        case "profile added" | "large profile added":
            return _replaced(pieces, b"iCCP", _named(blocks.profile(edit)))
        case "text before":
            return inserted(pieces, _behind_header(pieces), *_texts())
        case "text after":
            at = first_index(pieces, lambda piece: piece.name == b"IEND")
            return inserted(pieces, at, *_texts())


def _piece(name: bytes, chunk: bytes) -> Piece:
    if name in _KEPT:
        return Piece(name=name, data=chunk)
    if name in _PICTURE or name[:1].isupper():  # critical by section 5.4
        return Piece(name=name, data=chunk, coded=chunk[8:-4])
    return Piece(name=name, data=chunk, is_metadata=True)


def _chunk(name: bytes, content: bytes) -> Piece:
    crc = zlib.crc32(name + content)
    data = struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc)
    return Piece(name=name, data=data, is_metadata=True)


def _named(profile: bytes) -> bytes:
    return b"fpcrawler\0\0" + zlib.compress(profile)


def _texts() -> tuple[Piece, Piece]:
    xmp = b"XML:com.adobe.xmp\0\0\0\0\0" + blocks.xmp()
    return _chunk(b"tEXt", b"Comment\0" + blocks.TEXT), _chunk(b"iTXt", xmp)


def _behind_header(pieces: list[Piece]) -> int:
    return first_index(pieces, lambda piece: piece.name == b"IHDR") + 1


def _replaced(pieces: list[Piece], name: bytes, content: bytes) -> list[Piece]:
    others = [piece for piece in pieces if piece.name != name]
    return inserted(others, _behind_header(others), _chunk(name, content))
