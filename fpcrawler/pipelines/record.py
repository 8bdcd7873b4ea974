"""From the sample in flight to the record: here the bytes are let go."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fpcrawler.items import RECORD_FIELDS, ImageRecord

if TYPE_CHECKING:
    from fpcrawler.items import Sample


class RecordPipeline:
    """Makes the record, which has no field for the bytes."""

    def process_item(self, item: Sample) -> ImageRecord:
        values: dict[str, Any] = {name: getattr(item, name) for name in RECORD_FIELDS}
        # Of what has a structure every format of feeds knows dicts and lists alone.
        values["evidence"] = asdict(item.evidence)
        return ImageRecord(**values)
