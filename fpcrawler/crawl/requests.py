"""Make the request of each errand, and recognize duplicates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request
from scrapy.utils.request import fingerprint

from fpcrawler.core.fingerprint.head import SAMPLE_RANGE
from fpcrawler.core.http.ranges import RANGE_NOT_SATISFIABLE
from fpcrawler.crawl.errand import ERRAND, Errand, errand_of
from fpcrawler.tor.route import route_to

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.statscollectors import StatsCollector

    from fpcrawler.core.file.extents import Extent
    from fpcrawler.crawl.budget import Purpose
    from fpcrawler.items import Source

    Callback = Callable[..., Any]

VERBATIM = {"verbatim_url": True}
"""Meta of a request whose URL Scrapy neither encodes again nor sorts by its query."""

# The bytes of a file, unencoded: offsets are those of the file.
_OF_FILE = {"Accept-Encoding": "identity", "Accept": "*/*"}
_META_OF_FILE = {
    **VERBATIM,
    # Some servers return 416 for a file that is shorter than the range.
    "handle_httpstatus_list": [RANGE_NOT_SATISFIABLE],
    # DOWNLOAD_MAXSIZE would refuse a large image, though only a sample is read.
    "download_maxsize": 0,
    "download_warnsize": 0,
}


def request_for(
    errand: Errand, callback: Callback | None, errback: Callback | None
) -> Request:
    """Request a page or style sheet whole, and of an image its sample.

    An errand that is ``is_whole`` has no range, for servers that have no ranges. The
    download still stops at the end of the sample.
    """
    is_image = errand.kind == "image"
    whole = {} if errand.is_whole or not is_image else {"Range": SAMPLE_RANGE}
    return Request(
        errand.url,
        callback=callback,
        errback=errback,
        headers={**whole, **_OF_FILE} if is_image else None,
        meta={ERRAND: errand, **(_META_OF_FILE if is_image else VERBATIM)},
        # It may have been requested before, as an image or at a higher level.
        dont_filter=errand.is_html or errand.is_again,
        # Images before further pages, so that only those of one page wait in memory;
        # then pages near the list: their links are followed furthest.
        priority=1 if is_image else -errand.level,
    )


def image_again(request: Request, *, is_whole: bool = False) -> Request:
    """Request an image again, by the URL before any redirect."""
    errand = errand_of(request).retry_as("image", is_whole=is_whole)
    again = request_for(errand, request.callback, request.errback)
    again.dont_filter = True
    return again


def part_request(
    url: str, headers: Mapping[str, str], page: Request, *, is_own: bool = True
) -> Request:
    """Request a script, style sheet, data or frame, by the same route as the page.

    ``is_own``: the page itself asks for it, not a frame of another origin.
    """
    part = Request(url, headers=dict(headers), meta={**VERBATIM, **_proxy_of(page)})
    asker = errand_of(page)
    part.meta[ERRAND] = Errand(
        kind="part",
        url=part.url,
        route=route_to(part.url, asker.first_party),
        at_listed_origin=is_own and asker.leads_within_origin(part.url),
    )
    return part


def range_request(source: Source, purpose: Purpose, *extents: Extent) -> Request:
    """Request further ranges of an image at once, by the same route as its sample."""
    sampled = source.request
    ranges = ",".join(f"{extent.first}-{extent.end - 1}" for extent in extents)
    headers = {"Range": f"bytes={ranges}", **_OF_FILE}
    if source.validator is not None:
        headers["If-Range"] = source.validator
    if referrer := sampled.headers.get("Referer"):
        headers["Referer"] = referrer.decode("latin-1")
    errand = errand_of(sampled).of_range(purpose, extents)
    meta = {ERRAND: errand, **_META_OF_FILE, **_proxy_of(sampled)}
    return Request(errand.url, headers=headers, meta=meta)


def request_of(response: Response) -> Request:
    """Return the request that a response belongs to."""
    assert response.request is not None  # noqa: S101 - Scrapy sets it
    return response.request


def count_downloaded(request: Request, stats: StatsCollector, received: int) -> None:
    """Count bytes for the stats and for the image, wrong guesses included."""
    errand = errand_of(request)
    if errand.kind == "robots":
        return
    kind = "image" if errand.kind == "range" else errand.kind
    stats.inc_value(f"{kind}s/bytes_downloaded", received)
    errand.spending.received[errand.purpose] += received


class RangeFingerprinter:
    """Includes the Range and the route of a request in its fingerprint.

    So a URL can be requested once as a page, once as an image, and once for each
    range, without ``dont_filter``. The routes differ because a request through
    Tor may fail or be dropped where a direct one succeeds. For the same reason, a
    private host differs from itself where only pages of its own may reach it.
    """

    def __init__(self, *, is_by_origin: bool = True) -> None:
        self._is_by_origin = is_by_origin

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(is_by_origin=crawler.settings["PRIVATE_ADDRESSES"] == "listed")

    def fingerprint(self, request: Request) -> bytes:
        """Return the fingerprint by which the scheduler recognizes duplicates."""
        direct = fingerprint(request, include_headers=["Range"])
        errand = errand_of(request)
        if errand.route.is_tor and not errand.route.is_onion:
            return sha256(direct + b"through Tor").digest()
        if self._is_by_origin and errand.is_at_listed_private_host:
            return sha256(direct + b"at a listed private host").digest()
        return direct


def _proxy_of(request: Request) -> dict[str, Any]:
    return {name: request.meta[name] for name in ("proxy",) if name in request.meta}
