"""The EXIF tags that lie in the sample."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fpcrawler.core.exif import read_exif

if TYPE_CHECKING:
    from fpcrawler.items import Sample


class ExifPipeline:
    """Adds ``exif``, and ``exif_error`` where the reader failed."""

    def process_item(self, item: Sample) -> Sample:
        tags, error = read_exif(item.head)
        return replace(item, exif=tags, exif_error=error)
