"""Retagged copies of an image file: other metadata, the same coded picture.

Segments, chunks, blocks or boxes are removed and inserted; the coded data is copied
byte for byte. So the copies test which verdicts survive an edit of the tags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256

from fpcrawler.core.file.formats import SNIFF_BYTES, image_format
from fpcrawler.evaluation.retagging import gif, jpeg, jxl, png, webp
from fpcrawler.evaluation.retagging.units import EDITS, Edit, Unit, Unsupported

__all__ = ["EDITS", "Edit", "coded_sha256", "retagged"]

_SPLITTERS: dict[str, Callable[[bytes], list[Unit]]] = {
    "gif": gif.split,
    "jpeg": jpeg.split,
    "jxl": jxl.split,
    "png": png.split,
    "webp": webp.split,
}
_RETAGGERS: dict[str, Callable[[list[Unit], Edit], list[Unit] | None]] = {
    "gif": gif.retagged,
    "jpeg": jpeg.retagged,
    "jxl": jxl.retagged,
    "png": png.retagged,
    "webp": webp.retagged,
}


def retagged(data: bytes, edit: Edit) -> bytes | None:
    """Return a copy of the file with other metadata, None where that is not safe.

    It is not safe if the format is another one, if the file violates its
    specification, if the format has no place for the edit, or if the edit changes
    nothing.
    """
    name = image_format(data[:SNIFF_BYTES])
    if name not in _SPLITTERS:
        return None
    try:
        units = _RETAGGERS[name](_SPLITTERS[name](data), edit)
    except Unsupported:
        return None
    if units is None:
        return None
    result = b"".join(unit.data for unit in units)
    return result if result != data else None


def coded_sha256(data: bytes) -> str | None:
    """Return the SHA-256 of all bytes that decide the picture, None if unsupported.

    Two files of one format with the same digest show the same picture, whatever
    their metadata. Colour profile and orientation are not compared.
    """
    name = image_format(data[:SNIFF_BYTES])
    if name not in _SPLITTERS:
        return None
    try:
        units = _SPLITTERS[name](data)
    except Unsupported:
        return None
    digest = sha256(name.encode())
    for coded_name, coded in _runs(units):
        digest.update(b"%s %d " % (coded_name, sum(map(len, coded))))
        for unit_data in coded:
            digest.update(unit_data)
    return digest.hexdigest()


def _runs(units: Iterable[Unit]) -> list[tuple[bytes, list[bytes]]]:
    """Join neighbours of one name: where coded data is split changes no pixel."""
    runs: list[tuple[bytes, list[bytes]]] = []
    for unit in units:
        if not unit.coded:
            continue
        if not runs or runs[-1][0] != unit.name:
            runs.append((unit.name, []))
        runs[-1][1].append(unit.coded)
    return runs
