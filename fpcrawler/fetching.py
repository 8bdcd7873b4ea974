"""Some more bytes of an image, exactly those, of the same version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.answers import answer_of, etag_of, header
from fpcrawler.core.ranges import OK, PARTIAL_CONTENT

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from fpcrawler.items import Sample


class NotFetched(Exception):
    """The bytes did not come; the text is the name of the reason."""


async def fetch(crawler: Crawler, item: Sample, request: Request) -> bytes:
    """Return the bytes that a range request names, by the crawl's own downloader.

    So robots.txt, delays, proxies and Tor's circuit are those of the sample.
    Raises NotFetched.
    """
    try:
        response = await crawler.engine.download_async(request)
    except Exception as error:
        raise NotFetched(type(error).__name__) from error
    return _bytes_of(response, item, *request.meta["extent"])


def _bytes_of(response: Response, item: Sample, first: int, length: int) -> bytes:
    answer = answer_of(response.headers, response.status)
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
    if len(response.body) < length:
        reason = "TooShort"
        raise NotFetched(reason)
    return response.body[:length]


def _is_same_version(response: Response, item: Sample) -> bool:
    """Compare what both answers tell; a server may have ignored If-Range."""
    headers = response.headers
    told = (
        (answer_of(headers, response.status).image_size, item.image_size),
        (etag_of(headers), item.etag),
        (header(headers, "Last-Modified"), item.last_modified),
    )
    return all(None in pair or pair[0] == pair[1] for pair in told)
