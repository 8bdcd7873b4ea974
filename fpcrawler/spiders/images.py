"""The one spider: it turns a list of URLs into requests for images."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse, Response

from fpcrawler.core.file.formats import image_format, is_html
from fpcrawler.core.http.decoding import DecodingError
from fpcrawler.core.links.scope import Scope
from fpcrawler.core.links.sitemaps import is_listing
from fpcrawler.crawl.budget import ReadOptions
from fpcrawler.crawl.errand import Errand, errand_of
from fpcrawler.crawl.failures import (
    NoSample,
    NotAPage,
    TooManyRedirects,
    failure_name,
    failure_sentence,
)
from fpcrawler.crawl.fetching import is_closing
from fpcrawler.crawl.frontier import Frontier
from fpcrawler.crawl.pacing import Pacing
from fpcrawler.crawl.requests import image_again, request_for, request_of
from fpcrawler.crawl.responses import HeaderLines, answer_to, sample_of
from fpcrawler.input.lists import UnreadableSource
from fpcrawler.input.sources import InvalidLine, Sources
from fpcrawler.middlewares.addresses import AddressesMiddleware
from fpcrawler.middlewares.rendering import NOT_RENDERED
from fpcrawler.resume.loading import done_before
from fpcrawler.resume.page_tracker import PageTracker

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from fpcrawler.items import Sample

_UNREADABLE_LIST = "unreadable_list"
"""The finish reason of a crawl whose list becomes unreadable."""


class ImagesSpider(Spider):
    """Yields a range request for each image that the list or its pages name."""

    name = "images"
    min_image_size: int
    stream_limit: int
    frontier: Frontier
    tracker: PageTracker
    pacing: Pacing

    def __init__(
        self,
        *,
        urls: str | None = None,
        urls_file: str | None = None,
        folder: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        # A feed in several parts needs one time: %(time)s changes with each part.
        self.started = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S")
        self.sources = Sources(urls=urls, urls_file=urls_file, folder=folder)
        self.scope = Scope.parse(kwargs)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> ImagesSpider:
        settings, connect = crawler.settings, crawler.signals.connect
        if not kwargs.keys() & {"urls", "urls_file", "folder"}:
            kwargs["urls_file"] = settings["URLS_FILE"]
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.min_image_size = settings.getint("MIN_IMAGE_SIZE")
        spider.stream_limit = ReadOptions.from_settings(settings).stream_limit
        spider.pacing = Pacing(crawler, settings.getint("URLS_AHEAD"))
        done = done_before(kwargs.get("resume", ""))
        spider.frontier = Frontier(
            crawler, spider.scope, done, skipped=spider.pass_over
        )
        spider.tracker = PageTracker(crawler)
        connect(spider.request_dropped, signals.request_dropped)
        connect(spider.reading_failed, signals.spider_error)
        connect(spider.reading_failed, signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Read the list, no faster than it is crawled."""
        try:
            async for entry in self.pacing.paced(self.sources.entries()):
                if isinstance(entry, InvalidLine):
                    self.count("list/rejected")
                    self.logger.warning("%s: %s", entry.where, entry.reason)
                    continue
                for errand in self.frontier.listed(entry):
                    yield self.request(errand)
        except UnreadableSource as error:
            self.logger.error("%s", error)  # noqa: TRY400 - one line, no traceback
            raise CloseSpider(_UNREADABLE_LIST) from error

    def request(self, errand: Errand, page_id: int | None = None) -> Request:
        """Return the request of an errand that a page leads to, if it is one's."""
        read = getattr(self, f"parse_{errand.kind}")
        led = self.tracker.lead(page_id, errand)
        return request_for(led, read, self.request_failed)

    async def parse_page(self, response: Response) -> AsyncIterator[Request]:
        """Yield requests for the links of a page, or for itself if it is an image."""
        errand = errand_of(request_of(response))
        if _is_image(response):
            for image in self._turned(errand, self.frontier.as_image(errand)):
                yield image
            return
        if is_listing(response.body):
            found = self.frontier.of_listing(response)
        elif isinstance(response, HtmlResponse) or is_html(response.body):
            found = self.frontier.of_page(response)
        else:
            self._fail(errand, NotAPage("it is neither a page nor an image"))
            return
        depth = self.frontier.depth_below(errand)
        page_id = self.tracker.begin(errand, depth=depth)
        for number, linked in enumerate(found):
            # A page that waits stays in memory, so only one with very many links waits.
            if number >= self.pacing.urls_ahead:
                await self.pacing.room()
            if is_closing(self.crawler) and not self.settings["JOBDIR"]:
                break
            yield self.request(linked, page_id)
        else:
            self.tracker.end(page_id, is_well=NOT_RENDERED not in response.flags)
        self.count("pages/crawled")

    def parse_style(self, response: Response) -> Iterator[Request]:
        """Yield requests for the links of a style sheet."""
        self.count("styles/read")
        errand = errand_of(request_of(response))
        for linked in self.frontier.of_style(response):
            yield self.request(linked, errand.page_id)
        self.tracker.end(errand.page_id)

    def parse_image(self, response: Response) -> Iterator[Request | Sample]:
        """Yield the sample; request the image again if the range was not honored."""
        request = request_of(response)
        errand, headers = errand_of(request), HeaderLines(response.headers)
        answer = answer_to(response, headers)
        asks_for_whole = answer.asks_for_whole(min_size=self.min_image_size)
        if asks_for_whole and not errand.is_whole:
            yield image_again(request, is_whole=True)
            return
        if not answer.has_sample:
            self._fail(errand, NoSample("the server sends neither range nor file"))
            return
        try:
            limits = {
                "min_image_size": self.min_image_size,
                "stream_limit": self.stream_limit,
            }
            sample = sample_of(response, headers, answer, **limits)
        except DecodingError as error:
            self._fail(errand, error)
            return
        is_page = is_html(sample.head) or is_listing(sample.head)
        if errand.is_listed and is_page:
            yield from self._turned(errand, self.frontier.as_page(errand))
        else:
            self.count("images/bytes_total", sample.image_size or 0)
            yield sample

    def request_failed(self, failure: Failure) -> None:
        """Count a failed request by its reason, and log it in one line."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self._fail(errand_of(request), failure.value)

    def reading_failed(self, failure: Failure, response: Response) -> None:
        """Count a response for which a callback or a pipeline raised."""
        self._fail(errand_of(request_of(response)), failure.value)

    def request_dropped(self, request: Request) -> None:
        """Count a request that the scheduler dropped as a duplicate."""
        errand = errand_of(request)
        if request.url in request.meta.get("redirect_urls", ()):
            self._fail(errand, TooManyRedirects("it redirects to itself"))
        elif errand.kind != "other":
            self.count(f"{errand.kind}s/duplicates")
            self.tracker.end(errand.page_id)
        self.pass_over(errand)
        self.frontier.dropped(errand)

    def pass_over(self, errand: Errand) -> None:
        """Allow the private host of a listed URL that is not requested again."""
        addresses = self.crawler.get_downloader_middleware(AddressesMiddleware)
        if errand.names_listed and isinstance(addresses, AddressesMiddleware):
            addresses.allow(errand.url)

    def count(self, name: str, by: int = 1) -> None:
        self.crawler.stats.inc_value(name, by)

    def _turned(self, errand: Errand, others: Iterable[Errand]) -> Iterator[Request]:
        """Yield the requests that replace one of the wrong kind."""
        is_done = True
        for other in others:
            is_done = False
            yield self.request(other)
        if is_done:
            self.tracker.end(errand.page_id)

    def _fail(self, errand: Errand, error: BaseException | None) -> None:
        name, sentence = failure_name(error), failure_sentence(error)
        self.tracker.end(errand.page_id, is_well=False)
        self.count(f"{errand.kind}s/failed/{name}")
        # The user named a listed URL; the summary counts all others.
        level = logging.WARNING if errand.is_listed else logging.INFO
        self.logger.log(level, "%s: %s (%s)", errand.requested_url, sentence, name)


def _is_image(response: Response) -> bool:
    """Decide by the first bytes, or by the headers if the body was not read."""
    if response.body:
        return image_format(response.body) is not None
    kind = HeaderLines(response.headers).get("content-type") or ""
    return kind.startswith("image/")
