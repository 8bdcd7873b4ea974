"""HTTP/1.1 as servers speak it: odd lines are skipped, endless ones end."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from twisted.internet.protocol import Factory
from twisted.internet.tcp import Connection
from twisted.python.failure import Failure
from twisted.web.http_headers import InvalidHeaderName

from fpcrawler.crawl.borrowed import (
    DONE,
    HEADER,
    STATUS,
    ChunkedDecoder,
    ClientRequest,
    HTTP11ClientProtocol,
    HTTPClientParser,
    ParseError,
    TransportProxyProducer,
)
from fpcrawler.crawl.failures import Http2Only

if TYPE_CHECKING:
    from collections.abc import Callable

    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web.iweb import IResponse

    from fpcrawler.handlers.sockets import Sockets

MAX_HEADER_BYTES = 256 * 1024
"""RFC 9110 section 5.4 lets a client limit the header section."""

MAX_LINE_BYTES = 64 * 1024
"""Of one header line; a long Content-Security-Policy has more than 16 KB."""

# RFC 9113 section 3.4: a server starts with a SETTINGS frame (type 4), and answers
# HTTP/1.1 by GOAWAY (type 7). Both are on stream 0. Section 4.1: length, type, flags,
# stream.
_HTTP2_FRAME = re.compile(rb"\x00..[\x04\x07][\x00\x01]\x00{4}", re.DOTALL)


_SIZE = re.compile(rb"[0-9A-Fa-f]+")

_USUAL_SECTION = re.compile(
    rb"HTTP/1\.[01] [1-9][0-9]{2} [^\r\n]*\r\n(?:[A-Za-z0-9-]++:[^\r\n]*+\r\n)++\r\n"
)
"""A whole header section as RFC 9112 has it, without lines that continue others."""


class HeaderSectionTooLong(Exception):
    """The header section, or a line of it, is longer than the limit."""


class NotHttp(Exception):
    """The response breaks the syntax of HTTP so that its body cannot be found."""


class LenientChunks(ChunkedDecoder):
    """Reads the size of a chunk up to its last digit, as curl does.

    RFC 9112 section 7.1.1 has extensions there; some servers pad the size with spaces.
    """

    def _dataReceived_CHUNK_LENGTH(self) -> bool:  # noqa: N802 - Twisted's name
        end = self._buffer.find(b"\r\n", self._start)
        if size := _SIZE.match(self._buffer, 0, max(end, 0)):
            del self._buffer[size.end() : end]
            self._start = 0
        return super()._dataReceived_CHUNK_LENGTH()


class _HeldTransport(TransportProxyProducer):
    """Pauses a connection only if nobody wants the body as soon as it begins.

    Twisted pauses after each header section, and resumes when the body is asked for:
    nearly always at once, so these are two system calls for nothing.
    """

    _is_to_pause = False

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self._is_to_pause = True

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        if self._is_to_pause:
            self._is_to_pause = False
        else:
            super().resumeProducing()  # type: ignore[no-untyped-call]

    def settle(self) -> None:
        """Pause now if that was asked for."""
        if self._is_to_pause:
            self._is_to_pause = False
            super().pauseProducing()  # type: ignore[no-untyped-call]


class LenientParser(HTTPClientParser):
    """Skips header lines that are not valid, as browsers and curl do."""

    transport: Any

    MAX_LENGTH = MAX_LINE_BYTES
    _transferDecoders = {b"chunked": LenientChunks}  # noqa: N815, RUF012 - Twisted's name

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        section = _USUAL_SECTION.match(data) if self.state == STATUS else None
        if section is None or self._buffer or section.end() > MAX_LINE_BYTES:
            super().dataReceived(data)  # type: ignore[no-untyped-call]
            return
        # In one step: Twisted takes ten calls for each line.
        self._everReceivedData = True
        status, *lines = section[0][:-4].split(b"\r\n")
        self._status_received(status)
        for line in lines:
            name, _, value = line.partition(b":")
            self.headerReceived(name, value.strip())  # type: ignore[no-untyped-call]
        self._buffer = data[section.end() :]
        self.allHeadersReceived()
        if self.state != DONE and self._buffer:
            super().dataReceived(self.clearLineBuffer())  # type: ignore[no-untyped-call]

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        line = line.removesuffix(b"\r")
        if self.state == STATUS:
            self._status_received(line)
        elif line[:1] in (b" ", b"\t"):  # RFC 9112 section 5.2: it continues a line
            if self._partialHeader is not None:
                self._partialHeader.append(line)
        else:
            if self._partialHeader is not None:
                self._header_received(b"".join(self._partialHeader))
            if line:
                self._partialHeader = [line]
            else:
                self.allHeadersReceived()

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: ARG002, N802 - Twisted's
        message = f"a header line is longer than {MAX_LINE_BYTES} bytes"
        raise HeaderSectionTooLong(message)

    def allHeadersReceived(self) -> None:  # noqa: N802 - Twisted's name
        codings = self.connHeaders.getRawHeaders(b"transfer-encoding")
        if codings is not None:
            self._keep_coding(b",".join(codings).lower())
        self._begin_body()
        self.transport.settle()

    def _begin_body(self) -> None:
        try:
            super().allHeadersReceived()  # type: ignore[no-untyped-call]
        except ValueError as error:  # Content-Length
            lengths = b",".join(self.connHeaders.getRawHeaders(b"content-length", ()))
            if all(length.strip().isdigit() for length in lengths.split(b",")):
                raise NotHttp("the response states two different lengths") from error
            self.connHeaders.removeHeader(b"content-length")
            super().allHeadersReceived()  # type: ignore[no-untyped-call]

    def _status_received(self, line: bytes) -> None:
        if not line:  # some servers send an empty line first
            return
        try:
            self.statusReceived(line)  # type: ignore[no-untyped-call]
        except ParseError as error:
            raise NotHttp("the response is not HTTP") from error
        self.state = HEADER

    def _header_received(self, header: bytes) -> None:
        name, colon, value = header.partition(b":")
        if colon:
            # RFC 9112 section 5.1: no space before the colon; browsers allow it.
            with suppress(InvalidHeaderName):
                self.headerReceived(name.rstrip(b" \t"), value.strip())  # type: ignore[no-untyped-call]

    def _keep_coding(self, codings: bytes) -> None:
        """Leave ``chunked`` alone; raise NotHttp for codings that nobody uses."""
        named = {coding.strip() for coding in codings.split(b",")} - {b"identity", b""}
        if named - {b"chunked"}:
            message = "the Transfer-Encoding is not chunked (RFC 9112 section 7)"
            raise NotHttp(message)
        if named:
            self.connHeaders.setRawHeaders(b"transfer-encoding", [b"chunked"])
        else:
            self.connHeaders.removeHeader(b"transfer-encoding")


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
        self._transportProxy.__class__ = _HeldTransport
        self._send()
        return responded

    def _send(self) -> None:
        """Send now; Twisted waits for its reactor to find that it can send."""
        if isinstance(self.transport, Connection):  # not TLS
            # An error comes again when the reactor writes.
            self.transport.doWrite()  # type: ignore[no-untyped-call]

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
