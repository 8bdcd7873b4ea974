"""Name and describe each reason why a request fails."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadTimeoutError,
    DropItem,
    IgnoreRequest,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.web.client import ResponseFailed


class NotAPage(Exception):
    """A listed URL is neither a page nor an image."""


class NoSample(Exception):
    """The server sends neither the range nor the file."""


class TooManyRedirects(Exception):
    """A redirect leads to itself, or there are more than REDIRECT_MAX_TIMES."""


class PrivateAddress(IgnoreRequest):
    """A host is, or resolves to, a private address that the request may not reach."""


class ReadingStopped(DropItem):
    """The crawl ended before all wanted bytes of the image were received.

    So the image is not done: a crawl that resumes requests it again.
    """


# For each of these Scrapy raises a plain IgnoreRequest with this text.
_IGNORED = {
    "Forbidden by robots.txt": "ForbiddenByRobots",
    "max redirections reached": TooManyRedirects.__name__,
}


def failure_name(error: BaseException | None) -> str:
    """Return the name that the stats count: ``Http404``, ``PrivateAddress``, …."""
    if isinstance(error, HttpError):
        return f"Http{error.response.status}"
    return _IGNORED.get(str(error), type(error).__name__)


def failure_sentence(error: BaseException | None) -> str:
    """Describe what happened in a few words, on one line."""
    if isinstance(error, CannotResolveHostError):
        return "the host name was not found"
    if isinstance(error, HttpError):
        return f"the server returned status {error.response.status}"
    if isinstance(error, DownloadTimeoutError):
        return "no complete response within DOWNLOAD_TIMEOUT"
    cause = error.__cause__ if error is not None else None
    if isinstance(cause, ResponseFailed):
        error = cause.reasons[0].value
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
