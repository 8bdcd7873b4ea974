"""The fingerprint of a whole file, and the files that have no other."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import TYPE_CHECKING

from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import UNKNOWN_SIZE
from fpcrawler.core.fingerprint.digests import FileDigests
from fpcrawler.core.fingerprint.known import WHOLE, DigestKind

if TYPE_CHECKING:
    from fpcrawler.core.file.sparse import SparseFile

WHOLE_FORMATS = frozenset({"svg"})
"""Formats without coded data: only a whole file shows that it is a copy."""


def rest_of(file: SparseFile, image_format: str | None) -> tuple[Extent, ...]:
    """Return the missing bytes of a file whose format needs all of them.

    Empty for other formats, and if the size of the file is unknown.
    """
    if image_format not in WHOLE_FORMATS or file.size >= UNKNOWN_SIZE:
        return ()
    holes = file.holes(0, file.size)
    return tuple(Extent(first, end - first) for first, end in holes)


def file_digests(file: SparseFile) -> FileDigests:
    """Return the digests of a file of known size without holes, else none."""
    if file.size >= UNKNOWN_SIZE or not 0 < file.held == file.size:
        return FileDigests()
    return FileDigests(sha256=sha256(file.at(0, file.size)).hexdigest())


def digests_of(pieces: Iterable[bytes], kinds: Collection[DigestKind]) -> FileDigests:
    """Return the asked digests of a file that comes in pieces, one at a time.

    ``kinds``: some of WHOLE. What ``pieces`` raises is raised.
    """
    hashes = {kind: WHOLE[kind](usedforsecurity=False) for kind in kinds}
    for piece in pieces:
        for each in hashes.values():
            each.update(piece)
    return FileDigests(**{kind: each.hexdigest() for kind, each in hashes.items()})
