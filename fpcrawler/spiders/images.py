"""The one spider: it turns a list of URLs into requests for images."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse, Response

from fpcrawler.core.file.formats import is_html
from fpcrawler.core.http.decoding import DecodingError
from fpcrawler.core.links.scope import Scope
from fpcrawler.core.links.sitemaps import is_listing
from fpcrawler.crawl.budget import ReadOptions
from fpcrawler.crawl.errand import Errand, errand_of
from fpcrawler.crawl.failures import (
    DocumentTooLarge,
    DocumentTooSlow,
    NoSample,
)
from fpcrawler.crawl.fetching import Stopped, is_closing
from fpcrawler.crawl.frontier import Frontier
from fpcrawler.crawl.logins import Logins
from fpcrawler.crawl.pacing import Pacing
from fpcrawler.crawl.requests import image_again, request_for, request_of
from fpcrawler.crawl.responses import HeaderLines, answer_to, is_image, sample_of
from fpcrawler.crawl.tracebacks import forget_failure
from fpcrawler.input.arguments import LIST_ARGUMENTS
from fpcrawler.input.expected import count_ahead
from fpcrawler.input.lists import EmptyList, UnreadableSource
from fpcrawler.input.sources import InvalidLine, Sources
from fpcrawler.middlewares.rendering import NOT_RENDERED
from fpcrawler.resume.loading import done_before
from fpcrawler.resume.page_tracker import PageTracker
from fpcrawler.spiders.outcomes import Outcomes
from fpcrawler.verify.errands import NotRequestable, errand_for
from fpcrawler.verify.selection import selected

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from fpcrawler.items import Sample
    from fpcrawler.verify.goal import Goal


class ImagesSpider(Spider):
    """Yields a range request for each image that the list or its pages name."""

    name = "images"
    goals: Iterable[Goal] = ()
    min_image_size: int
    read_limit: int
    logins: Logins
    frontier: Frontier
    tracker: PageTracker
    outcomes: Outcomes
    pacing: Pacing

    def __init__(self, **kwargs: Any) -> None:
        self.arguments = dict(kwargs)
        lists = {name: kwargs.pop(name, None) for name in LIST_ARGUMENTS}
        self.sources = Sources(**lists)
        super().__init__(**kwargs)
        # A feed in several parts needs one time: %(time)s changes with each part.
        self.started = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S")
        self.scope = Scope.parse(kwargs)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> ImagesSpider:
        settings = crawler.settings
        verify = kwargs.get("verify", "")
        if not verify and kwargs.keys().isdisjoint(LIST_ARGUMENTS):
            kwargs["urls_file"] = settings["URLS_FILE"]
        spider = super().from_crawler(crawler, *args, **kwargs)
        origin = settings["URLS_FILE_ORIGIN"]
        spider.sources = replace(spider.sources, origin=origin)
        if verify:
            spider.goals = selected(verify, settings.getint("VERIFY_BLOCKS"))
        size = spider.min_image_size = settings.getint("MIN_IMAGE_SIZE")
        options = ReadOptions.from_settings(settings)
        spider.read_limit = max(options.stream_limit, size + 1)
        spider.pacing = Pacing(crawler, settings.getint("URLS_AHEAD"))
        done = done_before(kwargs.get("resume", ""))
        spider.logins = Logins()
        if settings["JOBDIR"]:  # requests may wait there whose line is read later
            for entry in spider.sources.with_passwords():
                spider.logins.add(entry.url, entry.authorization or "")
        spider.frontier = Frontier(crawler, spider.scope, done)
        spider.tracker = PageTracker(crawler)
        spider.outcomes = Outcomes(spider, spider.tracker, spider.frontier.refusals)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Read the list, or the goals of a verification, as fast as it is crawled."""
        async for request in self.second_looks(self.goals):
            yield request
        stats = self.crawler.stats
        stats.set_value("list/is_whole", False)  # noqa: FBT003 - Scrapy's signature
        count_ahead(self.sources, stats)
        try:
            async for entry in self.pacing.paced(self.sources.entries()):
                stats.inc_value("list/read")
                if isinstance(entry, InvalidLine):
                    stats.inc_value("list/rejected")
                    self.logger.warning("%s: %s", entry.where, entry.reason)
                    continue
                if entry.authorization is not None:
                    self.logins.add(entry.url, entry.authorization)
                if errand := next(self.frontier.listed(entry), None):
                    yield self.request(errand)
        except EmptyList as error:  # the command says it
            raise CloseSpider(error.finish_reason) from error
        except UnreadableSource as error:
            self.logger.error("%s", error)  # noqa: TRY400 - one line, no traceback
            raise CloseSpider(error.finish_reason) from error
        stats.set_value("list/is_whole", True)  # noqa: FBT003 - likewise

    async def second_looks(self, goals: Iterable[Goal]) -> AsyncIterator[Request]:
        """Yield requests for images that may be copies, as fast as they are crawled."""
        async for goal in self.pacing.paced(goals):
            try:
                image = errand_for(goal, self.sources.origin)
            except NotRequestable as error:
                self.outcomes.left_out(error)
                continue
            for wanted in self.frontier.wanted(image):
                yield self.request(wanted)

    def request(self, errand: Errand, page_id: int | None = None) -> Request:
        """Return the request of an errand; ``page_id``: the page that leads to it."""
        read = getattr(self, f"parse_{errand.kind}")
        errand = self.tracker.lead(page_id, errand)
        return request_for(errand, read, self.request_failed)

    async def parse_page(self, response: Response) -> AsyncIterator[Request]:
        """Yield requests for the links of a page, or for itself if it is an image."""
        errand = errand_of(request_of(response))
        if is_image(response):
            for image in self._turned(errand, self.frontier.as_image(errand)):
                yield image
            return
        if is_listing(response.body):
            reading = self.frontier.of_listing(response)
        elif isinstance(response, HtmlResponse) or is_html(response.body):
            reading = self.frontier.of_page(response)
        else:
            self.outcomes.not_a_page(errand)
            return
        found = await self._read(response, reading)
        if found is None:
            return
        page_id = self.tracker.begin(errand, depth=self.frontier.depth_below(errand))
        for number, linked in enumerate(found):
            # A page that waits stays in memory, so only one with very many links waits.
            if number >= self.pacing.urls_ahead:
                await self.pacing.room()
            if is_closing(self.crawler) and not self.settings["JOBDIR"]:
                break
            yield self.request(linked, page_id)
        else:
            self.tracker.end(page_id, is_well=NOT_RENDERED not in response.flags)
        self.crawler.stats.inc_value("pages/crawled")

    async def parse_style(self, response: Response) -> AsyncIterator[Request]:
        """Yield requests for the links of a style sheet."""
        found = await self._read(response, self.frontier.of_style(response))
        if found is None:
            return
        self.crawler.stats.inc_value("styles/read")
        page_id = errand_of(request_of(response)).page_id
        for linked in found:
            yield self.request(linked, page_id)
        self.tracker.end(page_id)

    async def _read(
        self, response: Response, reading: Awaitable[Iterator[Errand]]
    ) -> Iterator[Errand] | None:
        """Return what a document leads to; None if it is not read."""
        request = request_of(response)
        try:
            return await reading
        except (DocumentTooSlow, DocumentTooLarge) as error:
            self.outcomes.failed(errand_of(request), error)
        except Stopped:  # a crawl that resumes requests it again
            if self.settings["JOBDIR"]:
                self.crawler.engine.crawl(request.replace(dont_filter=True))
        return None

    def parse_image(self, response: Response) -> Iterator[Request | Sample]:
        """Yield the sample; request the image again if the range was not honored."""
        request = request_of(response)
        errand, headers = errand_of(request), HeaderLines(response.headers)
        answer = answer_to(response, headers)
        if not errand.is_whole and answer.asks_for_whole(min_size=self.min_image_size):
            yield image_again(request, is_whole=True)
            return
        try:
            sample = sample_of(
                response,
                headers,
                answer,
                limit=self.read_limit,
                reservations=self.frontier.reservations.of_headers(
                    headers, errand.reservations
                ),
            )
        except (NoSample, DecodingError) as error:
            self.outcomes.failed(errand, error)
            return
        may_turn = errand.is_listed and not errand.is_html  # once, not for ever
        if may_turn and (is_html(sample.head) or is_listing(sample.head)):
            yield from self._turned(errand, self.frontier.as_page(errand))
        else:
            yield sample

    def request_failed(self, failure: Failure) -> Request | None:
        """Count a failed request by its reason, unless another takes its place."""
        instead = self.outcomes.instead(failure.request, failure.value)  # type: ignore[attr-defined]
        forget_failure(failure)
        return instead

    def _turned(self, errand: Errand, others: Iterable[Errand]) -> Iterable[Request]:
        """Return the requests that replace one of the wrong kind."""
        requests = [self.request(other) for other in others]
        if not requests:
            self.tracker.end(errand.page_id)
        return requests
