"""All that is coded in a whole file: the truth about "the same picture"."""

from __future__ import annotations

from hashlib import sha256

from fpcrawler.core.anatomy import read_picture_anatomy
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.evaluation import retagging


def coded_sha256(data: bytes) -> str | None:
    """Return a digest of all coded bytes and of what decides how they decode.

    Where a file can be cut into its pieces that is done by code of its own, which
    shares nothing with the fingerprint that it is held against; else the anatomy
    tells the places. None where neither finds a picture.
    """
    return retagging.coded_sha256(data) or _by_anatomy(data)


def _by_anatomy(data: bytes) -> str | None:
    file = SparseFile(len(data))
    file.add(0, data)
    anatomy = read_picture_anatomy(file)
    picture = anatomy.picture
    if picture is None or not picture.length or anatomy.is_given_up:
        return None
    digest = sha256(f"{anatomy.format} {anatomy.width} {anatomy.height}".encode())
    for parameter in picture.parameters:
        digest.update(b" %d " % len(parameter) + parameter)
    for extent in picture.extents:
        digest.update(data[extent.first : extent.end])
    return digest.hexdigest()
