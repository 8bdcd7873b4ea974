"""Find picture data in the values of a record, however they are written there.

A leak is SHORTEST consecutive bytes of the coded data, or of a thumbnail or preview.
Bytes with fewer than MIN_VALUES different values do not count: zeros, spaces and
patterns of even areas stand in pictures and in texts alike (DATA_FORMAT.md treats
matches of 128 bytes so as well).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.reader import ALL_KINDS, locate, read_metadata

SHORTEST = 129
MIN_VALUES = 16
_STEP = (SHORTEST + 1) // 2
"""A run of SHORTEST bytes has a whole block of so many, wherever the blocks begin."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]{172,}")
_HEX = re.compile(r"[0-9A-Fa-f\s]{258,}")
_NUMBERS = re.compile(r"\d{1,3}(?:,\s*\d{1,3}){128,}")
_URL_SAFE = str.maketrans("-_", "+/")


def pictures_of(data: bytes) -> list[bytes]:
    """Return the coded data and thumbnails of a file, metadata blanked out.

    Some formats do not say where the coded data end, so that metadata may follow
    before the end of the file; a TIFF's block is the file.
    """
    file = SparseFile(len(data))
    file.add(0, data)
    anatomy = locate(file, has_picture=True)
    metadata = read_metadata(file, anatomy, ALL_KINDS)
    rest = bytearray(data)
    for part in metadata.parts:
        for extent in part.extents if part.kind != "exif" else ():
            rest[extent.first : extent.end] = bytes(
                len(rest[extent.first : extent.end])
            )
    coded = anatomy.picture.extents if anatomy.picture else ()
    found = [b"".join(rest[extent.first : extent.end] for extent in coded)]
    found += [data[extent.first : extent.end] for extent in metadata.thumbnails]
    return [each for each in found if len(each) >= SHORTEST]


def previews_of(*folders: Path) -> dict[Path, list[bytes]]:
    """Return the thumbnails and previews that ExifTool finds, by file."""
    command = ["exiftool", "-q", "-r", "-j", "-b", "-a", "-G1", "-Preview:all"]
    printed = subprocess.run(
        [*command, *map(str, folders)], capture_output=True, check=False
    ).stdout
    return {
        Path(each["SourceFile"]): [
            base64.b64decode(value.removeprefix("base64:"))
            for value in each.values()
            if str(value).startswith("base64:")
        ]
        for each in json.loads(printed)
    }


def leaks(record: dict[str, Any], pictures: Sequence[bytes]) -> list[str]:
    """Return the paths of the values that hold bytes of a picture."""
    return [
        path
        for path, value in _texts(record, "")
        if any(_shares(form, each) for form in _forms(value) for each in pictures)
    ]


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield all texts that are long enough, names included, and where they stand."""
    items: Iterator[tuple[object, object]] = iter(())
    if isinstance(value, dict):
        items = iter(value.items())
    elif isinstance(value, list):
        items = enumerate(value)
    elif isinstance(value, str) and len(value) >= SHORTEST:
        yield path, value
    for name, inner in items:
        yield from _texts(str(name), f"{path}/(a name)")
        yield from _texts(inner, f"{path}/{name}")


def _forms(text: str) -> Iterator[bytes]:
    """Yield all bytes that a text can stand for."""
    yield text.encode()
    yield text.encode("latin-1", "replace")
    yield text.encode("cp1252", "replace")
    for match in _BASE64.finditer(text):
        digits = "".join(match[0].split()).translate(_URL_SAFE)
        for shift in range(4):
            whole = digits[shift : shift + (len(digits) - shift) // 4 * 4]
            yield binascii.a2b_base64(whole)
    for match in _HEX.finditer(text):
        digits = "".join(match[0].split())
        for shift in range(2):
            yield bytes.fromhex(digits[shift : shift + (len(digits) - shift) // 2 * 2])
    for match in _NUMBERS.finditer(text):
        yield bytes(int(number) & 0xFF for number in match[0].split(","))


def _shares(form: bytes, picture: bytes) -> bool:
    """Return whether both have SHORTEST consecutive bytes of various values."""
    return any(_run(form, at, picture) for at in range(0, len(form) - _STEP + 1, _STEP))


def _run(form: bytes, at: int, picture: bytes) -> bool:
    """Return whether a run of SHORTEST bytes around a block stands in the picture."""
    if form[at : at + _STEP] not in picture:
        return False
    windows = (
        form[first : first + SHORTEST]
        for first in range(max(at + _STEP - SHORTEST, 0), at + 1)
    )
    return any(
        len(window) == SHORTEST and len(set(window)) >= MIN_VALUES and window in picture
        for window in windows
    )
