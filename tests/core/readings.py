"""Read a file's received bytes at once: walk the container, then read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.picture import PictureReading, read_picture
from fpcrawler.core.metadata.reader import EXIF_ONLY, Metadata, locate, read_metadata

if TYPE_CHECKING:
    from fpcrawler.core.file.sparse import SparseFile
    from fpcrawler.core.metadata.status import Kind


def metadata_of(file: SparseFile, wanted: frozenset[Kind] = EXIF_ONLY) -> Metadata:
    return read_metadata(file, locate(file, wanted), wanted)


def picture_of(file: SparseFile) -> PictureReading:
    return read_picture(file, locate(file, has_picture=True))
