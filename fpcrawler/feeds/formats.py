"""Item exporters: a live JSON array, and CSV with JSON cells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from scrapy.exporters import BaseItemExporter, CsvItemExporter
from scrapy.utils.serialize import ScrapyJSONEncoder

from fpcrawler.feeds.live_array import LiveArray, StreamArray
from fpcrawler.feeds.live_file import LiveFile


class LiveJsonExporter(BaseItemExporter):
    """Writes a JSON array that is complete after each record."""

    def __init__(self, file: IO[bytes], **kwargs: Any) -> None:
        super().__init__(dont_fail=True, **kwargs)
        self._array = file if isinstance(file, LiveArray) else StreamArray(file)
        self._charset = self.encoding or "utf-8"

    def export_item(self, item: Any) -> None:
        text = json.dumps(
            [dict(self.get_serialized_fields(item))],
            cls=ScrapyJSONEncoder,
            indent=self.indent or None,
            ensure_ascii=not self._charset.lower().startswith("utf"),
        )
        # Dumped inside a list, the item gets the indentation of an array element.
        self._array.append(text[1:-1].strip("\n").encode(self._charset))

    def finish_exporting(self) -> None:
        self._array.finish()


class CsvExporter(CsvItemExporter):
    """Writes objects and lists as JSON, not as Python prints them.

    A file that already has the header does not get a second one.
    """

    def __init__(self, file: Any, **kwargs: Any) -> None:
        header = ",".join(kwargs.get("fields_to_export") or ()).encode()
        if isinstance(file, LiveFile) and header and file.begins_with(header):
            kwargs["include_headers_line"] = False
        super().__init__(file, **kwargs)

    def serialize_field(self, field: Mapping[str, Any], name: str, value: Any) -> Any:
        if isinstance(value, dict | list):
            return json.dumps(value, ensure_ascii=False)
        return super().serialize_field(field, name, value)
