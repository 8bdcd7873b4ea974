"""JPEG by its marker segments: ITU-T T.81 annex B."""

from __future__ import annotations

import re
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

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_ALONE = {0x01, *range(0xD0, _EOI)}
# What ends entropy-coded data: no stuffed byte, restart marker or fill byte.
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_MAX_DATA = 0xFFFF - 2
_SCAN = b"SOS"
_EXIF = b"Exif\0\0"
_ICC = b"ICC_PROFILE\0"
_MULTI_PICTURE = b"MPF\0"


def cut(data: bytes) -> list[Piece]:
    """Cut at each marker; a scan and its coded data are one piece.

    The end of image may be missing, as in a file that was cut off.
    """
    pieces = [Piece(name=b"SOI", data=data[:2])]
    at = 2
    while at < len(data) or pieces[-1].name != _SCAN:
        marker, start = _marker(data, at)
        if marker == _EOI:
            end = start + 2
            pieces.append(Piece(name=b"EOI", data=data[at:end]))
            if data[end:]:
                pieces.append(_trailer(data[end:], pieces))
            return pieces
        if marker in _ALONE:
            message = f"marker {marker:#x} outside a scan"
            raise Unsafe(message)
        end = _end(data, start, marker)
        pieces.append(_piece(marker, data[at:end], data[start:end]))
        at = end
    return pieces


def edited(pieces: list[Piece], edit: Edit) -> list[Piece] | None:
    """Put application segments behind JFIF's, comments before the tables.

    An index of several pictures (CIPA DC-007) gives their places from itself on,
    so a file that has one is left alone where something behind it would move.
    """
    result = _edited(pieces, edit)
    index = first_index(pieces, lambda piece: piece.name == b"MPF")
    behind = pieces[index:]
    if result is None or (behind and result[-len(behind) :] != behind):
        return None
    return result


def _edited(pieces: list[Piece], edit: Edit) -> list[Piece] | None:
    match edit:
        case "stripped":
            return without_metadata(pieces)
        case "tag changed" | "thumbnail added":
            return _with_exif(pieces, blocks.exif(edit))
        case "profile added" | "large profile added":
            return _with_profile(pieces, blocks.profile(edit))
        case "text before":
            before = (b"DQT", b"SOF", b"MPF")
            at = first_index(pieces, lambda piece: piece.name in before)
            return inserted(pieces, at, _segment(_COM, blocks.TEXT))
        case _:
            return None  # what stands behind the end is no segment


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Return the next marker's code, and where it begins after its fill bytes."""
    start = at
    while data[start : start + 2] == b"\xff\xff":
        start += 1
    marker = data[start : start + 2]
    if len(marker) < 2 or marker[:1] != b"\xff" or not marker[1]:  # noqa: PLR2004
        raise Unsafe(f"no marker at {at}")
    return marker[1], start


def _end(data: bytes, start: int, marker: int) -> int:
    length = int.from_bytes(data[start + 2 : start + 4], "big")
    end = start + 2 + length
    if length < 2 or end > len(data):  # noqa: PLR2004 - it counts its own two bytes
        raise Unsafe(f"segment length {length} at {start}")
    if marker != _SOS:
        return end
    following = _NEXT_MARKER.search(data, end)
    return following.start() if following else len(data)


def _piece(marker: int, data: bytes, segment: bytes) -> Piece:
    name, content = _name(marker, segment[4:]), segment[4:]
    if _APP0 <= marker <= _APP15 or marker == _COM:
        if marker == _APP14 and content.startswith(b"Adobe"):
            return Piece(name=name, data=data, coded=segment)  # decides the colours
        is_metadata = not (marker == _APP0 and content.startswith(b"JFIF\0"))
        return Piece(name=name, data=data, is_metadata=is_metadata)
    return Piece(name=name, data=data, coded=segment)


def _trailer(data: bytes, before: list[Piece]) -> Piece:
    """Take what is behind the end for metadata, unless it is pictures of an index."""
    if any(piece.name == b"MPF" for piece in before):
        return Piece(name=b"trailer", data=data, coded=data)
    return Piece(name=b"trailer", data=data, is_metadata=True)


def _name(marker: int, content: bytes) -> bytes:
    if marker == _APP1 and content.startswith(_EXIF[:5]):
        return b"Exif"
    if marker == _APP2 and content.startswith(_ICC):
        return b"ICC"
    if marker == _APP2 and content.startswith(_MULTI_PICTURE):
        return b"MPF"
    if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
        return b"SOF"
    return {_APP0: b"APP0", 0xDB: b"DQT", _SOS: _SCAN}.get(marker, b"%02X" % marker)


def _segment(marker: int, content: bytes, name: bytes = b"") -> Piece:
    header = struct.pack(">BBH", 0xFF, marker, len(content) + 2)
    return Piece(name=name, data=header + content, is_metadata=True)


def _behind_jfif(pieces: list[Piece]) -> int:
    return first_index(pieces, lambda piece: piece.name not in (b"SOI", b"APP0"))


def _with_exif(pieces: list[Piece], block: bytes) -> list[Piece]:
    others = [piece for piece in pieces if piece.name != b"Exif"]
    segment = _segment(_APP1, _EXIF + block, b"Exif")
    return inserted(others, _behind_jfif(others), segment)


def _with_profile(pieces: list[Piece], profile: bytes) -> list[Piece]:
    """ICC.1 annex B.4: in as many segments as it needs, each with its number."""
    others = [piece for piece in pieces if piece.name != b"ICC"]
    step = _MAX_DATA - len(_ICC) - 2
    parts = [profile[at : at + step] for at in range(0, len(profile), step)]
    segments = [
        _segment(_APP2, _ICC + bytes([number, len(parts)]) + part)
        for number, part in enumerate(parts, start=1)
    ]
    at = first_index(others, lambda piece: piece.name not in (b"SOI", b"APP0", b"Exif"))
    return inserted(others, at, *segments)
