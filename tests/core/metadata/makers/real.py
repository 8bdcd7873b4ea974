"""Read whose a real file is, where and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.origin import Origin, read_origin
from fpcrawler.core.metadata.reader import locate, read_metadata

if TYPE_CHECKING:
    from pathlib import Path


def identified(path: Path, held: int | None = None) -> Origin:
    """Read a file of which all bytes are here, or as a crawl does.

    A crawl has the first ``held`` bytes, and fetches those that EXIF needs.
    """
    data = path.read_bytes()
    file = SparseFile(len(data))
    file.add(0, data[:held])
    while (metadata := read_metadata(file, locate(file))).needs:
        for need in metadata.needs:
            file.add(need.first, data[need.first : need.end])
    return read_origin(metadata)
