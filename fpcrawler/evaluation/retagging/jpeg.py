"""Retag JPEG by its marker segments: ITU-T T.81 annex B."""

from __future__ import annotations

import re
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

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_STANDALONE = {0x01, *range(0xD0, _EOI)}
# Ends entropy-coded data: a marker that is not a stuffed byte, RSTn or fill byte.
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_MAX_DATA = 0xFFFF - 2
_SCAN = b"SOS"
_EXIF = b"Exif\0\0"
_ICC = b"ICC_PROFILE\0"
_MULTI_PICTURE = b"MPF\0"


def split(data: bytes) -> list[Unit]:
    """Split at each marker; a scan and its coded data are one unit.

    The EOI marker may be missing, as in a truncated file.
    """
    units = [Unit(name=b"SOI", data=data[:2])]
    at = 2
    while at < len(data) or units[-1].name != _SCAN:
        marker, start = _marker(data, at)
        if marker == _EOI:
            end = start + 2
            units.append(Unit(name=b"EOI", data=data[at:end]))
            if data[end:]:
                units.append(_trailer(data[end:], units))
            return units
        if marker in _STANDALONE:
            message = f"marker {marker:#x} outside a scan"
            raise Unsupported(message)
        end = _segment_end(data, start, marker)
        units.append(_unit(marker, data[at:end], data[start:end]))
        at = end
    return units


def retagged(units: list[Unit], edit: Edit) -> list[Unit] | None:
    """Insert application segments after JFIF's, comments before the tables.

    A multi-picture index (CIPA DC-007) gives offsets from its own position. So
    return None if bytes after such an index would move.
    """
    result = _retagged(units, edit)
    index = first_index(units, lambda unit: unit.name == b"MPF")
    after_index = units[index:]
    if result is None or (after_index and result[-len(after_index) :] != after_index):
        return None
    return result


def _retagged(units: list[Unit], edit: Edit) -> list[Unit] | None:
    match edit:
        case "stripped":
            return without_metadata(units)
        case "tag changed" | "thumbnail added":
            return _with_exif(units, blocks.exif(edit))
        case "profile added" | "large profile added":
            return _with_profile(units, blocks.profile(edit))
        case "text before":
            before = (b"DQT", b"SOF", b"MPF")
            at = first_index(units, lambda unit: unit.name in before)
            return inserted(units, at, _segment(_COM, blocks.TEXT))
        case _:
            return None  # bytes after EOI are not a segment


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Return the next marker's code, and its offset after the fill bytes."""
    start = at
    while data[start : start + 2] == b"\xff\xff":
        start += 1
    marker = data[start : start + 2]
    if len(marker) < 2 or marker[:1] != b"\xff" or not marker[1]:  # noqa: PLR2004
        raise Unsupported(f"no marker at {at}")
    return marker[1], start


def _segment_end(data: bytes, start: int, marker: int) -> int:
    length = int.from_bytes(data[start + 2 : start + 4], "big")
    end = start + 2 + length
    if length < 2 or end > len(data):  # noqa: PLR2004 - includes its own two bytes
        raise Unsupported(f"segment length {length} at {start}")
    if marker != _SOS:
        return end
    following = _NEXT_MARKER.search(data, end)
    return following.start() if following else len(data)


def _unit(marker: int, data: bytes, segment: bytes) -> Unit:
    name, content = _name(marker, segment[4:]), segment[4:]
    if _APP0 <= marker <= _APP15 or marker == _COM:
        if marker == _APP14 and content.startswith(b"Adobe"):
            return Unit(name=name, data=data, coded=segment)  # decides the colours
        is_metadata = not (marker == _APP0 and content.startswith(b"JFIF\0"))
        return Unit(name=name, data=data, is_metadata=is_metadata)
    return Unit(name=name, data=data, coded=segment)


def _trailer(data: bytes, before: list[Unit]) -> Unit:
    """Treat bytes after EOI as metadata, unless a multi-picture index uses them."""
    if any(unit.name == b"MPF" for unit in before):
        return Unit(name=b"trailer", data=data, coded=data)
    return Unit(name=b"trailer", data=data, is_metadata=True)


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


def _segment(marker: int, content: bytes, name: bytes = b"") -> Unit:
    header = struct.pack(">BBH", 0xFF, marker, len(content) + 2)
    return Unit(name=name, data=header + content, is_metadata=True)


def _after_jfif(units: list[Unit]) -> int:
    return first_index(units, lambda unit: unit.name not in (b"SOI", b"APP0"))


def _with_exif(units: list[Unit], block: bytes) -> list[Unit]:
    others = [unit for unit in units if unit.name != b"Exif"]
    segment = _segment(_APP1, _EXIF + block, b"Exif")
    return inserted(others, _after_jfif(others), segment)


def _with_profile(units: list[Unit], profile: bytes) -> list[Unit]:
    """Insert the profile in numbered segments: ICC.1 annex B.4."""
    others = [unit for unit in units if unit.name != b"ICC"]
    step = _MAX_DATA - len(_ICC) - 2
    parts = [profile[at : at + step] for at in range(0, len(profile), step)]
    segments = [
        _segment(_APP2, _ICC + bytes([number, len(parts)]) + part)
        for number, part in enumerate(parts, start=1)
    ]
    at = first_index(others, lambda unit: unit.name not in (b"SOI", b"APP0", b"Exif"))
    return inserted(others, at, *segments)
