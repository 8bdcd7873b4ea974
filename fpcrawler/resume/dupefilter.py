"""Drop redirects of images that an earlier crawl has done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.dupefilters import RFPDupeFilter

from fpcrawler.console.figures import NAMED_AGAIN
from fpcrawler.core.progress.done import Done
from fpcrawler.crawl.errand import errand_of
from fpcrawler.resume.earlier_runs import EarlierRuns
from fpcrawler.resume.loading import done_before

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector


class ResumingDupeFilter(RFPDupeFilter):
    """Treats the target of a redirect as seen if an earlier crawl has done it.

    Counts what an earlier run of the JOBDIR has found, once this run finds it again.
    """

    done = Done()
    stats: StatsCollector
    _of_earlier_runs: set[bytes]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        dupefilter = super().from_crawler(crawler)
        dupefilter.done = done_before(getattr(crawler.spider, "resume", ""))
        dupefilter.stats = crawler.stats
        runs = crawler.get_extension(EarlierRuns)
        seen = dupefilter._fingerprints if runs and not runs.is_first else ()  # noqa: SLF001 - it has no public name
        dupefilter._of_earlier_runs = set(seen)  # noqa: SLF001 - its own
        return dupefilter

    def request_seen(self, request: Request) -> bool:
        errand = errand_of(request)
        return (
            errand.kind == "image"
            and errand.first is not None
            and self.done.has_image(errand.url, by_tor=errand.route.is_tor)
        ) or self._has_seen(request)

    def _has_seen(self, request: Request) -> bool:
        if not super().request_seen(request):
            return False
        if self._of_earlier_runs and "redirect_urls" not in request.meta:
            fingerprint = self._fingerprint(request)
            if fingerprint in self._of_earlier_runs:
                self._of_earlier_runs.remove(fingerprint)
                self.stats.inc_value(NAMED_AGAIN.format(f"{errand_of(request).kind}s"))
        return True
