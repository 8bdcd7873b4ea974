"""Scrapy's downloader with exact limits for each host and for Tor, and patience."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, cast

from scrapy.core.downloader import Downloader
from scrapy.utils.asyncio import call_later

from fpcrawler.core.http.patience import REFUSALS
from fpcrawler.crawl.bodies import check_bodies
from fpcrawler.crawl.ending import Waits
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.failures import HostTimeout
from fpcrawler.crawl.fetching import Stopped, is_closing
from fpcrawler.crawl.middleware_calls import MiddlewareCalls
from fpcrawler.crawl.places import SILENT_AFTER
from fpcrawler.crawl.scraper_room import ScraperRoom
from fpcrawler.crawl.turns import TOR_SLOT, Turns
from fpcrawler.crawl.waiting import HeardHandlers, HostWaits

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.core.downloader import Slot
    from scrapy.core.downloader.handlers import DownloadHandlers
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.python.failure import Failure

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
    stay in its slot, without a place that other hosts could use (``Turns``).
    """

    def __init__(self, crawler: Crawler) -> None:
        # However the crawl was started, all bodies come through here.
        check_bodies(crawler.settings)
        super().__init__(crawler)
        self.middleware = MiddlewareCalls(*self.middleware.middlewares, crawler=crawler)
        self.onion_concurrency = crawler.settings.getint(
            "TOR_CONCURRENT_REQUESTS_PER_ONION"
        )
        self.hosts = HostWaits(
            timeout=crawler.settings.getfloat("HOST_TIMEOUT"),
            retry_times=crawler.settings.getint("RETRY_TIMES"),
        )
        self.room = ScraperRoom(crawler)
        self.turns = Turns(
            self.hosts,
            self.room,
            limit=self.total_concurrency,
            tor_limit=crawler.settings.getint("TOR_CONCURRENT_REQUESTS"),
        )
        self.waits = Waits()
        heard = HeardHandlers(self.handlers, self.hosts, self.turns.places, self.waits)
        self.handlers = cast("DownloadHandlers", heard)
        self._is_looking = False

    def needs_backout(self) -> bool:
        """Return whether no more requests may start."""
        is_over = self.turns.are_over()
        if is_over and not self._is_looking:
            # No event says that a host has become silent.
            self._is_looking = True
            call_later(SILENT_AFTER / 2, self._wake_engine)
        return is_over

    def fetch(  # type: ignore[override]  # no deprecated `spider`
        self, request: Request
    ) -> Deferred[Response | Request]:
        """Download through the middlewares; count the requests of each slot."""
        fetched: Deferred[Response | Request]
        if errand_of(request).kind == "robots":
            # The request that waits for it has a place already.
            fetched = super().fetch(request)
            return fetched
        key = self.get_slot_key(request)
        self.turns.take(key)
        fetched = super().fetch(request)
        fetched.addErrback(_back_to_scheduler, request)
        fetched.addBoth(self._left, key)
        return fetched

    def end(self) -> None:
        """Send no further request, and wait for no response: the crawl must end."""
        self.waits.end()
        for slot in self.slots.values():
            _fail(slot, Stopped())

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
            _fail(slot, Stopped())
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
        self._is_looking = False
        slot = self.crawler.engine._slot  # noqa: SLF001 - it has no public name
        if slot is not None:
            slot.nextcall.schedule()

    def _left(self, result: Any, key: str) -> Any:
        self.turns.leave(key)
        return result


def _fail(slot: Slot, error: Exception) -> None:
    while slot.queue:
        _, queue_dfd = slot.queue.popleft()
        queue_dfd.errback(error)


def _back_to_scheduler(failure: Failure, request: Request) -> Request | Failure:
    """Give back what was not downloaded because the crawl ends; a JOBDIR keeps it."""
    error = failure.value
    cause = error and error.__cause__  # of a robots.txt that was not downloaded
    is_stopped = isinstance(error, Stopped) or isinstance(cause, Stopped)
    if is_stopped and errand_of(request).kind in _SCHEDULED:
        return request.replace(dont_filter=True)
    return failure
