"""The EXIF tags that lie in the sample."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fpcrawler.core.exif import read_exif
from fpcrawler.core.sparse import SparseFile

if TYPE_CHECKING:
    from fpcrawler.items import Sample


class ExifPipeline:
    """Adds ``exif``, and ``exif_error`` where the reader failed."""

    def process_item(self, item: Sample) -> Sample:
        file = SparseFile(len(item.head))
        file.add(0, item.head)
        reading = read_exif(file)
        return replace(item, exif=reading.tags, exif_error=reading.error)
