"""Fetch further byte ranges of an image that has not changed."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, NoReturn, cast
from weakref import WeakValueDictionary

from fpcrawler.core.http.ranges import PARTIAL_CONTENT, WHOLE_FILE
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.failures import ReadingStopped, status_name
from fpcrawler.crawl.requests import image_again, request_of
from fpcrawler.crawl.responses import HeaderLines, answer_to, etag_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from fpcrawler.core.file.extents import Extent
    from fpcrawler.core.http.ranges import Answer
    from fpcrawler.crawl.downloader import PoliteDownloader
    from fpcrawler.items import Sample


MAX_FAILURES = 3
"""Failed ranges of a host in a row, each after all its retries."""


class NotFetched(Exception):
    """A range was not fetched. Raised directly, its cause is the failed download."""

    @property
    def name(self) -> str:
        """The name that the stats count."""
        return type(self.__cause__ or self).__name__


class HostGivenUp(NotFetched):
    """MAX_FAILURES ranges of the host failed in a row."""


class Stopped(NotFetched):
    """The crawl is ending."""


class NoRange(NotFetched):
    """The server does not send the requested range."""


class FileChanged(NotFetched):
    """The file has changed since the sample was taken."""


class NoValidator(NotFetched):
    """The sample had an ETag, a range for a proof has none, so its version is unknown.

    RFC 9110 section 15.3.7: a 206 has the ETag that a 200 would have.
    """


class WrongLength(NotFetched):
    """The response has fewer or more bytes than requested."""


class UnexpectedStatus(NotFetched):
    """The status is neither 200 nor 206."""

    def __init__(self, status: int) -> None:
        self.status = status

    @property
    def name(self) -> str:
        return status_name(self.status)


class RangeFetcher:
    """Fetches ranges without the scheduler, so it keeps its own limits per host.

    A range that waits here does not block requests for other hosts. Half of the
    concurrent requests of a host are left to its samples. After MAX_FAILURES
    failed ranges in a row, no further range of that host is requested.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        settings = crawler.settings
        self._limit = max(1, settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") // 2)
        self._gates: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._failures: Counter[str] = Counter()

    async def fetch(self, item: Sample, request: Request, extent: Extent) -> bytes:
        """Return the bytes of a range request; raises NotFetched."""
        return _bytes_of(await self.download(request), item, extent)

    async def download(self, request: Request) -> Response:
        """Return the response to a request for ranges; raises NotFetched.

        It uses the crawl's downloader, so robots.txt, delays, proxies and the Tor
        circuit are those of the sample.
        """
        host = errand_of(request).route.host
        gate = self._gates.get(host) or asyncio.Semaphore(self._limit)
        self._gates[host] = gate
        downloader = cast("PoliteDownloader", self.crawler.engine.downloader)
        with downloader.room.held(downloader.get_slot_key(request)):
            async with gate:
                if self._failures[host] >= MAX_FAILURES:
                    raise HostGivenUp
                if is_closing(self.crawler):
                    raise Stopped
                return await self._download(request, host)

    async def _download(self, request: Request, host: str) -> Response:
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            self._failures[host] += 1
            raise NotFetched from error
        self._failures.pop(host, None)
        return response


def _bytes_of(response: Response, item: Sample, extent: Extent) -> bytes:
    headers = HeaderLines(response.headers)
    answer = answer_to(response, headers)
    part = answer.content_range
    if response.status in WHOLE_FILE:
        # With If-Range, it means that the file has changed (RFC 9110 section 13.1.5).
        raise FileChanged if item.source.validator else NoRange
    if response.status != PARTIAL_CONTENT:
        raise UnexpectedStatus(response.status)
    if part is None or part.first != extent.first or answer.encoded:
        raise NoRange
    if not is_same_version(answer, headers, item):
        raise FileChanged
    is_proof = errand_of(request_of(response)).purpose == "proof"
    if is_proof and item.etag and etag_of(headers) is None:
        raise NoValidator
    if answer.contradicts_itself or not part.length == answer.received == extent.length:
        raise WrongLength
    return response.body


def is_same_version(answer: Answer, headers: HeaderLines, item: Sample) -> bool:
    """Compare what both responses state; a server may have ignored If-Range."""
    pairs = (
        (answer.image_size, item.image_size),
        (etag_of(headers), item.etag),
        (headers.get("last-modified"), item.last_modified),
    )
    return all(None in pair or pair[0] == pair[1] for pair in pairs)


def is_closing(crawler: Crawler) -> bool:
    """Return whether the crawl is ending: a closing engine waits for callbacks."""
    slot = crawler.engine._slot  # noqa: SLF001 - it has no public name
    return slot is None or slot.closing is not None


def leave_to_resume(crawler: Crawler, item: Sample) -> NoReturn:
    """Leave an image to a crawl that resumes; raises ReadingStopped."""
    if crawler.settings["JOBDIR"]:
        crawler.engine.crawl(image_again(item.source.request))
    raise ReadingStopped(
        f"{item.url} was not completely read when the crawl was stopped"
    )
