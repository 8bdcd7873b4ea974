"""Send a request over a connection to the server that its URL names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from twisted.internet.abstract import isIPv6Address
from twisted.web.client import URI

from fpcrawler.crawl.borrowed import ClientRequest

if TYPE_CHECKING:
    from collections.abc import Hashable

    from twisted.internet.defer import Deferred
    from twisted.web.http_headers import Headers
    from twisted.web.iweb import IBodyProducer

    from fpcrawler.handlers.connecting import EndpointFactory
    from fpcrawler.handlers.pool import ConnectionPool

_ORIGINS = 1_024
_ORIGIN = re.compile(rb"[A-Za-z]+://[\x21\x22\x24-\x2e\x30-\x3e\x40-\x7e]+")
"""Scheme and authority (RFC 3986 section 3): visible characters up to ``/?#``."""
_DEFAULT_PORTS = {(b"http", 80), (b"https", 443)}


@dataclass(frozen=True, slots=True)
class _Origin:
    key: Hashable
    """Connections with equal keys serve the same requests."""
    host: bytes
    """The value of the ``Host`` header."""
    endpoint: Any


class DirectAgent:
    """Does what Twisted's agent does, but reads each origin once.

    Twisted's takes a URL apart, makes an endpoint and copies the headers for each
    request, though the connection is there already.
    """

    def __init__(self, pool: ConnectionPool, endpoints: EndpointFactory) -> None:
        self._pool = pool
        self._endpoints = endpoints
        self._origin = lru_cache(_ORIGINS)(self._read_origin)

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: Headers,
        bodyProducer: IBodyProducer | None = None,  # noqa: N803 - Twisted's name
    ) -> Deferred[Any]:
        """Return the response when its headers are here; raises ValueError."""
        matched = _ORIGIN.match(uri)
        if matched is None:
            raise ValueError(f"Invalid URI {uri!r}")
        origin, target = self._origin(matched[0]), uri[matched.end() :]
        if not target.startswith(b"/"):  # RFC 9112 section 3.2.1: never empty
            target = b"/" + target
        if not headers.hasHeader(b"Host"):
            headers.addRawHeader(b"Host", origin.host)
        request = ClientRequest(method, target, headers, bodyProducer, persistent=True)  # type: ignore[no-untyped-call]
        connected = self._pool.getConnection(origin.key, origin.endpoint)
        return connected.addCallback(lambda protocol: protocol.request(request))

    def _read_origin(self, origin: bytes) -> _Origin:
        uri = URI.fromBytes(origin + b"/")  # type: ignore[no-untyped-call]
        is_ipv6 = isIPv6Address(uri.host.decode("ascii"))
        host = b"[%b]" % uri.host if is_ipv6 else uri.host
        if (uri.scheme, uri.port) not in _DEFAULT_PORTS:
            host = b"%b:%d" % (host, uri.port)
        key = (uri.scheme, uri.host, uri.port, self._endpoints.bind_address)
        return _Origin(key, host, self._endpoints.endpoint_for(uri))
