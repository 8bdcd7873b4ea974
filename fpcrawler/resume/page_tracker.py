"""Track the requests that each page leads to."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy import signals

from fpcrawler.core.progress.completeness import Completeness, Page
from fpcrawler.crawl.errand import Errand, errand_of
from fpcrawler.crawl.failures import ReadingStopped
from fpcrawler.crawl.requests import request_of
from fpcrawler.signals import image_recorded, page_complete

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class PageTracker:
    """Sends ``page_complete`` when a page is complete.

    The ``page_id`` of an errand is the number of the page that named it. It stays
    the same over redirects, retries and a queue on the disk.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.signals = crawler.signals
        self._completeness = Completeness(first=time.time_ns())
        crawler.signals.connect(self._image_recorded, image_recorded)
        crawler.signals.connect(self._item_dropped, signals.item_dropped)

    def begin(self, page: Errand, *, depth: int) -> int:
        """Start to track a page whose links are followed ``depth`` deep."""
        url, by_tor = page.requested_url, page.route.is_tor
        tracked = Page(url=url, depth=depth, by_tor=by_tor)
        return self._completeness.begin(tracked, page.page_id)

    def lead(self, page_id: int | None, errand: Errand) -> Errand:
        """Add an errand to a page."""
        if page_id is None:
            return errand
        self._completeness.lead(page_id)
        return replace(errand, page_id=page_id)

    def end(self, page_id: int | None, *, is_well: bool = True) -> None:
        """End a page that has been read, or one of its requests."""
        for page in self._completeness.end(page_id, is_well=is_well):
            self.signals.send_catch_log(page_complete, page=page)

    def _image_recorded(self, response: Response) -> None:
        self.end(errand_of(request_of(response)).page_id)

    def _item_dropped(self, response: Response, exception: Exception) -> None:
        is_done = not isinstance(exception, ReadingStopped)
        self.end(errand_of(request_of(response)).page_id, is_well=is_done)
