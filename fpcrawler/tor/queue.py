"""Scrapy's priority queue, which skips requests for Tor while Tor is busy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.pqueues import DownloaderAwarePriorityQueue

from fpcrawler.crawl.downloader import TOR_SLOT, PoliteDownloader

if TYPE_CHECKING:
    from scrapy import Request


class TorAwarePriorityQueue(DownloaderAwarePriorityQueue):
    """Skips requests for Tor while Tor has reached its limit.

    A request for an onion that is down takes a minute. The clear web need not wait.
    """

    def pop(self) -> Request | None:
        downloader = self.crawler.engine.downloader
        if not (isinstance(downloader, PoliteDownloader) and downloader.is_tor_busy):
            return super().pop()
        slots = self.pqueues
        waiting = {slot: slots[slot] for slot in slots if slot.startswith(TOR_SLOT)}
        self.pqueues = {slot: slots[slot] for slot in slots if slot not in waiting}
        try:
            return super().pop()
        finally:
            self.pqueues |= waiting
