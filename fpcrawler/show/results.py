"""Collect what became of each image: its record, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from scrapy import signals

from fpcrawler.console.program import program
from fpcrawler.core.file.formats import is_html
from fpcrawler.core.links.sitemaps import is_listing
from fpcrawler.crawl.failures import failure_name, failure_sentence
from fpcrawler.pipelines.format import NotAnImage
from fpcrawler.signals import errand_failed

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.crawl.errand import Errand
    from fpcrawler.items import ImageRecord, Sample

_ADVICE = {
    "ForbiddenByRobots": "to request it anyway, add -s ROBOTSTXT_OBEY=False",
    "TorUnavailable": "start Tor, or name its SOCKS port: "
    "-s TOR_PROXIES=socks5h://HOST:PORT",
}


@dataclass(frozen=True, slots=True)
class NoRecord:
    """Why an image has no record: in a few words, by the name of the reason.

    ``advice``: what to do instead.
    """

    sentence: str
    reason: str
    advice: str = ""

    def __str__(self) -> str:
        advice = self.advice or _ADVICE.get(self.reason)
        return f"{self.sentence} ({self.reason}){f'; {advice}' if advice else ''}"


class Results:
    """Listens to the signals of a crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self._by_url: dict[str, ImageRecord | NoRecord] = {}
        connect = crawler.signals.connect
        connect(self._recorded, signals.item_scraped)
        connect(self._dropped, signals.item_dropped)
        connect(self._failed, errand_failed)

    def of(self, url: str) -> ImageRecord | NoRecord:
        """Return what became of a URL."""
        ended = NoRecord("the crawl ended before it was read", "Stopped")
        return self._by_url.get(url, ended)

    def _recorded(self, item: ImageRecord) -> None:
        self._by_url[item.url] = item

    def _dropped(self, item: Sample, exception: Exception) -> None:
        if isinstance(exception, NotAnImage):
            why = _no_image(item)
        else:
            why = NoRecord(failure_sentence(exception), failure_name(exception))
        self._by_url[item.url] = why

    def _failed(self, errand: Errand, error: BaseException | None) -> None:
        failed = NoRecord(failure_sentence(error), failure_name(error))
        self._by_url[errand.requested_url] = failed


def _no_image(sample: Sample) -> NoRecord:
    """Describe what is not an image, by its first bytes."""
    reason = NotAnImage.__name__
    if not sample.head:
        return NoRecord("it is empty", reason)
    if is_html(sample.head) or is_listing(sample.head):
        crawl = f"{program()} crawl images -a urls={quote(sample.url)}"
        return NoRecord("it is a page", reason, f"to read its images, run {crawl}")
    return NoRecord("its first bytes are those of no image format", reason)
