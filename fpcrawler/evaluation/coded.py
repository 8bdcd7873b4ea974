"""A digest of all coded data of a whole file: the truth about "same picture"."""

from __future__ import annotations

from hashlib import sha256

from fpcrawler.core.anatomy import read_anatomy
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.evaluation import retagging


def coded_sha256(data: bytes) -> str | None:
    """Return a digest of all coded bytes and of the parameters that decode them.

    ``retagging`` finds the coded bytes where it can split the file: its code is
    independent of the fingerprint that is evaluated. Other files use the anatomy.
    None if neither finds a picture.
    """
    return retagging.coded_sha256(data) or _by_anatomy(data)


def _by_anatomy(data: bytes) -> str | None:
    file = SparseFile(len(data))
    file.add(0, data)
    anatomy = read_anatomy(file, frozenset(), has_picture=True)
    picture = anatomy.picture
    if picture is None or not picture.length or anatomy.is_given_up:
        return None
    digest = sha256(f"{anatomy.format} {anatomy.width} {anatomy.height}".encode())
    for parameter in picture.parameters:
        digest.update(b" %d " % len(parameter) + parameter)
    for extent in picture.extents:
        digest.update(data[extent.first : extent.end])
    return digest.hexdigest()
