"""Request an image without Range where the server fails only because of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy.exceptions import DownloadFailedError, ResponseDataLossError
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.web.client import ResponseFailed

from fpcrawler.core.file.formats import image_format
from fpcrawler.core.http.ranges import (
    PARTIAL_CONTENT,
    WHOLE_FILE,
    fails_only_for_range,
    is_server_error,
)
from fpcrawler.crawl.errand import ERRAND, errand_of
from fpcrawler.crawl.requests import image_again

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

IMAGES_IN_A_ROW = 3
"""Images that a host sends only without Range, until it gets no Range any more."""
_MAX_HOSTS = 10_000


class RangesMiddleware:
    """Asks once without Range; the download still stops at the end of the sample.

    One failure may be a chance. A host is remembered as one without ranges once
    IMAGES_IN_A_ROW images came only so, with no range in between.
    """

    def __init__(self) -> None:
        self._failing: Counter[str] = Counter()

    def process_request(self, request: Request) -> None:
        """Leave out the Range if the host is known to fail because of it."""
        if not self._failing or not _asks_for_sample(request):
            return
        if self._failing[_host(request)] >= IMAGES_IN_A_ROW:
            errand = errand_of(request)
            del request.headers["Range"]
            request.meta[ERRAND] = replace(errand, is_whole=True, lacks_ranges=True)

    def process_response(
        self, request: Request, response: Response
    ) -> Request | Response:
        """Request an image without Range if the status may be due to it."""
        status = response.status
        if status == PARTIAL_CONTENT:
            if self._failing and self._failing[_host(request)] < IMAGES_IN_A_ROW:
                del self._failing[_host(request)]
        elif status in WHOLE_FILE:
            if errand_of(request).is_range_failed and image_format(response.body):
                self._note(_host(request))
        elif fails_only_for_range(status) and _asks_for_sample(request):
            return _without_range(request, counts=is_server_error(status))
        return response

    def process_exception(
        self, request: Request, exception: Exception
    ) -> Request | None:
        """Request an image without Range if the connection closed too early."""
        if _is_closed(exception) and _asks_for_sample(request):
            return _without_range(request, counts=True)
        return None

    def _note(self, host: str) -> None:
        self._failing[host] += 1
        if len(self._failing) > _MAX_HOSTS:
            del self._failing[next(iter(self._failing))]


def _asks_for_sample(request: Request) -> bool:
    return errand_of(request).kind == "image" and "Range" in request.headers


def _host(request: Request) -> str:
    return urlparse_cached(request).netloc


def _without_range(request: Request, *, counts: bool) -> Request:
    """Return the request without Range; ``counts``: as one of RETRY_TIMES."""
    again = image_again(request, is_whole=True)
    again.meta[ERRAND] = replace(errand_of(again), is_range_failed=True)
    again.meta["retry_times"] = request.meta.get("retry_times", 0) + counts
    return again


def _is_closed(error: Exception) -> bool:
    if isinstance(error, ResponseDataLossError):
        return True
    cause = error.__cause__
    if type(error) is not DownloadFailedError or not isinstance(cause, ResponseFailed):
        return False
    reason = cause.reasons[0].value
    return isinstance(reason, ConnectionDone | ConnectionLost)
