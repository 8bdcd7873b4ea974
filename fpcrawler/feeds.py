"""How records are written, and where: the formats and places of feeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from scrapy.exporters import BaseItemExporter, CsvItemExporter
from scrapy.utils.serialize import ScrapyJSONEncoder
from w3lib.url import file_uri_to_path

from fpcrawler.arrays import LiveArray, StreamArray

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy import Spider


class LiveJsonExporter(BaseItemExporter):
    """Writes records in the form of a JSON array, each whole as soon as it is there."""

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
        # The item stands in a list, so that it is indented as it has to be.
        self._array.append(text[1:-1].strip("\n").encode(self._charset))

    def finish_exporting(self) -> None:
        self._array.finish()


class CsvExporter(CsvItemExporter):
    """Writes a field that has structure as JSON, not as Python would print it."""

    def serialize_field(self, field: Mapping[str, Any], name: str, value: Any) -> Any:
        if isinstance(value, dict | list):
            return json.dumps(value, ensure_ascii=False)
        return super().serialize_field(field, name, value)


class LiveFileStorage:
    """Local files whose every record is on its way to the disk at once."""

    def __init__(self, uri: str, *, feed_options: dict[str, Any] | None = None) -> None:
        options = feed_options or {}
        self.path = feed_path(uri)
        self.is_appended = not options.get("overwrite", False)
        self.is_array = options.get("format") == "json" and not options.get(
            "postprocessing"
        )

    def open(self, spider: Spider) -> IO[bytes]:  # noqa: ARG002 - Scrapy's protocol
        self.path.parent.mkdir(parents=True, exist_ok=True)
        is_file = self.path.is_file() or not self.path.exists()
        if self.is_array and is_file:
            array = LiveArray(self.path, append=self.is_appended)
            return cast("IO[bytes]", array)
        return self.path.open("ab" if self.is_appended else "wb", buffering=0)

    def store(self, file: IO[bytes]) -> None:
        file.close()


def feed_path(uri: str) -> Path:
    """Return the path of a local feed's URI."""
    return Path(file_uri_to_path(uri) if uri.startswith("file:") else uri)
