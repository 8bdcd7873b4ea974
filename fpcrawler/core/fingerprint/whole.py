"""The fingerprint of a whole file, where every byte of it was read."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from fpcrawler.core.file.sparse import UNKNOWN_SIZE
from fpcrawler.core.fingerprint.digests import FileDigests

if TYPE_CHECKING:
    from fpcrawler.core.file.sparse import SparseFile


def file_digests(file: SparseFile) -> FileDigests:
    """Return the digests of a file of known size without holes, else none."""
    if file.size >= UNKNOWN_SIZE or not 0 < file.held == file.size:
        return FileDigests()
    return FileDigests(sha256=sha256(file.at(0, file.size)).hexdigest())
