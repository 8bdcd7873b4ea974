"""Scrapy's queue of requests, which skips Tor while Tor is busy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.pqueues import DownloaderAwarePriorityQueue

if TYPE_CHECKING:
    from scrapy import Request
from fpcrawler.crawl.downloader import TOR_SLOT, PoliteDownloader


class TorAwarePriorityQueue(DownloaderAwarePriorityQueue):
    """Passes over what goes through Tor while that is busy.

    An onion that is down takes a minute; the clear web need not wait for it.
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
