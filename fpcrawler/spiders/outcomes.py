"""Count what became of the requests that lead to no record."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import signals

from fpcrawler.crawl.errand import Errand, errand_of
from fpcrawler.crawl.failures import (
    NotAPage,
    TooManyRedirects,
    failure_name,
    failure_sentence,
    is_refusal,
)
from fpcrawler.crawl.refusals import Refusals, of_listed_origin
from fpcrawler.crawl.requests import request_of
from fpcrawler.signals import errand_failed, image_refused

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from fpcrawler.resume.page_tracker import PageTracker
    from fpcrawler.verify.errands import NotRequestable


class Outcomes:
    """Ends failed and dropped requests for their pages, with a stat each."""

    def __init__(
        self, spider: Spider, tracker: PageTracker, refusals: Refusals
    ) -> None:
        self.spider = spider
        self.tracker = tracker
        self.refusals = refusals
        connect = spider.crawler.signals.connect
        connect(self.dropped, signals.request_dropped)
        connect(self.broken, signals.spider_error)
        connect(self.broken, signals.item_error)

    def instead(self, request: Request, error: BaseException | None) -> Request | None:
        """Return the request that takes the place of a failed one; None: it failed."""
        errand = errand_of(request)
        if self.refusals.takes_over(errand, error):
            return of_listed_origin(request)
        self.failed(errand, error)
        return None

    def failed(self, errand: Errand, error: BaseException | None) -> None:
        """Count a failed request by its reason, and log it in one line."""
        name, sentence = failure_name(error), failure_sentence(error)
        self.tracker.end(errand.page_id, is_well=False)
        self._count(f"{errand.kind}s/failed/{name}")
        send = self.spider.crawler.signals.send_catch_log
        send(errand_failed, errand=errand, error=error)
        if errand.kind == "image" and is_refusal(error):
            send(image_refused, errand=errand, reason=name)
        # The user named a listed URL; the summary counts all others.
        level = logging.WARNING if errand.is_listed else logging.INFO
        log = self.spider.logger.log
        log(level, "%s: %s (%s)", errand.requested_url, sentence, name)

    def not_a_page(self, errand: Errand) -> None:
        """End a page that is neither a page nor an image.

        It failed if the user listed it. Most links to other files are found on pages,
        where they are no failure: asked again, they are the same.
        """
        error = NotAPage("it is neither a page nor an image")
        if errand.is_listed:
            self.failed(errand, error)
            return
        self._count(f"pages/dropped/{failure_name(error)}")
        self.tracker.end(errand.page_id)

    def left_out(self, error: NotRequestable) -> None:
        """Count an image of a feed that is not requested, by the reason."""
        name = type(error).__name__
        self._count(f"images/left_out/{name}")
        self.spider.logger.info("an image was skipped: %s (%s)", error, name)

    def broken(self, failure: Failure, response: Response | None) -> None:
        """Count a response for which a callback or a pipeline raised."""
        if response is None:  # it was raised before a request
            return
        self.failed(errand_of(request_of(response)), failure.value)

    def dropped(self, request: Request) -> None:
        """Count a request that the scheduler dropped as a duplicate."""
        errand = errand_of(request)
        if request.url in request.meta.get("redirect_urls", ()):
            self.failed(errand, TooManyRedirects("it redirects to itself"))
        elif self.refusals.was_refused(errand):
            engine = self.spider.crawler.engine
            assert engine is not None  # noqa: S101 - it has sent the signal
            engine.crawl(of_listed_origin(request))
        elif errand.kind != "other":
            self._count(f"{errand.kind}s/duplicates")
            self.tracker.end(errand.page_id)

    def _count(self, name: str) -> None:
        self.spider.crawler.stats.inc_value(name)
