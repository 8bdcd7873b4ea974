"""Drop redirects of images that an earlier crawl has done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.dupefilters import RFPDupeFilter

from fpcrawler.core.progress.done import Done
from fpcrawler.crawl.errand import errand_of
from fpcrawler.resume.loading import done_before

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class ResumingDupeFilter(RFPDupeFilter):
    """Treats the target of a redirect as seen if an earlier crawl has done it."""

    done = Done()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        dupefilter = super().from_crawler(crawler)
        dupefilter.done = done_before(getattr(crawler.spider, "resume", ""))
        return dupefilter

    def request_seen(self, request: Request) -> bool:
        errand = errand_of(request)
        return (
            errand.kind == "image"
            and errand.first is not None
            and self.done.has_image(errand.url, by_tor=errand.route.is_tor)
        ) or super().request_seen(request)
