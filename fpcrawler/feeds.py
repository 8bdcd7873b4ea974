"""How records are written, and where: the formats and places of feeds."""

from __future__ import annotations

import json
import sys
from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING, Any, cast

from scrapy.exporters import BaseItemExporter, CsvItemExporter
from scrapy.extensions.feedexport import StdoutFeedStorage
from scrapy.utils.serialize import ScrapyJSONEncoder
from w3lib.url import file_uri_to_path

from fpcrawler.arrays import LiveArray, StreamArray
from fpcrawler.lines import cut_to_whole_records
from fpcrawler.livefile import LiveFile
from fpcrawler.streams import forget_what_is_not_written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy import Spider


NOTES_SUFFIX = ".notes"
"""What a crawl that resumes needs to know, beside a feed: no feed itself."""
PARTIAL_SUFFIX = ".partial"
"""Ends the name of a feed elsewhere whose crawl was stopped."""


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
    """Writes a field that has structure as JSON, not as Python would print it.

    The header is not written again where the file to be continued has it.
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


_GZIP = ".gz"
_RESUMABLE = ("json", "jsonlines", "jsonl", "jl", "csv")


class LiveFileStorage:
    """Local files whose every record is on its way to the disk at once.

    Before one is continued, what a kill has cut of its last record is removed:
    the next would begin in the middle of the line.
    """

    def __init__(self, uri: str, *, feed_options: dict[str, Any] | None = None) -> None:
        options = feed_options or {}
        self.path = feed_path(uri)
        self.is_appended = not options.get("overwrite", False)
        self.format = options.get("format")
        self.is_packed = bool(options.get("postprocessing"))
        self.is_array = self.format == "json" and not self.is_packed

    @property
    def notes_path(self) -> Path:
        """Where a crawl notes what the feed does not tell."""
        return self.path.with_name(self.path.name + NOTES_SUFFIX)

    @property
    def has_content(self) -> bool:
        """Tell whether there is a file that is not empty."""
        return self.path.is_file() and self.path.stat().st_size > 0

    @property
    def has_notes(self) -> bool:
        """Tell whether each record is on the disk at once, and can be read again."""
        is_file = self.path.is_file() or not self.path.exists()
        return self.format in _RESUMABLE and is_file and not self.is_packed

    def open(self, spider: Spider) -> IO[bytes]:  # noqa: ARG002 - Scrapy's protocol
        self.path.parent.mkdir(parents=True, exist_ok=True)
        is_file = self.path.is_file() or not self.path.exists()
        if self.is_array and is_file:
            array = LiveArray(self.path, append=self.is_appended)
            return cast("IO[bytes]", array)
        file = LiveFile(self.path, append=self.is_appended)
        if self.is_appended and self.has_notes:
            cut_to_whole_records(self.path, is_csv=self.format == "csv")
        return cast("IO[bytes]", file)

    def store(self, file: IO[bytes]) -> None:
        file.close()


class StdoutStorage(StdoutFeedStorage):
    """Standard output, which has a feed once nothing of it waits in this process."""

    def store(self, file: IO[bytes]) -> None:
        try:
            file.flush()
        except OSError:
            forget_what_is_not_written(sys.stdout)
            raise


def feed_path(uri: str) -> Path:
    """Return the path of a local feed's URI."""
    return Path(file_uri_to_path(uri) if uri.startswith("file:") else uri)


def with_format(name: str) -> str:
    """Return what ``-o`` names with its format, also if it is to be packed.

    Scrapy takes the last ending for the format; ``:FORMAT`` says it is another.
    """
    inner = PurePath(name.removesuffix(_GZIP)).suffix
    is_packed = name.endswith(_GZIP) and inner
    return f"{name}:{inner[1:]}" if is_packed else name


def packed(feeds: Mapping[Any, Mapping[str, Any]]) -> dict[Any, dict[str, Any]]:
    """Return the feeds, those packed whose names end so; other plugins are left."""
    plugin = {"postprocessing": ["scrapy.extensions.postprocessing.GzipPlugin"]}
    return {
        uri: ((plugin if str(uri).endswith(_GZIP) else {}) | dict(options))
        for uri, options in feeds.items()
    }
