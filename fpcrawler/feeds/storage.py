"""Storages for feeds on this disk and on stdout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from scrapy.extensions.feedexport import StdoutFeedStorage
from w3lib.url import file_uri_to_path

from fpcrawler.console.streams import discard_unwritten
from fpcrawler.feeds.live_array import LiveArray
from fpcrawler.feeds.live_file import LiveFile
from fpcrawler.feeds.whole_records import cut_to_whole_records

if TYPE_CHECKING:
    from scrapy import Spider

NOTES_SUFFIX = ".notes"
"""Ends the name of the file beside a feed that a resuming crawl reads."""

PARTIAL_SUFFIX = ".partial"
"""Ends the name of a remote feed whose crawl was stopped."""

_RESUMABLE = ("json", "jsonlines", "jsonl", "jl", "csv")


class LiveFileStorage:
    """Local files that are written after each record.

    Before the crawl appends to a file, an incomplete last record, as a kill leaves
    it, is removed: the next record would start in the middle of a line.
    """

    def __init__(self, uri: str, *, feed_options: dict[str, Any] | None = None) -> None:
        options = feed_options or {}
        self.path = feed_path(uri)
        self.is_appended = not options.get("overwrite", False)
        self.format = options.get("format")
        self.is_gzipped = bool(options.get("postprocessing"))
        self.is_array = self.format == "json" and not self.is_gzipped

    @property
    def notes_path(self) -> Path:
        """The file for notes that the records do not contain."""
        return self.path.with_name(self.path.name + NOTES_SUFFIX)

    @property
    def has_content(self) -> bool:
        """Return whether the file exists and is not empty."""
        return self.path.is_file() and self.path.stat().st_size > 0

    @property
    def is_file(self) -> bool:
        """Return whether this is, or will be, a file: not a pipe or a device."""
        return self.path.is_file() or not self.path.exists()

    @property
    def can_be_resumed(self) -> bool:
        """Return whether a later crawl can read the records."""
        return self.format in _RESUMABLE and self.is_file

    @property
    def has_notes(self) -> bool:
        """Return whether each record is written immediately and can be read again."""
        return self.can_be_resumed and not self.is_gzipped

    def open(self, spider: Spider) -> IO[bytes]:  # noqa: ARG002 - Scrapy's protocol
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.is_array and self.is_file:
            array = LiveArray(self.path, append=self.is_appended)
            return cast("IO[bytes]", array)
        file = LiveFile(self.path, append=self.is_appended)
        if self.is_appended and self.has_notes:
            cut_to_whole_records(self.path, is_csv=self.format == "csv")
        return cast("IO[bytes]", file)

    def store(self, file: IO[bytes]) -> None:
        file.close()


class StdoutStorage(StdoutFeedStorage):
    """Standard output; a feed is stored once the buffer is flushed."""

    def store(self, file: IO[bytes]) -> None:
        try:
            file.flush()
        except OSError:
            discard_unwritten(sys.stdout)
            raise


def feed_path(uri: str) -> Path:
    """Return the path of a local feed's URI."""
    return Path(file_uri_to_path(uri) if uri.startswith("file:") else uri)
