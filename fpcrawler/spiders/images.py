"""The one spider: it turns a list of URLs into requests for images."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse, Response

from fpcrawler.core.file.formats import image_format, is_html
from fpcrawler.core.http.decoding import DecodingError
from fpcrawler.core.links.scope import Scope
from fpcrawler.core.links.sitemaps import is_listing
from fpcrawler.crawl.budget import ReadOptions
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
from fpcrawler.crawl.requests import (
    is_listed,
    kind_of,
    request_of,
    requested_url,
    whole_image_request,
)
from fpcrawler.crawl.responses import answer_to, header, sample_of
from fpcrawler.input.lists import UnreadableSource
from fpcrawler.input.sources import InvalidLine, ListEntry, Sources
from fpcrawler.middlewares.rendering import NOT_RENDERED
from fpcrawler.resume.loading import done_before
from fpcrawler.resume.page_tracker import PageTracker
from fpcrawler.signals import listed_url_passed_over
from fpcrawler.tor.notice import TorNotice

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from fpcrawler.items import Sample

_BATCH = 500
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
    tor_notice: TorNotice
    keeps_queue: bool

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
        if not kwargs.keys() & {"urls", "urls_file", "folder"}:
            kwargs["urls_file"] = crawler.settings["URLS_FILE"]
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.min_image_size = crawler.settings.getint("MIN_IMAGE_SIZE")
        options = ReadOptions.from_settings(crawler.settings)
        spider.stream_limit = options.stream_limit
        spider.pacing = Pacing(crawler, crawler.settings.getint("URLS_AHEAD"))
        spider.tor_notice = TorNotice(crawler)
        follows_styles = crawler.settings.getbool("FOLLOW_STYLESHEETS")
        done = done_before(kwargs.get("resume", ""))
        spider.frontier = Frontier(
            spider, spider.scope, done, follows_styles=follows_styles
        )
        spider.tracker = PageTracker(crawler)
        spider.keeps_queue = bool(crawler.settings["JOBDIR"])
        connect = crawler.signals.connect
        connect(spider.request_dropped, signals.request_dropped)
        connect(spider.reading_failed, signals.spider_error)
        connect(spider.reading_failed, signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Read the list in batches, no faster than it is crawled."""
        entries = self.sources.entries()
        while batch := await self._next_batch(entries):
            entries_here = (e for e in batch if isinstance(e, ListEntry))
            await self.tor_notice.look(entry.url for entry in entries_here)
            for entry in batch:
                await self.pacing.room()
                if isinstance(entry, InvalidLine):
                    self.count("list/rejected")
                    self.logger.warning("%s: %s", entry.where, entry.reason)
                else:
                    for request in self.frontier.listed(entry):
                        yield request

    async def parse_page(self, response: Response) -> AsyncIterator[Request]:
        """Yield requests for the links of a page, or for itself if it is an image."""
        request = request_of(response)
        if _is_image(response):
            for image in self._turned(request, self.frontier.as_image(request)):
                yield image
            return
        if is_listing(response.body):
            found = self.frontier.of_listing(response)
        elif isinstance(response, HtmlResponse) or is_html(response.body):
            found = self.frontier.of_page(response)
        else:
            self._fail(request, NotAPage("it is neither a page nor an image"))
            return
        depth = self.frontier.depth_below(request)
        page_id = self.tracker.begin(request, depth=depth)
        for number, linked in enumerate(found):
            # A page that waits stays in memory, so only one with very many links waits.
            if number >= self.pacing.urls_ahead:
                await self.pacing.room()
            if is_closing(self.crawler) and not self.keeps_queue:
                break
            yield self.tracker.lead(page_id, linked)
        else:
            self.tracker.end(page_id, is_well=NOT_RENDERED not in response.flags)
        self.count("pages/crawled")

    def parse_style(self, response: Response) -> Iterator[Request]:
        """Yield requests for the links of a style sheet."""
        self.count("styles/read")
        request = request_of(response)
        for linked in self.frontier.of_style(response):
            yield self.tracker.lead(request.meta.get("page_id"), linked)
        self.tracker.end_request(request)

    def parse_image(self, response: Response) -> Iterator[Request | Sample]:
        """Yield the sample; request the image again if the range was not honored."""
        request = request_of(response)
        answer = answer_to(response)
        asks_for_whole = answer.asks_for_whole(min_size=self.min_image_size)
        if asks_for_whole and "is_whole" not in request.meta:
            yield whole_image_request(request)
            return
        if not answer.has_sample:
            self._fail(request, NoSample("the server sends neither range nor file"))
            return
        try:
            sample = sample_of(
                response,
                request,
                min_image_size=self.min_image_size,
                stream_limit=self.stream_limit,
            )
        except DecodingError as error:
            self._fail(request, error)
            return
        is_page = is_html(sample.head) or is_listing(sample.head)
        if "is_listed" in request.meta and is_page:
            yield from self._turned(request, self.frontier.as_page(request))
        else:
            self.count("images/bytes_total", sample.image_size or 0)
            yield sample

    def request_failed(self, failure: Failure) -> None:
        """Count a failed request by its reason, and log it in one line."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self._fail(request, failure.value)

    def reading_failed(self, failure: Failure, response: Response) -> None:
        """Count a response for which a callback or a pipeline raised."""
        self._fail(request_of(response), failure.value)

    def request_dropped(self, request: Request) -> None:
        """Count a request that the scheduler dropped as a duplicate."""
        if request.url in request.meta.get("redirect_urls", ()):
            self._fail(request, TooManyRedirects("it redirects to itself"))
        elif kind := kind_of(request):
            self.count(f"{kind}s/duplicates")
            self.tracker.end_request(request)
        self.pass_over(request)
        self.frontier.dropped(request)

    def pass_over(self, request: Request) -> None:
        """Send a signal for a listed URL that is not requested again."""
        if is_listed(request):
            send = self.crawler.signals.send_catch_log
            send(listed_url_passed_over, url=request.url)

    def _turned(
        self, request: Request, requests: Iterable[Request]
    ) -> Iterator[Request]:
        """Yield the requests that replace one of the wrong kind."""
        is_done = True
        for other in requests:
            is_done = False
            yield other
        if is_done:
            self.tracker.end_request(request)

    def _fail(self, request: Request, error: BaseException | None) -> None:
        name, sentence = failure_name(error), failure_sentence(error)
        self.tracker.end_request(request, is_well=False)
        self.count(f"{kind_of(request)}s/failed/{name}")
        # The user named a listed URL; the summary counts all others.
        level = logging.WARNING if "is_listed" in request.meta else logging.INFO
        self.logger.log(level, "%s: %s (%s)", requested_url(request), sentence, name)

    def count(self, name: str, by: int = 1) -> None:
        self.crawler.stats.inc_value(name, by)

    async def _next_batch(
        self, entries: Iterator[ListEntry | InvalidLine]
    ) -> list[ListEntry | InvalidLine]:
        """Read in a thread: a list may come from a slow disk or the network."""
        try:
            return await asyncio.to_thread(lambda: list(islice(entries, _BATCH)))
        except UnreadableSource as error:
            self.logger.error("%s", error)  # noqa: TRY400 - one line, no traceback
            raise CloseSpider(_UNREADABLE_LIST) from error


def _is_image(response: Response) -> bool:
    """Decide by the first bytes, or by the headers if the body was not read."""
    if response.body:
        return image_format(response.body) is not None
    return (header(response.headers, "Content-Type") or "").startswith("image/")
