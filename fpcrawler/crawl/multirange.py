"""Fetch several ranges of an image: at once where the server can, else one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.utils.httpobj import urlparse_cached

from fpcrawler.core.http.multipart import RangePart, boundary_of, range_parts
from fpcrawler.core.http.ranges import PARTIAL_CONTENT, WHOLE_FILE
from fpcrawler.core.web.url_list import WEB_SCHEMES
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.fetching import (
    FileChanged,
    HostGivenUp,
    NotFetched,
    RangeFetcher,
    Stopped,
    is_same_version,
)
from fpcrawler.crawl.requests import range_request
from fpcrawler.crawl.responses import HeaderLines, answer_to, bare_etag, etag_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from fpcrawler.core.file.extents import Extent
    from fpcrawler.core.http.ranges import Answer, ContentRange
    from fpcrawler.crawl.budget import Purpose
    from fpcrawler.items import Sample

_MAX_HOSTS = 10_000


class MultiRangeFetcher:
    """Remembers the hosts that do not send several ranges in one response.

    RFC 9110 section 14.2 lets a server ignore such a request, or reject it.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.fetcher = RangeFetcher(crawler)
        self.stats = crawler.stats
        self._one_by_one: dict[str, None] = {}

    async def fetch(
        self, item: Sample, purpose: Purpose, extents: tuple[Extent, ...]
    ) -> None:
        """Fetch disjoint extents, in their order, into the file; raises NotFetched."""
        first = range_request(item.source, purpose, *extents)
        if len(extents) > 1 and self._may_join(first):
            extents = await self._at_once(item, first, extents)
        for extent in extents:
            request = range_request(item.source, purpose, extent)
            errand_of(request).spending.requests[purpose] += 1
            item.file.add(extent.first, await self.fetcher.fetch(item, request, extent))

    async def _at_once(
        self, item: Sample, request: Request, extents: tuple[Extent, ...]
    ) -> tuple[Extent, ...]:
        """Request all extents at once; return those that did not come."""
        errand = errand_of(request)
        errand.spending.requests[errand.purpose] += 1
        request.meta["dont_retry"] = True  # what fails may not fail for one range
        try:
            response = await self.fetcher.download(request)
        except (HostGivenUp, Stopped):
            raise
        except NotFetched:
            parts = []  # servers were seen to close the connection
        else:
            parts = _parts_of(response, item, most=len(extents) + 1)
        for part in parts:
            if any(_covers(part.content_range, extent) for extent in extents):
                item.file.add(part.content_range.first, part.data)
        left = tuple(one for one in extents if not item.file.has(*one))
        if left:
            self._note(_host(request))
        else:
            self.stats.inc_value(f"{errand.purpose}/multipart")
        return left

    def _may_join(self, request: Request) -> bool:
        is_web = urlparse_cached(request).scheme in WEB_SCHEMES
        return is_web and _host(request) not in self._one_by_one

    def _note(self, host: str) -> None:
        self._one_by_one[host] = None
        if len(self._one_by_one) > _MAX_HOSTS:
            del self._one_by_one[next(iter(self._one_by_one))]


def _parts_of(response: Response, item: Sample, *, most: int) -> list[RangePart]:
    """Return the ranges that a response has; raises FileChanged."""
    headers = HeaderLines(response.headers)
    answer = answer_to(response, headers)
    if response.status in {PARTIAL_CONTENT, *WHOLE_FILE} and not is_same_version(
        answer, headers, item
    ):
        raise FileChanged
    if response.status != PARTIAL_CONTENT or answer.encoded:
        return []
    parts = _multipart(response, headers, most) or _single(response, answer)
    etags = {bare_etag(part.etag) for part in parts if part.etag}
    if item.etag and not etags and etag_of(headers) is None:
        return []  # a single range may have it
    totals = {part.content_range.total for part in parts} - {None}
    if totals and item.image_size is not None and totals != {item.image_size}:
        raise FileChanged
    if etags and item.etag and etags != {item.etag}:
        raise FileChanged
    return parts


def _covers(part: ContentRange, extent: Extent) -> bool:
    """Return whether a part has all of a requested range; a server may join some."""
    return part.first <= extent.first and extent.end <= part.last + 1


def _multipart(response: Response, headers: HeaderLines, most: int) -> list[RangePart]:
    boundary = boundary_of(headers.get("content-type") or "")
    return range_parts(response.body, boundary, most=most) if boundary else []


def _single(response: Response, answer: Answer) -> list[RangePart]:
    """Return the one range of a response: servers were seen to send the first only."""
    part = answer.content_range
    if part is None or answer.contradicts_itself or part.length != answer.received:
        return []
    return [RangePart(part, response.body)]


def _host(request: Request) -> str:
    return urlparse_cached(request).netloc
