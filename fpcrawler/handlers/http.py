"""Scrapy's HTTP/1.1 handler with a limit for the header section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request as TxRequest
    from twisted.web.iweb import IResponse

MAX_HEADER_BYTES = 256 * 1024
"""RFC 9110 section 5.4 lets a client limit the header section."""


class HeaderSectionTooLong(Exception):
    """The header section of a response is longer than MAX_HEADER_BYTES."""


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Gives up on a response whose header section is too long.

    Twisted keeps all header lines in memory until the last one. A server that
    never ends them fills 150 MB per second.
    """

    _header_bytes = 0

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        self._header_bytes = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self._parser is None or self._parser.state not in (STATUS, HEADER):
            return
        self._header_bytes += len(data)
        if self._header_bytes > MAX_HEADER_BYTES:
            message = f"the headers are longer than {MAX_HEADER_BYTES} bytes"
            self._giveUp(Failure(HeaderSectionTooLong(message)))  # type: ignore[no-untyped-call]


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> _BoundedProtocol:  # noqa: ARG002, N802 - Twisted's
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedHttpDownloadHandler(HTTP11DownloadHandler):
    """Downloads over HTTP/1.1; fails a response with endless headers."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory  # noqa: SLF001 - it has no public name
