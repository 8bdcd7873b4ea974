"""Name and describe each reason why a request fails."""

from __future__ import annotations

import errno
import os

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    DropItem,
    IgnoreRequest,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.web.client import ResponseFailed, ResponseNeverReceived

from fpcrawler.core.http.tls_words import tls_failure


class NotAPage(Exception):
    """A listed URL is neither a page nor an image."""


class DocumentTooSlow(Exception):
    """A page, style sheet or list takes too much CPU time to be read."""

    def __init__(self) -> None:
        super().__init__("it takes too much CPU time to be read")


class DocumentTooLarge(Exception):
    """A page, style sheet or list takes too much memory to be read."""

    def __init__(self) -> None:
        super().__init__("it takes too much memory to be read")


class NoSample(Exception):
    """The server sends neither the range nor the file."""


class TooManyRedirects(Exception):
    """A redirect leads to itself, or there are more than REDIRECT_MAX_TIMES."""


class HostTimeout(IgnoreRequest):
    """A host has given no usable reply for HOST_TIMEOUT, or asks to wait longer."""


class PrivateAddress(IgnoreRequest):
    """A host is, or resolves to, a private address that the request may not reach."""


class RobotsUnreachable(IgnoreRequest):
    """The robots.txt of a site cannot be had, so all is disallowed (RFC 9309).

    Its cause is the failure of the network, if there was no response.
    """


class NoAnswerFromDns(DownloadFailedError):
    """No name server says whether the host exists."""


class HostUnreachable(DownloadFailedError):
    """No connection to the host can be made, though it does not refuse one."""

    def __init__(self, number: int | None) -> None:
        """Describe the error of connect(2) with this number; None: it is not known."""
        what = "no connection to the host is possible"
        if number is not None:
            what = _UNREACHABLE.get(number, f"{what} ({os.strerror(number)})")
        super().__init__(what)


class Http2Only(Exception):
    """The server speaks HTTP/2 only, which this crawler does not."""

    def __init__(self) -> None:
        super().__init__("the server speaks HTTP/2 only; this crawler speaks HTTP/1.1")


class OutOfDescriptors(DownloadFailedError):
    """The process may not open one more file or socket."""

    def __init__(self) -> None:
        super().__init__(
            "no descriptor was free; raise the limit (ulimit -n) or lower "
            "CONCURRENT_REQUESTS"
        )


class ReadingStopped(DropItem):
    """The crawl ended before all wanted bytes of the image were received.

    So the image is not done: a crawl that resumes requests it again.
    """


_UNREACHABLE = {
    errno.ENETUNREACH: "no route leads to the host",
    errno.EHOSTUNREACH: "no route leads to the host",
    errno.ETIMEDOUT: "the host does not answer",
}

_MAX_STATUS = 999
_FORBIDDEN = "Forbidden by robots.txt"
# For each of these Scrapy raises a plain IgnoreRequest with this text.
_IGNORED = {
    _FORBIDDEN: "ForbiddenByRobots",
    "max redirections reached": TooManyRedirects.__name__,
}


def failure_name(error: BaseException | None) -> str:
    """Return the name that the stats count: ``Http404``, ``PrivateAddress``, …."""
    if isinstance(error, HttpError):
        return status_name(error.response.status)
    if isinstance(error, RobotsUnreachable) and error.__cause__ is not None:
        return failure_name(error.__cause__)  # the request would have failed like it
    return _IGNORED.get(str(error), type(error).__name__)


def status_name(status: int) -> str:
    """Return the name of a status that is a failure."""
    # RFC 9110 section 15: three digits. A server could make a stat of each number.
    return f"Http{status}" if status <= _MAX_STATUS else "InvalidStatus"


def is_refusal(error: BaseException | None) -> bool:
    """Return whether a request was not made because its site does not want it."""
    return isinstance(error, RobotsUnreachable) or str(error) == _FORBIDDEN


def failure_sentence(error: BaseException | None) -> str:
    """Describe what happened in a few words, on one line."""
    cause = error.__cause__ if error is not None else None
    if isinstance(error, CannotResolveHostError):
        return "the host name was not found"
    if isinstance(error, DownloadConnectionRefusedError):
        return "the server refused the connection"
    if isinstance(error, HttpError):
        return f"the server returned status {error.response.status}"
    if isinstance(error, DownloadTimeoutError):
        return "no complete response within DOWNLOAD_TIMEOUT"
    if isinstance(cause, ResponseFailed):
        return _response_failed(cause)
    return _one_line(error)


def _response_failed(error: ResponseFailed) -> str:
    """Describe why a response did not come, or not whole."""
    reason = error.reasons[0].value
    if isinstance(reason, TlsError):
        texts = [" ".join(text for text in line if text) for line in reason.args[0]]
        return f"TLS failed: {tls_failure('; '.join(texts))}"
    if not isinstance(reason, ConnectionDone | ConnectionLost):
        return _one_line(reason)
    verb = "closed" if isinstance(reason, ConnectionDone) else "broke off"
    if isinstance(error, ResponseNeverReceived):
        return f"the server {verb} the connection before any response"
    if error.response is None:
        return f"the server {verb} the connection within the headers"
    return f"the server {verb} the connection within the body"


def _one_line(error: BaseException | None) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
