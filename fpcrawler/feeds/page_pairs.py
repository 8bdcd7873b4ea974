"""PAGES_FEED: every pair of a page and an image, not only the first page."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from fpcrawler.feeds.live_file import LiveFile
from fpcrawler.feeds.whole_records import cut_to_whole_records
from fpcrawler.signals import image_found

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

logger = logging.getLogger(__name__)

NOT_WRITTEN = "pages_feed/not_written"
"""The stat of pairs that the file does not have, as the disk was full."""


class PagePairs:
    """Writes a line of JSON to ``path`` for each image that a page names.

    An image is fetched once, and its record names the first page; this file has a
    line for each page. Lines are written as soon as the page is read. A crawl that
    resumes appends to the file: it does not read complete pages again.
    """

    def __init__(self, path: Path, stats: StatsCollector, *, is_appended: bool) -> None:
        self.path = path
        self._stats = stats
        self.is_appended = is_appended
        self._file: LiveFile | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PagePairs:
        if not crawler.settings["PAGES_FEED"]:
            raise NotConfigured  # silently: most crawls do not need it
        resumes = bool(getattr(crawler.spider, "resume", ""))
        pairs = cls(
            Path(crawler.settings["PAGES_FEED"]), crawler.stats, is_appended=resumes
        )
        crawler.signals.connect(pairs.opened, signals.spider_opened)
        crawler.signals.connect(pairs.found, image_found)
        crawler.signals.connect(pairs.closed, signals.spider_closed)
        return pairs

    def opened(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.is_appended:
            cut_to_whole_records(self.path, is_csv=False)

    def found(self, page_url: str, url: str, found_in: str, alt: str | None) -> None:
        pair = {"page_url": page_url, "url": url, "found_in": found_in, "alt": alt}
        line = json.dumps(pair, ensure_ascii=False).encode() + b"\n"
        try:
            if self._file is None:  # until the first pair, earlier ones stay
                self._file = LiveFile(self.path, append=self.is_appended)
            self._file.write(line)
        except OSError as error:
            if not self._stats.get_value(NOT_WRITTEN):
                reason = error.strerror or str(error)
                logger.error("PAGES_FEED %s cannot be written: %s", self.path, reason)  # noqa: TRY400 - one line
            self._stats.inc_value(NOT_WRITTEN)

    def closed(self) -> None:
        if self._file is not None:
            self._file.close()
