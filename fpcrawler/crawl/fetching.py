"""Some more bytes of an image, exactly those, of the same version."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

import asyncio
from collections import Counter
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from fpcrawler.core.http.ranges import OK, PARTIAL_CONTENT
from fpcrawler.crawl.responses import answer_to, etag_of, header
from fpcrawler.tor.route import host_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from fpcrawler.items import Sample


MAX_FAILURES = 3
"""Ranges of a host in a row that did not come, each after all further tries."""


class NotFetched(Exception):
    """The bytes did not come; the text is the name of the reason."""


class RangeFetcher:
    """Fetches ranges beside the scheduler, and so keeps its own limits for a host.

    What waits here takes no place from the requests of other hosts; half of a
    host's places are left to its samples. A host whose ranges do not come any
    more is not asked for others.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        settings = crawler.settings
        self._at_once = max(1, settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") // 2)
        self._gates: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._failures: Counter[str] = Counter()

    async def fetch(self, item: Sample, request: Request) -> bytes:
        """Return the bytes that a range request names, by the crawl's downloader.

        So robots.txt, delays, proxies and Tor's circuit are those of the sample.
        Raises NotFetched.
        """
        host = host_of(request)
        gate = self._gates.get(host) or asyncio.Semaphore(self._at_once)
        self._gates[host] = gate
        async with gate:
            if self._failures[host] >= MAX_FAILURES:
                reason = "HostGivenUp"
                raise NotFetched(reason)
            if is_closing(self.crawler):
                reason = "Stopped"
                raise NotFetched(reason)
            response = await self._download(request, host)
        return _bytes_of(response, item, *request.meta["extent"])

    async def _download(self, request: Request, host: str) -> Response:
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            self._failures[host] += 1
            raise NotFetched(type(error).__name__) from error
        self._failures.pop(host, None)
        return response


def _bytes_of(response: Response, item: Sample, first: int, length: int) -> bytes:
    answer = answer_to(response)
    part = answer.content_range
    if response.status == OK:
        # With If-Range that is what a server says of another version.
        reason = "FileChanged" if item.source.validator else "NoRange"
        raise NotFetched(reason)
    if response.status != PARTIAL_CONTENT:
        reason = f"Http{response.status}"
        raise NotFetched(reason)
    if part is None or part.first != first or answer.encoded:
        reason = "NoRange"
        raise NotFetched(reason)
    if not _is_same_version(response, item):
        reason = "FileChanged"
        raise NotFetched(reason)
    if answer.contradicts_itself or not part.length == answer.received == length:
        reason = "WrongLength"
        raise NotFetched(reason)
    return response.body


def _is_same_version(response: Response, item: Sample) -> bool:
    """Compare what both answers tell; a server may have ignored If-Range."""
    headers = response.headers
    told = (
        (answer_to(response).image_size, item.image_size),
        (etag_of(headers), item.etag),
        (header(headers, "Last-Modified"), item.last_modified),
    )
    return all(None in pair or pair[0] == pair[1] for pair in told)


def is_closing(crawler: Crawler) -> bool:
    """Tell whether nothing more is taken: a closing engine waits for callbacks."""
    slot = crawler.engine._slot  # noqa: SLF001 - it has no public name
    return slot is None or slot.closing is not None
