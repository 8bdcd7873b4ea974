"""Scrapy's downloader with exact limits for each host and for Tor, and patience."""

from __future__ import annotations

from collections import Counter
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, cast

from scrapy.core.downloader import Downloader
from scrapy.utils.asyncio import call_later

from fpcrawler.core.http.patience import REFUSALS
from fpcrawler.crawl.bodies import check_bodies
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.failures import HostTimeout
from fpcrawler.crawl.fetching import Stopped, is_closing
from fpcrawler.crawl.middleware_calls import MiddlewareCalls
from fpcrawler.crawl.scraper_room import ScraperRoom
from fpcrawler.crawl.waiting import HeardHandlers, HostWaits

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.core.downloader import Slot
    from scrapy.core.downloader.handlers import DownloadHandlers
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred

    _Waiting = tuple[Request, Deferred[Response | Request]]

TOR_SLOT = "tor:"

_LONGEST_NAP = 1.0
"""Seconds between two looks at a host that waits: the crawl may have been stopped."""
_SCHEDULED = ("page", "style", "image")
"""Kinds of errands that come from the scheduler, and can go back there."""


class PoliteDownloader(Downloader):
    """Keeps the limits of concurrent requests; onions have limits of their own.

    Scrapy 2.19 counts a request only when its task starts to run. By then it has
    started all requests that wait for the host: a slow server saw 60 concurrent
    requests where 4 were allowed.

    A host that asks to wait (``HostWaits``) gets no request until then. Its requests
    stay in its slot, without a place that other hosts could use.
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
        self.hosts = HostWaits(
            timeout=crawler.settings.getfloat("HOST_TIMEOUT"),
            retry_times=crawler.settings.getint("RETRY_TIMES"),
        )
        heard = HeardHandlers(self.handlers, self.hosts)
        self.handlers = cast("DownloadHandlers", heard)
        self.room = ScraperRoom(crawler, self.hosts)
        self._places: Counter[str] = Counter()  # requests in progress, by slot
        self._in_tor = 0

    @property
    def is_tor_busy(self) -> bool:
        """Return whether Tor has reached its limit of concurrent requests."""
        if self._in_tor < self.tor_concurrency:
            return False
        held = sum(self._places[key] for key in self.hosts.waiting if _is_tor(key))
        return self._in_tor - held >= self.tor_concurrency

    def needs_backout(self) -> bool:
        """Return whether no more requests may start; those of hosts that wait may."""
        if self.hosts.waiting or self.room.is_raised:
            self.room.adjust()  # the engine asks the scraper next
        if not super().needs_backout():
            return False
        held = sum(self._places[key] for key in self.hosts.waiting)
        return len(self.active) - held >= self.total_concurrency

    def skips(self, key: str) -> bool:
        """Return whether the scheduler must not give a request for a slot now."""
        if key in self.hosts.waiting:
            # A host in whose slot nothing waits needs a request to try it with.
            return self.hosts.pause(key) > 0 or self._places[key] > 0
        return _is_tor(key) and self.is_tor_busy

    @property
    def may_skip(self) -> bool:
        """Return whether ``skips`` may be true for any slot."""
        return bool(self.hosts.waiting) or self._in_tor >= self.tor_concurrency

    def fetch(  # type: ignore[override]  # no deprecated `spider`
        self, request: Request
    ) -> Deferred[Response | Request]:
        """Download through the middlewares; count the requests of each slot."""
        key = self.get_slot_key(request)
        is_tor = _is_tor(key)
        self._places[key] += 1
        self._in_tor += is_tor
        fetched: Deferred[Response | Request] = super().fetch(request)
        fetched.addBoth(self._left, key, is_tor=is_tor)
        return fetched

    def get_slot_key(self, request: Request) -> str:
        """Return the key of a limit: an onion with its subdomains, or a host.

        Scrapy leaves a redirected request in the slot of the first host.
        """
        route = errand_of(request).route
        if not route.is_tor:
            return route.host
        return TOR_SLOT + (route.onion or route.host)

    def _get_slot(  # type: ignore[override]  # no deprecated `spider`
        self, request: Request
    ) -> tuple[str, Slot]:
        key, slot = super()._get_slot(request)
        if errand_of(request).route.is_onion and key not in self.per_slot_settings:
            slot.concurrency = self.onion_concurrency
        return key, slot

    def _process_queue(self, slot: Slot) -> None:
        if not (self.hosts.in_trouble and slot.queue):
            super()._process_queue(slot)
            return
        key = slot.queue[0][0].meta[self.DOWNLOAD_SLOT]
        if reason := self.hosts.ended(key):
            _fail(slot, HostTimeout(reason))
        elif key not in self.hosts.waiting:
            super()._process_queue(slot)
        elif is_closing(self.crawler):
            _release(slot)
        elif pause := self.hosts.pause(key):
            if slot.latercall is None:
                nap = min(pause, _LONGEST_NAP)
                slot.latercall = call_later(nap, self._latercall, slot)
        else:
            self._send_one(slot)

    def _send_one(self, slot: Slot) -> None:
        """Send one request, unless one is on its way, to learn whether all may go."""
        concurrency, slot.concurrency = slot.concurrency, 1
        try:
            super()._process_queue(slot)
        finally:
            slot.concurrency = concurrency

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return self._transfer(slot, request, queue_dfd)

    async def _transfer(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> None:
        """Download; put a request that is refused back into the queue of its host."""
        try:
            response = await self._download(slot, request)
        except Exception as error:  # noqa: BLE001 - it is passed on
            queue_dfd.errback(error)
            return
        if response.status not in REFUSALS or not self._ask_again(
            slot, request, queue_dfd
        ):
            queue_dfd.callback(response)

    def _ask_again(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> bool:
        """Put a refused request back into its queue; False if it is given up."""
        then = self.hosts.next_of(request)
        if then == "never":
            # Nothing of the host may wait here, so nothing else ends its pause.
            pause = self.hosts.pause(request.meta[self.DOWNLOAD_SLOT])
            call_later(pause, self._wake_engine)
            return False
        add = slot.queue.append if then == "last" else slot.queue.appendleft
        add((request, queue_dfd))
        self._process_queue(slot)
        return True

    def _wake_engine(self) -> None:
        slot = self.crawler.engine._slot  # noqa: SLF001 - it has no public name
        if slot is not None:
            slot.nextcall.schedule()

    def _left(self, result: Any, key: str, *, is_tor: bool) -> Any:
        self._in_tor -= is_tor
        if self._places[key] > 1:
            self._places[key] -= 1
        else:
            self._places.pop(key)
        return result


def _is_tor(key: str) -> bool:
    return key.startswith(TOR_SLOT)


def _fail(slot: Slot, error: Exception) -> None:
    while slot.queue:
        _, queue_dfd = slot.queue.popleft()
        queue_dfd.errback(error)


def _release(slot: Slot) -> None:
    """Give back what waits for a host, for the crawl is ending.

    A JOBDIR keeps what goes back to the scheduler.
    """
    while slot.queue:
        request, queue_dfd = cast("_Waiting", slot.queue.popleft())
        if errand_of(request).kind in _SCHEDULED:
            queue_dfd.callback(request.replace(dont_filter=True))
        else:
            queue_dfd.errback(Stopped())
