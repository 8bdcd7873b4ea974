"""A connection that speaks HTTP/1.1, and gives up on what is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from twisted.internet.protocol import Factory
from twisted.python.failure import Failure

from fpcrawler.crawl.borrowed import (
    HEADER,
    STATUS,
    ClientRequest,
    HTTP11ClientProtocol,
)
from fpcrawler.crawl.failures import Http2Only
from fpcrawler.handlers.parser import (
    HeaderSectionTooLong,
    HeldTransport,
    LenientParser,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web.iweb import IResponse

    from fpcrawler.handlers.sockets import Sockets

MAX_HEADER_BYTES = 256 * 1024
"""RFC 9110 section 5.4 lets a client limit the header section."""

# RFC 9113 section 3.4: a server starts with a SETTINGS frame (type 4), and answers
# HTTP/1.1 by GOAWAY (type 7). Both are on stream 0. Section 4.1: length, type, flags,
# stream.
_HTTP2_FRAME = re.compile(rb"\x00..[\x04\x07][\x00\x01]\x00{4}", re.DOTALL)


class WebProtocol(HTTP11ClientProtocol):
    """A connection; gives up on a response whose header section is too long.

    Twisted keeps all header lines in memory until the last one. A server that
    never ends them fills 150 MB per second.
    """

    transport: Any
    _header_bytes = 0

    def __init__(self, rest: Callable[[WebProtocol], None], sockets: Sockets) -> None:
        super().__init__(rest)  # type: ignore[no-untyped-call]
        self._sockets = sockets

    def connectionMade(self) -> None:  # noqa: N802 - Twisted's name
        self._sockets.opened(self)
        super().connectionMade()

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]  # noqa: N802 - Twisted's name
        self._sockets.closed(self)
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def request(self, request: ClientRequest) -> Deferred[IResponse]:
        self._header_bytes = 0
        responded = super().request(request)
        # Twisted names both classes in the code of request(); ours have no new state.
        self._parser.__class__ = LenientParser
        self._transportProxy.__class__ = HeldTransport
        return responded

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        parser = self._parser
        if parser is not None and parser.state == STATUS and _HTTP2_FRAME.match(data):
            self._give_up(Http2Only())
            return
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self._parser is None or self._parser.state not in (STATUS, HEADER):
            return
        self._header_bytes += len(data)
        if self._header_bytes > MAX_HEADER_BYTES:
            message = f"the headers are longer than {MAX_HEADER_BYTES} bytes"
            self._give_up(HeaderSectionTooLong(message))

    def _give_up(self, error: Exception) -> None:
        self._giveUp(Failure(error))  # type: ignore[no-untyped-call]


class WebFactory(Factory):
    """Builds the protocol of a connection."""

    noisy = False

    def __init__(self, rest: Callable[[WebProtocol], None], sockets: Sockets) -> None:
        self._rest = rest
        self._sockets = sockets

    def buildProtocol(self, addr: IAddress | None) -> WebProtocol:  # noqa: ARG002, N802 - Twisted's
        return WebProtocol(self._rest, self._sockets)
