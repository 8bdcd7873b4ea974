"""Turn the sample into a record; this drops the bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpcrawler.items import ImageRecord, Sample


class RecordPipeline:
    """Makes the record, which has no field for the bytes."""

    def process_item(self, item: Sample) -> ImageRecord:
        return item.record()
