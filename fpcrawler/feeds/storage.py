"""Feeds on this disk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from scrapy.extensions.feedexport import StdoutFeedStorage
from w3lib.url import file_uri_to_path

from fpcrawler.console.streams import forget_what_is_not_written
from fpcrawler.feeds.live_array import LiveArray
from fpcrawler.feeds.live_file import LiveFile
from fpcrawler.feeds.whole_records import cut_to_whole_records

if TYPE_CHECKING:
    from scrapy import Spider

NOTES_SUFFIX = ".notes"
"""What a crawl that resumes needs to know, beside a feed: no feed itself."""

PARTIAL_SUFFIX = ".partial"
"""Ends the name of a feed elsewhere whose crawl was stopped."""

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
