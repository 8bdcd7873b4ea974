"""Scrapy's priority queue, which skips the requests that have to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.pqueues import DownloaderAwarePriorityQueue

from fpcrawler.crawl.downloader import PoliteDownloader

if TYPE_CHECKING:
    from scrapy import Request

    from fpcrawler.crawl.turns import Turns


class PatientPriorityQueue(DownloaderAwarePriorityQueue):
    """Skips hosts that wait, are silent or hold too much, and Tor at its limit.

    A request for an onion that is down takes a minute. The clear web need not wait.
    While many hosts have not replied yet, those that have replied go first.
    """

    @property
    def skipped(self) -> int:
        """The number of requests that are skipped now."""
        turns = self._turns()
        if turns is None:
            return 0
        return sum(len(q) for s, q in self.pqueues.items() if turns.skips(s))

    def pop(self) -> Request | None:
        turns = self._turns()
        if turns is None:
            return super().pop()
        every = self.pqueues
        ready = {s: q for s, q in every.items() if not turns.skips(s)}
        first = {s: q for s, q in ready.items() if not turns.comes_later(s)}
        chosen = self.pqueues = first or ready
        left_out = {s: q for s, q in every.items() if s not in chosen}
        try:
            return super().pop()
        finally:
            self.pqueues |= left_out

    def _turns(self) -> Turns | None:
        """Return who knows what is skipped, if anything may be."""
        downloader = self.crawler.engine.downloader
        if isinstance(downloader, PoliteDownloader) and downloader.turns.may_differ:
            return downloader.turns
        return None
