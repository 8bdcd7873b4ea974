"""Scrapy's downloader with exact limits for each host and for Tor."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader import Downloader

from fpcrawler.crawl.bodies import check_bodies
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.middleware_calls import MiddlewareCalls

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.core.downloader import Slot
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred

TOR_SLOT = "tor:"


class PoliteDownloader(Downloader):
    """Keeps the limits of concurrent requests; onions have limits of their own.

    Scrapy 2.19 counts a request only when its task starts to run. By then it has
    started all requests that wait for the host: a slow server saw 60 concurrent
    requests where 4 were allowed.
    """

    def __init__(self, crawler: Crawler) -> None:
        # However the crawl was started, all bodies come through here.
        check_bodies(crawler.settings)
        super().__init__(crawler)
        self.middleware = MiddlewareCalls(*self.middleware.middlewares, crawler=crawler)
        self.onion_concurrency = crawler.settings.getint(
            "TOR_CONCURRENT_REQUESTS_PER_ONION"
        )
        self.tor_concurrency = crawler.settings.getint("TOR_CONCURRENT_REQUESTS")
        self._in_tor = 0

    @property
    def is_tor_busy(self) -> bool:
        """Return whether Tor has reached its limit of concurrent requests."""
        return self._in_tor >= self.tor_concurrency

    def fetch(  # type: ignore[override]  # no deprecated `spider`
        self, request: Request
    ) -> Deferred[Response | Request]:
        """Download through the middlewares; count the requests that use Tor."""
        fetched: Deferred[Response | Request] = super().fetch(request)
        if errand_of(request).route.is_tor:
            self._in_tor += 1
            fetched.addBoth(self._left_tor)
        return fetched

    def get_slot_key(self, request: Request) -> str:
        """Return the key of a limit: an onion with its subdomains, or a host."""
        route = errand_of(request).route
        if not route.is_tor:
            return super().get_slot_key(request)
        return TOR_SLOT + (route.onion or route.host)

    def _get_slot(  # type: ignore[override]  # no deprecated `spider`
        self, request: Request
    ) -> tuple[str, Slot]:
        key, slot = super()._get_slot(request)
        if errand_of(request).route.is_onion and key not in self.per_slot_settings:
            slot.concurrency = self.onion_concurrency
        return key, slot

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)

    def _left_tor(self, result: Any) -> Any:
        self._in_tor -= 1
        return result
