"""Retag PNG and APNG by their chunks: https://www.w3.org/TR/png-3/."""

from __future__ import annotations

import re
import struct
import zlib

from fpcrawler.evaluation.retagging import blocks
from fpcrawler.evaluation.retagging.units import (
    Edit,
    Unit,
    Unsupported,
    first_index,
    inserted,
    without_metadata,
)

_SIGNATURE = 8
_OVERHEAD = 12  # length, type, CRC
_LETTERS = re.compile(rb"[A-Za-z]{4}")
_PICTURE = {b"tRNS", b"acTL", b"fcTL", b"fdAT"}
# Decide colours, transparency and scale in a viewer; a profile counts as metadata.
_KEPT = {
    *(b"IEND", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"cICP", b"mDCV", b"cLLI"),
    *(b"bKGD", b"hIST", b"pHYs", b"sPLT"),
}


def split(data: bytes) -> list[Unit]:
    """Split at each chunk; the bytes after IEND are one unit."""
    units = [Unit(name=b"signature", data=data[:_SIGNATURE])]
    at = _SIGNATURE
    while True:
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + _OVERHEAD + length
        if end > len(data) or not _LETTERS.fullmatch(name):
            raise Unsupported(f"no chunk at {at}")
        units.append(_unit(name, data[at:end]))
        if name == b"IEND":
            if data[end:]:
                trailer = Unit(name=b"trailer", data=data[end:], is_metadata=True)
                units.append(trailer)
            return units
        at = end


def retagged(units: list[Unit], edit: Edit) -> list[Unit] | None:
    """Insert chunks right after IHDR, or before IEND."""
    match edit:
        case "stripped":
            return without_metadata(units)
        case "tag changed" | "thumbnail added":
            return _replaced(units, b"eXIf", blocks.exif(edit))
        case "profile added" | "large profile added":
            return _replaced(units, b"iCCP", _iccp_content(blocks.profile(edit)))
        case "text before":
            return inserted(units, _after_header(units), *_texts())
        case "text after":
            at = first_index(units, lambda unit: unit.name == b"IEND")
            return inserted(units, at, *_texts())


def _unit(name: bytes, chunk: bytes) -> Unit:
    if name in _KEPT:
        return Unit(name=name, data=chunk)
    if name in _PICTURE or name[:1].isupper():  # critical by section 5.4
        return Unit(name=name, data=chunk, coded=chunk[8:-4])
    return Unit(name=name, data=chunk, is_metadata=True)


def _chunk(name: bytes, content: bytes) -> Unit:
    crc = zlib.crc32(name + content)
    data = struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc)
    return Unit(name=name, data=data, is_metadata=True)


def _iccp_content(profile: bytes) -> bytes:
    return b"fpcrawler\0\0" + zlib.compress(profile)


def _texts() -> tuple[Unit, Unit]:
    xmp = b"XML:com.adobe.xmp\0\0\0\0\0" + blocks.xmp()
    return _chunk(b"tEXt", b"Comment\0" + blocks.TEXT), _chunk(b"iTXt", xmp)


def _after_header(units: list[Unit]) -> int:
    return first_index(units, lambda unit: unit.name == b"IHDR") + 1


def _replaced(units: list[Unit], name: bytes, content: bytes) -> list[Unit]:
    others = [unit for unit in units if unit.name != name]
    return inserted(others, _after_header(others), _chunk(name, content))
