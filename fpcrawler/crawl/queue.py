"""Scrapy's priority queue, which skips the requests that have to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.pqueues import DownloaderAwarePriorityQueue

from fpcrawler.crawl.downloader import PoliteDownloader

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.pqueues import ScrapyPriorityQueue


class PatientPriorityQueue(DownloaderAwarePriorityQueue):
    """Skips hosts that have asked to wait, and Tor while it has reached its limit.

    A request for an onion that is down takes a minute. The clear web need not wait.
    """

    @property
    def skipped(self) -> int:
        """The number of requests that are skipped now."""
        return sum(map(len, self._skipped().values()))

    def pop(self) -> Request | None:
        skipped = self._skipped()
        if not skipped:
            return super().pop()
        self.pqueues = {s: q for s, q in self.pqueues.items() if s not in skipped}
        try:
            return super().pop()
        finally:
            self.pqueues |= skipped

    def _skipped(self) -> dict[str, ScrapyPriorityQueue]:
        downloader = self.crawler.engine.downloader
        if not (isinstance(downloader, PoliteDownloader) and downloader.may_skip):
            return {}
        return {s: q for s, q in self.pqueues.items() if downloader.skips(s)}
