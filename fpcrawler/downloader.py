"""Scrapy's downloader, held to its own limit of requests at once to a host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader import Downloader

from fpcrawler.core.onion import is_onion

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from scrapy import Request
    from scrapy.core.downloader import Slot
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred


class PoliteDownloader(Downloader):
    """Asks a host for no more at once than the settings say; onions have their own.

    Scrapy 2.19 counts a request only when its task begins to run, and by then
    has started all that waits for the host: a server that takes its time saw 60
    requests at once where 4 were allowed.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.onion_concurrency = crawler.settings.getint(
            "TOR_CONCURRENT_REQUESTS_PER_ONION"
        )

    def _get_slot(  # type: ignore[override]  # no deprecated `spider`
        self, request: Request
    ) -> tuple[str, Slot]:
        key, slot = super()._get_slot(request)
        if is_onion(key) and key not in self.per_slot_settings:
            slot.concurrency = self.onion_concurrency
        return key, slot

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)
