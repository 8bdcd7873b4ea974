"""Make each kind of request, and recognize duplicates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

from scrapy import Request
from scrapy.utils.request import fingerprint

from fpcrawler.core.fingerprint.head import SAMPLE_RANGE
from fpcrawler.core.http.ranges import RANGE_NOT_SATISFIABLE
from fpcrawler.core.web.onion import is_onion
from fpcrawler.tor.route import host_of, is_tor_only

if TYPE_CHECKING:
    from scrapy.http import Response
    from scrapy.statscollectors import StatsCollector

    from fpcrawler.core.file.extents import Extent
    from fpcrawler.items import Source

    Callback = Callable[..., Any]

RequestKind = Literal["page", "style", "image", "part", "range"]
"""A part is requested by the scripts of a page that is being rendered. A range
holds the bytes that are missing in the sample of an image."""


def page_request(
    url: str, callback: Callback, errback: Callback, **meta: Any
) -> Request:
    """Request a whole page. ``meta`` as for :func:`image_request`."""
    meta |= {"kind": "page"}
    return Request(
        url,
        callback=callback,
        errback=errback,
        meta=meta,
        # It may have been requested before, as an image or at a higher level.
        dont_filter="is_html" in meta or "is_again" in meta,
        # Pages near the list first: their links are followed furthest.
        priority=-meta.get("level", 0),
    )


def style_request(
    url: str, callback: Callback, errback: Callback, **meta: Any
) -> Request:
    """Request a style sheet of a page. ``meta`` as for :func:`image_request`."""
    meta |= {"kind": "style"}
    return Request(url, callback=callback, errback=errback, meta=meta)


def image_request(
    url: str, callback: Callback | None, errback: Callback | None, **meta: Any
) -> Request:
    """Request the sample of an image, unencoded: offsets are those of the file.

    Keys of ``meta``:

    - ``page_url``, ``found_in``, ``alt``: the page that names it, and how;
    - ``is_listed``: present if the user's list names it;
    - ``file_root``: the file or folder that the request may read;
    - ``level``: of a page, its links from the list; 0 for a listed page;
    - ``is_html``: present if the first bytes of the page are already known;
    - ``is_again``: present if the page was requested before;
    - ``page_party``: the onion that is the page's first party (tor/middleware.py);
    - ``page_id``: the page that waits for it (resume/page_tracker.py).
    """
    headers = {"Range": SAMPLE_RANGE, "Accept-Encoding": "identity", "Accept": "*/*"}
    meta |= {
        "kind": "image",
        # Some servers return 416 for a file that is shorter than the range.
        "handle_httpstatus_list": [RANGE_NOT_SATISFIABLE],
        # DOWNLOAD_MAXSIZE would refuse a large image, though only a sample is read.
        "download_maxsize": 0,
        "download_warnsize": 0,
    }
    return Request(
        url,
        callback=callback,
        errback=errback,
        headers=headers,
        meta=meta,
        # Before further pages, so that only the images of one page wait in memory.
        priority=1,
    )


def part_request(url: str, headers: Mapping[str, str], page: Request) -> Request:
    """Request a script, a style sheet or data, by the same route as the page."""
    meta = {"kind": "part"}
    if "proxy" in page.meta:
        meta["proxy"] = page.meta["proxy"]
    if "first_party" in page.meta:
        meta["page_party"] = page.meta["first_party"]
    return Request(url, headers=dict(headers), meta=meta)


def range_request(source: Source, extent: Extent) -> Request:
    """Request a further range of an image, by the same route as its sample."""
    sampled = source.request
    headers = {
        "Range": f"bytes={extent.first}-{extent.end - 1}",
        "Accept-Encoding": "identity",
        "Accept": "*/*",
    }
    if source.validator is not None:
        headers["If-Range"] = source.validator
    if referrer := sampled.headers.get("Referer"):
        headers["Referer"] = referrer.decode("latin-1")
    passed_on = ("page_party", "first_party", "file_root", "proxy")
    meta = {name: sampled.meta[name] for name in passed_on if name in sampled.meta}
    meta |= {
        "kind": "range",
        "extent": (extent.first, extent.length),
        # Retries and redirects copy the request, and add to the same counter.
        "cost": Counter(),
        "handle_httpstatus_list": [RANGE_NOT_SATISFIABLE],
        "download_maxsize": 0,
        "download_warnsize": 0,
    }
    return Request(sampled.url, headers=headers, meta=meta)


def whole_image_request(request: Request) -> Request:
    """Request an image again without a range, for servers that have no ranges.

    The download still stops at the end of the sample.
    """
    plain = image_again(request)
    plain.meta["is_whole"] = True
    del plain.headers["Range"]
    return plain


def image_again(request: Request) -> Request:
    """Request an image again, by the URL before any redirect."""
    url, meta = requested_url(request), inherited(request)
    again = image_request(url, request.callback, request.errback, **meta)
    return again.replace(dont_filter=True)


def inherited(request: Request) -> dict[str, Any]:
    """Return the ``meta`` that a request passes on to a new one for its first URL."""
    names = (
        *("page_url", "found_in", "alt", "level"),
        *("is_listed", "file_root", "page_party", "bytes_downloaded", "page_id"),
    )
    kept = {name: request.meta[name] for name in names if name in request.meta}
    return {**kept, "asked_before": request.meta.get("asked_before", 0) + 1}


def request_of(response: Response) -> Request:
    """Return the request that a response belongs to."""
    assert response.request is not None  # noqa: S101 - Scrapy sets it
    return response.request


def kind_of(request: Request) -> RequestKind | None:
    """Return the kind of a request; None if another component made it."""
    kind: RequestKind | None = request.meta.get("kind")
    return kind


def requested_url(request: Request) -> str:
    """Return the URL before any redirect."""
    url: str = request.meta.get("redirect_urls", [request.url])[0]
    return url


def is_listed(request: Request) -> bool:
    """Return whether the user's list names the URL itself, not a page or redirect."""
    return bool(request.meta.get("is_listed")) and "redirect_urls" not in request.meta


def count_downloaded(request: Request, stats: StatsCollector, received: int) -> None:
    """Count bytes for the stats and for the image, wrong guesses included."""
    if kind_of(request) == "range":
        stats.inc_value("images/bytes_downloaded", received)
        request.meta["cost"]["bytes"] += received
        return
    stats.inc_value(f"{kind_of(request)}s/bytes_downloaded", received)
    so_far = request.meta.get("bytes_downloaded", 0)
    request.meta["bytes_downloaded"] = so_far + received


class RangeFingerprinter:
    """Includes the Range and the route of a request in its fingerprint.

    So a URL can be requested once as a page, once as an image, and once for each
    range, without ``dont_filter``. The routes differ because a request through
    Tor may fail or be dropped where a direct one succeeds.
    """

    def fingerprint(self, request: Request) -> bytes:
        """Return the fingerprint by which the scheduler recognizes duplicates."""
        direct = fingerprint(request, include_headers=["Range"])
        if is_tor_only(request) and not is_onion(host_of(request)):
            return sha256(direct + b"through Tor").digest()
        return direct
