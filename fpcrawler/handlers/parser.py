"""Parse HTTP/1.1 as servers speak it: odd lines are skipped, endless ones end."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from twisted.web.http_headers import InvalidHeaderName

from fpcrawler.crawl.borrowed import (
    DONE,
    HEADER,
    STATUS,
    ChunkedDecoder,
    HTTPClientParser,
    ParseError,
    TransportProxyProducer,
)

MAX_LINE_BYTES = 64 * 1024
"""Of one header line; a long Content-Security-Policy has more than 16 KB."""

MAX_CHUNKS = 100_000
"""Of one response: a page of DOWNLOAD_MAXSIZE in chunks of 105 bytes. Each costs 10 µs,
so a body in chunks of one byte would keep the crawl busy until its timeout."""

_SIZE = re.compile(rb"[0-9A-Fa-f]+")

_USUAL_SECTION = re.compile(
    rb"HTTP/1\.[01] [1-9][0-9]{2} [^\r\n]*\r\n(?:[A-Za-z0-9-]++:[^\r\n]*+\r\n)++\r\n"
)
"""A whole header section as RFC 9112 has it, without lines that continue others."""


class HeaderSectionTooLong(Exception):
    """The header section, or a line of it, is longer than the limit."""


class NotHttp(Exception):
    """The response breaks the syntax of HTTP so that its body cannot be found."""


class TooManyChunks(Exception):
    """The body has more than MAX_CHUNKS chunks."""


class LenientChunks(ChunkedDecoder):
    """Reads the size of a chunk up to its last digit, as curl does.

    RFC 9112 section 7.1.1 has extensions there; some servers pad the size with spaces.
    """

    _chunks = 0

    def _dataReceived_CHUNK_LENGTH(self) -> bool:  # noqa: N802 - Twisted's name
        self._chunks += 1
        if self._chunks > MAX_CHUNKS:
            raise TooManyChunks(f"the body has more than {MAX_CHUNKS} chunks")
        end = self._buffer.find(b"\r\n", self._start)
        if size := _SIZE.match(self._buffer, 0, max(end, 0)):
            del self._buffer[size.end() : end]
            self._start = 0
        return super()._dataReceived_CHUNK_LENGTH()


class HeldTransport(TransportProxyProducer):
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
