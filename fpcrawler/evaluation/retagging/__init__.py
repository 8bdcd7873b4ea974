"""Twins of an image file: the same coded picture among other metadata.

Segments, chunks, blocks or boxes are taken out and put in; what is coded is
copied byte for byte. So a twin shows what finds a copy whose tags were edited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256

from fpcrawler.core.file.formats import SNIFF_BYTES, image_format
from fpcrawler.evaluation.retagging import gif, jpeg, jxl, png, webp
from fpcrawler.evaluation.retagging.pieces import EDITS, Edit, Piece, Unsafe

__all__ = ["EDITS", "Edit", "coded_sha256", "twin"]

_CUTTERS: dict[str, Callable[[bytes], list[Piece]]] = {
    "gif": gif.cut,
    "jpeg": jpeg.cut,
    "jxl": jxl.cut,
    "png": png.cut,
    "webp": webp.cut,
}
_EDITORS: dict[str, Callable[[list[Piece], Edit], list[Piece] | None]] = {
    "gif": gif.edited,
    "jpeg": jpeg.edited,
    "jxl": jxl.edited,
    "png": png.edited,
    "webp": webp.edited,
}


def twin(data: bytes, edit: Edit) -> bytes | None:
    """Return the file with this edit, None where that cannot be done safely.

    That is a file of another format or one that is not built as its
    specification says, an edit that the format has no place for, or one that
    changes nothing.
    """
    name = image_format(data[:SNIFF_BYTES])
    if name not in _CUTTERS:
        return None
    try:
        pieces = _EDITORS[name](_CUTTERS[name](data), edit)
    except Unsafe:
        return None
    if pieces is None:
        return None
    result = b"".join(piece.data for piece in pieces)
    return result if result != data else None


def coded_sha256(data: bytes) -> str | None:
    """Return the SHA-256 of all that decides the picture, None as :func:`twin`.

    Two files of one format with the same one show the same picture, but for
    colour profile and orientation, whatever metadata they carry.
    """
    name = image_format(data[:SNIFF_BYTES])
    if name not in _CUTTERS:
        return None
    try:
        pieces = _CUTTERS[name](data)
    except Unsafe:
        return None
    digest = sha256(name.encode())
    for coded_name, coded in _runs(pieces):
        digest.update(b"%s %d " % (coded_name, sum(map(len, coded))))
        for data_of_piece in coded:
            digest.update(data_of_piece)
    return digest.hexdigest()


def _runs(pieces: Iterable[Piece]) -> list[tuple[bytes, list[bytes]]]:
    """Put neighbours of one name together: where data are cut decides nothing."""
    runs: list[tuple[bytes, list[bytes]]] = []
    for piece in pieces:
        if not piece.coded:
            continue
        if not runs or runs[-1][0] != piece.name:
            runs.append((piece.name, []))
        runs[-1][1].append(piece.coded)
    return runs
