"""Track the requests that each page leads to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scrapy import signals

from fpcrawler.core.progress.completeness import Completeness, Page
from fpcrawler.crawl.failures import ReadingStopped
from fpcrawler.crawl.requests import request_of, requested_url
from fpcrawler.signals import image_recorded, page_complete
from fpcrawler.tor.route import is_led_by_onion

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class PageTracker:
    """Sends ``page_complete`` when a page is complete.

    ``meta["page_id"]`` of a request is the number of the page that named it. It
    stays the same over redirects, retries and a queue on the disk.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.signals = crawler.signals
        self._completeness = Completeness(first=time.time_ns())
        crawler.signals.connect(self._image_recorded, image_recorded)
        crawler.signals.connect(self._item_dropped, signals.item_dropped)

    def begin(self, request: Request, *, depth: int) -> int:
        """Start to track a page whose links are followed ``depth`` deep."""
        page = Page(
            url=requested_url(request), depth=depth, by_tor=is_led_by_onion(request)
        )
        return self._completeness.begin(page, request.meta.get("page_id"))

    def lead(self, page_id: int | None, request: Request) -> Request:
        """Add a request to a page."""
        if page_id is not None:
            request.meta["page_id"] = page_id
            self._completeness.lead(page_id)
        return request

    def end(self, page_id: int | None, *, is_well: bool = True) -> None:
        """End a page that has been read, or one of its requests."""
        for page in self._completeness.end(page_id, is_well=is_well):
            self.signals.send_catch_log(page_complete, page=page)

    def end_request(self, request: Request, *, is_well: bool = True) -> None:
        """End a request of a page."""
        self.end(request.meta.get("page_id"), is_well=is_well)

    def _image_recorded(self, response: Response) -> None:
        self.end_request(request_of(response))

    def _item_dropped(self, response: Response, exception: Exception) -> None:
        is_done = not isinstance(exception, ReadingStopped)
        self.end_request(request_of(response), is_well=is_done)
