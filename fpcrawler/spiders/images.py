"""The one spider: from the list to image requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sized
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse, Response

from fpcrawler.core.file.formats import image_format, is_html
from fpcrawler.core.http.decoding import DecodingError
from fpcrawler.core.links.scope import Scope
from fpcrawler.core.links.sitemaps import is_listing
from fpcrawler.core.web.onion import is_onion
from fpcrawler.crawl.budget import ReadOptions
from fpcrawler.crawl.failures import failure_name, failure_sentence
from fpcrawler.crawl.fetching import is_closing
from fpcrawler.crawl.frontier import Frontier
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
from fpcrawler.tor.proxies import checked_proxies, silent_addresses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from fpcrawler.items import Sample

_BATCH = 500
_PAUSE = 0.05
"""Seconds between two looks at whether the scheduler has room again."""


class ImagesSpider(Spider):
    """Yields a ranged request for every image that the list or its pages name."""

    name = "images"
    min_image_size: int
    stream_limit: int
    urls_ahead: int
    frontier: Frontier
    tracker: PageTracker
    keeps_queue: bool
    _has_looked_for_tor = False

    def __init__(
        self,
        *,
        urls: str | None = None,
        urls_file: str | None = None,
        folder: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        # Where a feed has several parts, %(time)s would be another in each.
        self.started = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S")
        self.sources = Sources(urls=urls, urls_file=urls_file, folder=folder)
        self.scope = Scope.parse(kwargs)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> ImagesSpider:
        if not kwargs.keys() & {"urls", "urls_file", "folder"}:
            kwargs["urls_file"] = crawler.settings["URLS_FILE"]
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.min_image_size = crawler.settings.getint("MIN_IMAGE_SIZE")
        wanted = ReadOptions.from_settings(crawler.settings)
        spider.stream_limit = wanted.stream_limit
        spider.urls_ahead = crawler.settings.getint("URLS_AHEAD")
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
        """Read the list a batch at a time, and no faster than it is crawled."""
        entries = self.sources.entries()
        while batch := await self._next_batch(entries):
            await self._look_for_tor(batch)
            for entry in batch:
                await self._wait_for_room()
                if isinstance(entry, InvalidLine):
                    self.count("list/rejected")
                    self.logger.warning("%s: %s", entry.where, entry.reason)
                else:
                    for request in self.frontier.listed(entry):
                        yield request

    async def parse_page(self, response: Response) -> AsyncIterator[Request]:
        """Yield what a page names, or a request for itself if it is an image."""
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
            self._fail(request, "NotAPage", "it is neither a page nor an image")
            return
        depth = self.frontier.depth_below(request)
        page_id = self.tracker.begin(request, depth=depth)
        for number, linked in enumerate(found):
            # A page that waits is kept, too: only one that names very much has to.
            if number >= self.urls_ahead:
                await self._wait_for_room()
            if is_closing(self.crawler) and not self.keeps_queue:
                break
            yield self.tracker.lead(page_id, linked)
        else:
            self.tracker.end(page_id, is_well=NOT_RENDERED not in response.flags)
        self.count("pages/crawled")

    def parse_style(self, response: Response) -> Iterator[Request]:
        """Yield what a style sheet names, as found on the page that links to it."""
        self.count("styles/read")
        request = request_of(response)
        for linked in self.frontier.of_style(response):
            yield self.tracker.lead(request.meta.get("page_id"), linked)
        self.tracker.end_request(request)

    def parse_image(self, response: Response) -> Iterator[Request | Sample]:
        """Yield the sample; ask again where the range was not answered as asked."""
        request = request_of(response)
        answer = answer_to(response)
        asks_for_whole = answer.asks_for_whole(min_size=self.min_image_size)
        if asks_for_whole and "is_whole" not in request.meta:
            yield whole_image_request(request)
            return
        if not answer.has_sample:
            self._fail(request, "NoSample", "neither a range nor the file is served")
            return
        try:
            sample = sample_of(
                response,
                request,
                min_image_size=self.min_image_size,
                stream_limit=self.stream_limit,
            )
        except DecodingError as error:
            self._fail(request, "DecodingError", str(error))
            return
        is_page = is_html(sample.head) or is_listing(sample.head)
        if "is_listed" in request.meta and is_page:
            yield from self._turned(request, self.frontier.as_page(request))
        else:
            self.count("images/bytes_total", sample.image_size or 0)
            yield sample

    def request_failed(self, failure: Failure) -> None:
        """Count a request that failed, by its reason, and say so in one line."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self._fail(request, failure_name(failure), failure_sentence(failure))

    def reading_failed(self, failure: Failure, response: Response) -> None:
        """Count what was downloaded and made a callback or a pipeline raise."""
        name = failure_name(failure)
        self._fail(request_of(response), name, failure_sentence(failure))

    def request_dropped(self, request: Request) -> None:
        """Count a request that the scheduler has seen before."""
        if request.url in request.meta.get("redirect_urls", ()):
            self._fail(request, "TooManyRedirects", "it redirects to itself")
        elif kind := kind_of(request):
            self.count(f"{kind}s/duplicates")
            self.tracker.end_request(request)
        self.pass_over(request)
        self.frontier.dropped(request)

    def pass_over(self, request: Request) -> None:
        """Tell of a URL of the list that is not asked for any more."""
        if is_listed(request):
            send = self.crawler.signals.send_catch_log
            send(listed_url_passed_over, url=request.url)

    def _turned(
        self, request: Request, requests: Iterable[Request]
    ) -> Iterator[Request]:
        """Yield what takes the place of a request that turned out to be another."""
        is_done = True
        for other in requests:
            is_done = False
            yield other
        if is_done:
            self.tracker.end_request(request)

    def _fail(self, request: Request, name: str, sentence: str) -> None:
        self.tracker.end_request(request, is_well=False)
        self.count(f"{kind_of(request)}s/failed/{name}")
        # The user asked for a listed URL; of all others the summary tells.
        level = logging.WARNING if "is_listed" in request.meta else logging.INFO
        self.logger.log(level, "%s: %s (%s)", requested_url(request), sentence, name)

    def count(self, name: str, by: int = 1) -> None:
        self.crawler.stats.inc_value(name, by)

    async def _next_batch(
        self, entries: Iterator[ListEntry | InvalidLine]
    ) -> list[ListEntry | InvalidLine]:
        """Read on in a thread: a list may come from a slow disk or the network."""
        try:
            return await asyncio.to_thread(lambda: list(islice(entries, _BATCH)))
        except UnreadableSource as error:
            self.logger.error("%s", error)  # noqa: TRY400 - one line, no traceback
            reason = "unreadable_list"
            raise CloseSpider(reason) from error

    async def _look_for_tor(self, batch: list[ListEntry | InvalidLine]) -> None:
        """Say once, before any onion is asked for, that Tor is not there."""
        if self._has_looked_for_tor or not any(map(_is_onion, batch)):
            return
        self._has_looked_for_tor = True
        proxies = self.crawler.settings.getlist("TOR_PROXIES")
        for address in await silent_addresses(checked_proxies(proxies)):
            self.count("tor/silent_proxies")
            self.logger.warning(
                "Tor does not answer at %s, so onions will fail; install it with "
                "'apt-get install tor', start it with 'systemctl start tor', or name "
                "its SOCKS port: -s TOR_PROXIES=socks5h://HOST:PORT.",
                address,
            )

    async def _wait_for_room(self) -> None:
        """Leave the list or page unread while enough requests wait in memory.

        Where so much waits that nothing is downloaded any more, it does not.
        """
        engine = self.crawler.engine
        scheduler, slot = engine.scheduler, engine.scraper.slot
        while (  # noqa: ASYNC110 - no signal tells of room
            isinstance(scheduler, Sized)
            and len(scheduler) >= self.urls_ahead
            and not (slot and slot.needs_backout())
            and not is_closing(self.crawler)
        ):
            await asyncio.sleep(_PAUSE)


def _is_onion(entry: ListEntry | InvalidLine) -> bool:
    return isinstance(entry, ListEntry) and is_onion(urlsplit(entry.url).hostname or "")


def _is_image(response: Response) -> bool:
    """Tell by the first bytes; by the headers where these ended the download."""
    if response.body:
        return image_format(response.body) is not None
    return (header(response.headers, "Content-Type") or "").startswith("image/")
