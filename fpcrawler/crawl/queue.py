"""Scrapy's priority queue, which skips the requests that have to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.pqueues import DownloaderAwarePriorityQueue

from fpcrawler.crawl.downloader import PoliteDownloader

if TYPE_CHECKING:
    from scrapy import Request

    from fpcrawler.crawl.turns import Turns

_LOOKS = 128
"""Hosts that are compared for a request; with a thousand, it would cost 3 ms."""


class PatientPriorityQueue(DownloaderAwarePriorityQueue):
    """Skips hosts that wait, are silent or hold too much, and Tor at its limit.

    A request for an onion that is down takes a minute. The clear web need not wait.
    While many hosts have not replied yet, those that have replied go first.

    Scrapy looks at all hosts for each request. Here they take turns: ``pqueues`` has
    the host first that was skipped, or got a request, longest ago.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._number = super().__len__()  # a JOBDIR may have some

    def __len__(self) -> int:
        return self._number

    @property
    def skipped(self) -> int:
        """The number of requests that are skipped now."""
        turns = self._turns()
        if turns is None:
            return 0
        return sum(len(q) for s, q in self.pqueues.items() if turns.skips(s))

    def push(self, request: Request) -> None:
        super().push(request)
        self._number += 1

    def pop(self) -> Request | None:
        key = self._next_key()
        if key is None:
            return None
        every = self.pqueues
        self.pqueues = {key: every.pop(key)}
        try:
            request = super().pop()
        finally:
            every |= self.pqueues  # at the end, unless nothing is left of it
            self.pqueues = every
        self._number -= request is not None
        return request

    def _next_key(self) -> str | None:
        """Return a host with few requests in progress; None if all are skipped."""
        turns, active = self._turns(), self._downloader_interface.stats
        best, best_rank = None, (True, 0)
        for looks, key in enumerate(tuple(self.pqueues)):
            if best is not None and looks >= _LOOKS:
                break
            is_skipped = turns is not None and turns.skips(key)
            is_later = turns is not None and turns.comes_later(key)
            if is_skipped or is_later:
                self._move_to_end(key)
            ((number, _),) = active([key])
            rank = (is_later, number)
            if not is_skipped and (best is None or rank < best_rank):
                best, best_rank = key, rank
            if best_rank == (False, 0):
                break
        return best

    def _move_to_end(self, key: str) -> None:
        self.pqueues[key] = self.pqueues.pop(key)

    def _turns(self) -> Turns | None:
        """Return who knows what is skipped, if anything may be."""
        downloader = self.crawler.engine.downloader
        if isinstance(downloader, PoliteDownloader) and downloader.turns.may_differ:
            return downloader.turns
        return None
