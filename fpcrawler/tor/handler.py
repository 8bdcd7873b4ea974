"""Download through Tor; refuse a request that would not go through it."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import anyio
import httpx2
import socksio
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

from fpcrawler.crawl.errand import errand_of
from fpcrawler.tor import (
    CircuitCut,
    NotThroughTor,
    OnionTimeout,
    OnionUnreachable,
    TorUnavailable,
)
from fpcrawler.tor.proxies import checked_proxies
from fpcrawler.tor.socks import SocksDownloadHandler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_CUT_OFF = "the connection through Tor closed before the response was complete"
_ABSENT = "nothing listens at the proxy of TOR_PROXIES"
_NO_SOCKS = "the proxy of TOR_PROXIES does not speak SOCKS5"
_LATE = "no complete response within TOR_DOWNLOAD_TIMEOUT"

# The text of httpcore for a refusal, and of socksio for a code that RFC 1928 does
# not have: Tor's ExtendedErrors, which the port of Tor Browser returns.
_REFUSAL = re.compile("Proxy Server could not connect|not a valid SOCKS5ReplyCode")

# Scrapy's exception, one of its causes, our exception and its text; the first row
# that matches. Scrapy raises one exception for a proxy that is missing, a proxy that
# refuses, and a certificate that is not trusted.
_NAMES: tuple[
    tuple[type[Exception], type[Exception], type[Exception] | None, str], ...
] = (
    (DownloadTimeoutError, Exception, OnionTimeout, _LATE),
    (DownloadConnectionRefusedError, httpx2.ProxyError, TorUnavailable, _NO_SOCKS),
    (DownloadConnectionRefusedError, ssl.SSLError, None, ""),
    (DownloadConnectionRefusedError, anyio.BrokenResourceError, CircuitCut, _CUT_OFF),
    (DownloadConnectionRefusedError, anyio.EndOfStream, CircuitCut, _CUT_OFF),
    (DownloadConnectionRefusedError, Exception, TorUnavailable, _ABSENT),
    (CannotResolveHostError, Exception, TorUnavailable, _ABSENT),
    (DownloadFailedError, socksio.ProtocolError, TorUnavailable, _NO_SOCKS),
    (DownloadFailedError, httpx2.NetworkError, CircuitCut, _CUT_OFF),
    (ResponseDataLossError, Exception, CircuitCut, _CUT_OFF),
)


class TorDownloadHandler(BaseDownloadHandler):
    """Downloads through Tor; refuses a request whose proxy is not a Tor process.

    It does not rely on middlewares, settings or plug-ins to choose the proxy.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.tor_proxies = checked_proxies(crawler.settings.getlist("TOR_PROXIES"))

    async def download_request(self, request: Request) -> Response:
        self._check(request)
        is_for_onion = errand_of(request).route.is_onion
        # The address of an onion is its public key, so Tor has authenticated it.
        handler = self._trusting if is_for_onion else self._verifying
        try:
            return await handler.download_request(request)
        except Exception as error:
            named = _named(error, is_for_onion=is_for_onion)
            if named is None:
                raise
            raise named from error

    async def close(self) -> None:
        for name in {"_verifying", "_trusting"} & self.__dict__.keys():
            await getattr(self, name).close()

    def _check(self, request: Request) -> None:
        """Raise NotThroughTor unless the proxy is a Tor process, with credentials."""
        scheme, _, rest = (request.meta.get("proxy") or "").partition("://")
        credentials, _, address = rest.rpartition("@")
        is_tor = f"{scheme}://{address}" in self.tor_proxies
        if not is_tor or not (credentials or "Proxy-Authorization" in request.headers):
            raise NotThroughTor(
                "another component removed the Tor proxy or its credentials"
            )

    @cached_property
    def _verifying(self) -> SocksDownloadHandler:
        return SocksDownloadHandler(self.crawler)

    @cached_property
    def _trusting(self) -> SocksDownloadHandler:
        return SocksDownloadHandler(self.crawler, is_trusting=True)


def _named(error: Exception, *, is_for_onion: bool) -> Exception | None:
    """Return the exception for a failure of Tor; None if it is not special to Tor."""
    causes = (error, *_causes(error))
    if _is_disconnected(error):
        return CircuitCut(_CUT_OFF)
    if any(_REFUSAL.search(str(cause)) for cause in causes):
        return OnionUnreachable(str(error)) if is_for_onion else None
    for kind, cause, name, sentence in _NAMES:
        if isinstance(error, kind) and any(isinstance(c, cause) for c in causes):
            if name is None or (name is OnionTimeout and not is_for_onion):
                return None
            return name(sentence)
    return None


def _is_disconnected(error: Exception) -> bool:
    """Return whether the response never started; else it is not HTTP."""
    is_protocol_error = isinstance(error.__cause__, httpx2.RemoteProtocolError)
    return is_protocol_error and "disconnected" in str(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause = error.__cause__ or error.__context__
    if cause is not None:
        yield cause
        yield from _causes(cause)
