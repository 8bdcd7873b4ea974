"""Item exporters: a live JSON array, JSON Lines, and CSV with JSON cells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import IO, Any

from scrapy.exporters import (
    BaseItemExporter,
    CsvItemExporter,
    JsonLinesItemExporter,
)

from fpcrawler.core.file.cells import neutral
from fpcrawler.feeds.json_text import JsonText
from fpcrawler.feeds.live_array import LiveArray, StreamArray
from fpcrawler.feeds.live_file import LiveFile
from fpcrawler.items import RECORD_FIELDS, ImageRecord


class RecordExporter(BaseItemExporter):
    """Takes the fields of a record without ItemAdapter, which looks up each."""

    def _configure(self, options: dict[str, Any], dont_fail: bool = False) -> None:  # noqa: FBT001, FBT002 - Scrapy's
        super()._configure(options, dont_fail)
        listed = self.fields_to_export
        pairs = listed if isinstance(listed, Mapping) else {n: n for n in listed or ()}
        names = {n: out for n, out in pairs.items() if n in RECORD_FIELDS}
        self._names = tuple(names.values())
        # attrgetter returns a tuple only for two names or more.
        self._values = attrgetter(*names) if len(names) > 1 else None

    def get_serialized_fields(
        self, item: Any, *arguments: Any, **options: Any
    ) -> Iterable[tuple[str, Any]]:
        if type(item) is ImageRecord and self._values is not None:
            return zip(self._names, self._values(item), strict=True)
        return super().get_serialized_fields(item, *arguments, **options)


class LiveJsonExporter(RecordExporter):
    """Writes a JSON array that is complete after each record."""

    def __init__(self, file: IO[bytes], **kwargs: Any) -> None:
        super().__init__(dont_fail=True, **kwargs)
        self._array = file if isinstance(file, LiveArray) else StreamArray(file)
        self._text = JsonText(self.encoding or "utf-8", self.indent or 0)

    def export_item(self, item: Any) -> None:
        self._array.append(self._text.element(dict(self.get_serialized_fields(item))))

    def finish_exporting(self) -> None:
        self._array.finish()


class JsonLinesExporter(RecordExporter, JsonLinesItemExporter):
    """Writes one record per line."""


class CsvExporter(CsvItemExporter):
    """Writes objects and lists as JSON, and no text as a formula of a spreadsheet.

    A file that already has the header does not get a second one.
    """

    def __init__(self, file: Any, **kwargs: Any) -> None:
        header = ",".join(kwargs.get("fields_to_export") or ()).encode()
        if isinstance(file, LiveFile) and header and file.begins_with(header):
            kwargs["include_headers_line"] = False
        super().__init__(file, **kwargs)

    def serialize_field(self, field: Mapping[str, Any], name: str, value: Any) -> Any:
        if isinstance(value, dict | list):
            return neutral(json.dumps(value, ensure_ascii=False))
        if isinstance(value, str):
            return neutral(value)
        return super().serialize_field(field, name, value)
