"""The last place that a request for Tor passes: through Tor, or not at all."""

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

from fpcrawler.core.web.onion import is_onion
from fpcrawler.tor import (
    CircuitCut,
    NotThroughTor,
    OnionTimeout,
    OnionUnreachable,
    TorUnavailable,
)
from fpcrawler.tor.proxies import checked_proxies
from fpcrawler.tor.route import host_of
from fpcrawler.tor.socks import SocksDownloadHandler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_CUT_OFF = "the connection through Tor ended before the answer did"
_ABSENT = "nothing listens at the proxy of TOR_PROXIES"
_NO_SOCKS = "the proxy of TOR_PROXIES does not speak SOCKS5"
_LATE = "no complete answer within TOR_DOWNLOAD_TIMEOUT"

# How httpcore tells a refusal, and socksio one by a code that RFC 1928 does not
# have: Tor's ExtendedErrors, as Tor Browser's port gives them.
_REFUSAL = re.compile("Proxy Server could not connect|not a valid SOCKS5ReplyCode")

# Scrapy's exception, one that caused it, the name of what happened, and how it
# is told; the first row that fits. For Scrapy a proxy that is not there, one
# that refuses and a certificate that is not trusted are all the same.
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

    It trusts no middleware, setting or plug-in to have chosen the proxy.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.tor_proxies = checked_proxies(crawler.settings.getlist("TOR_PROXIES"))

    async def download_request(self, request: Request) -> Response:
        self._check(request)
        is_for_onion = is_onion(host_of(request))
        # The address of an onion is its key: Tor has verified who it is.
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
        """Raise NotThroughTor unless a Tor process gets it, with credentials."""
        scheme, _, rest = (request.meta.get("proxy") or "").partition("://")
        credentials, _, address = rest.rpartition("@")
        is_tor = f"{scheme}://{address}" in self.tor_proxies
        if not is_tor or not (credentials or "Proxy-Authorization" in request.headers):
            raise NotThroughTor(
                "something took the Tor proxy or its credentials from the request"
            )

    @cached_property
    def _verifying(self) -> SocksDownloadHandler:
        return SocksDownloadHandler(self.crawler)

    @cached_property
    def _trusting(self) -> SocksDownloadHandler:
        return SocksDownloadHandler(self.crawler, is_trusting=True)


def _named(error: Exception, *, is_for_onion: bool) -> Exception | None:
    """Say what happened to Tor; None for what happens on the clear web as well."""
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
    """Tell an answer that never began from one that is not HTTP."""
    is_protocol_error = isinstance(error.__cause__, httpx2.RemoteProtocolError)
    return is_protocol_error and "disconnected" in str(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause = error.__cause__ or error.__context__
    if cause is not None:
        yield cause
        yield from _causes(cause)
