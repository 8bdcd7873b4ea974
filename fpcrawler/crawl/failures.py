"""A name and a sentence for each way in which a request fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError, DropItem
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.web.client import ResponseFailed

if TYPE_CHECKING:
    from twisted.python.failure import Failure

# Scrapy raises one bare IgnoreRequest for each of these.
_IGNORED = {
    "Forbidden by robots.txt": "ForbiddenByRobots",
    "max redirections reached": "TooManyRedirects",
}


def failure_name(failure: Failure) -> str:
    """Return the reason that the stats count: ``Http404``, ``PrivateAddress``, …."""
    error = failure.value
    if isinstance(error, HttpError):
        return f"Http{error.response.status}"
    return _IGNORED.get(str(error), type(error).__name__)


def failure_sentence(failure: Failure) -> str:
    """Say in a few words, on one line, what happened."""
    error = failure.value
    if isinstance(error, CannotResolveHostError):
        return "the host name was not found"
    if isinstance(error, HttpError):
        return f"the server answered {error.response.status}"
    if isinstance(error, DownloadTimeoutError):
        return "no complete answer within DOWNLOAD_TIMEOUT"
    cause = error.__cause__ if error is not None else None
    if isinstance(cause, ResponseFailed):
        error = cause.reasons[0].value
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


class ReadingStopped(DropItem):
    """The crawl ended before all bytes of the image were here that it asks for.

    So it is not done: a crawl that resumes asks for it again.
    """
