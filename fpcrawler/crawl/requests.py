"""The kinds of request, and what makes two requests the same."""

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
"""A part is what the scripts of a page ask for while it is rendered, a range what
an image's sample turned out to lack."""


def page_request(
    url: str, callback: Callback, errback: Callback, **meta: Any
) -> Request:
    """Ask for a whole page. ``meta`` as for :func:`image_request`."""
    meta |= {"kind": "page"}
    return Request(
        url,
        callback=callback,
        errback=errback,
        meta=meta,
        # One that was taken for an image may have been asked for before.
        dont_filter="is_html" in meta or "is_again" in meta,
        # Those near the list first: what is found there leads furthest.
        priority=-meta.get("level", 0),
    )


def style_request(
    url: str, callback: Callback, errback: Callback, **meta: Any
) -> Request:
    """Ask for a style sheet of a page. ``meta`` as for :func:`image_request`."""
    meta |= {"kind": "style"}
    return Request(url, callback=callback, errback=errback, meta=meta)


def image_request(
    url: str, callback: Callback | None, errback: Callback | None, **meta: Any
) -> Request:
    """Ask for an image's sample; its size and range must be the file's own.

    ``meta``: ``page_url``, ``found_in`` and ``alt`` of the page that names it;
    ``is_listed`` if the user's list does; ``file_root``, the file or folder that
    it may read from; of a page its ``level``, 0 for a listed one, ``is_html``
    if its first bytes were seen, ``is_again`` if it was asked for before;
    ``page_party``, the onion that is the page's first party (middlewares/tor.py);
    ``page_id``, the number of the page that waits for it (resume/tracking.py).
    """
    headers = {"Range": SAMPLE_RANGE, "Accept-Encoding": "identity", "Accept": "*/*"}
    meta |= {
        "kind": "image",
        # Some servers answer so for a file that is shorter than the range.
        "handle_httpstatus_list": [RANGE_NOT_SATISFIABLE],
        # The limit for pages would refuse a large image that is only sampled.
        "download_maxsize": 0,
        "download_warnsize": 0,
    }
    return Request(
        url,
        callback=callback,
        errback=errback,
        headers=headers,
        meta=meta,
        # Before further pages: what waits in memory is what one page names.
        priority=1,
    )


def part_request(url: str, headers: Mapping[str, str], page: Request) -> Request:
    """Ask for a script, a style sheet or data, the same way as the page."""
    meta = {"kind": "part"}
    if "proxy" in page.meta:
        meta["proxy"] = page.meta["proxy"]
    if "first_party" in page.meta:
        meta["page_party"] = page.meta["first_party"]
    return Request(url, headers=dict(headers), meta=meta)


def range_request(source: Source, extent: Extent) -> Request:
    """Ask for some more bytes of an image, by the same way as for its sample."""
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
        # Further tries and redirects copy the request, and add to the same count.
        "cost": Counter(),
        "handle_httpstatus_list": [RANGE_NOT_SATISFIABLE],
        "download_maxsize": 0,
        "download_warnsize": 0,
    }
    return Request(sampled.url, headers=headers, meta=meta)


def whole_image_request(request: Request) -> Request:
    """Ask again without a range, of a server that has none to offer.

    The reading stops where the sample ends all the same.
    """
    plain = image_again(request)
    plain.meta["is_whole"] = True
    del plain.headers["Range"]
    return plain


def image_again(request: Request) -> Request:
    """Ask for an image once more, from the URL on that was named."""
    url, meta = requested_url(request), inherited(request)
    again = image_request(url, request.callback, request.errback, **meta)
    return again.replace(dont_filter=True)


def inherited(request: Request) -> dict[str, Any]:
    """Return what a request passes on to one for the same URL, from the start."""
    names = (
        *("page_url", "found_in", "alt", "level"),
        *("is_listed", "file_root", "page_party", "bytes_downloaded", "page_id"),
    )
    kept = {name: request.meta[name] for name in names if name in request.meta}
    return {**kept, "asked_before": request.meta.get("asked_before", 0) + 1}


def request_of(response: Response) -> Request:
    """Return the request that a callback's response answers."""
    assert response.request is not None  # noqa: S101 - Scrapy sets it
    return response.request


def kind_of(request: Request) -> RequestKind | None:
    """Return the kind of a request of ours; None for robots.txt and the like."""
    kind: RequestKind | None = request.meta.get("kind")
    return kind


def requested_url(request: Request) -> str:
    """Return the URL as it was named, before any redirect."""
    url: str = request.meta.get("redirect_urls", [request.url])[0]
    return url


def is_listed(request: Request) -> bool:
    """Return whether the user's list names the URL itself, not a page or redirect."""
    return bool(request.meta.get("is_listed")) and "redirect_urls" not in request.meta


def count_downloaded(request: Request, stats: StatsCollector, received: int) -> None:
    """Add to the bytes that a URL has cost so far, also by wrong guesses."""
    if kind_of(request) == "range":
        stats.inc_value("images/bytes_downloaded", received)
        request.meta["cost"]["bytes"] += received
        return
    stats.inc_value(f"{kind_of(request)}s/bytes_downloaded", received)
    so_far = request.meta.get("bytes_downloaded", 0)
    request.meta["bytes_downloaded"] = so_far + received


class RangeFingerprinter:
    """Tells requests apart by their Range and by the way they go, too.

    So a URL can be asked for once as a page and once as an image, each range of
    it once, and nothing needs ``dont_filter``. What an onion page leads to may
    fail or be dropped where the direct way is open.
    """

    def fingerprint(self, request: Request) -> bytes:
        """Return the fingerprint that the scheduler drops duplicates by."""
        direct = fingerprint(request, include_headers=["Range"])
        if is_tor_only(request) and not is_onion(host_of(request)):
            return sha256(direct + b"through Tor").digest()
        return direct
