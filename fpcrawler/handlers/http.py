"""Download over HTTP/1.1, directly or through an HTTP proxy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from OpenSSL.SSL import Error as TlsError
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadFailedError
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.error import ConnectError
from twisted.web.client import ResponseFailed

from fpcrawler.crawl.borrowed import (
    BindAddressAgent,
    ScrapyAgent,
    normalize_bind_address,
    wrap_twisted_exceptions,
)
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.failures import HostUnreachable, Http2Only
from fpcrawler.handlers.connecting import EndpointFactory
from fpcrawler.handlers.pool import ConnectionPool

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.web.client import Agent

    from fpcrawler.handlers.sockets import Sockets

_READ_AS_FAR = frozenset({"page", "style"})
"""Kinds of requests whose body may end too early, as for browsers."""


class DirectDownloadHandler(HTTP11DownloadHandler):
    """Downloads over connections of its own.

    ``judges``: it connects to public addresses only; requests that may reach private
    ones need another handler, so that no request gets the connection of another kind.
    """

    def __init__(self, crawler: Crawler, sockets: Sockets, *, judges: bool) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor  # noqa: PLC0415 - Scrapy installs it

        settings = crawler.settings
        self._sockets = sockets
        self._pool = ConnectionPool(
            reactor, sockets, max_per_host=self._pool.maxPersistentPerHost
        )
        self._last_try = (
            settings.getint("RETRY_TIMES") if settings.getbool("RETRY_ENABLED") else 0
        )

        @cache
        def agent(timeout: float, bind_address: tuple[str, int] | None) -> Agent:
            endpoints = EndpointFactory(
                reactor=reactor,
                sockets=sockets,
                policy=self._contextFactory,
                judges=judges,
                timeout=timeout,
                bind_address=bind_address,
            )
            made = BindAddressAgent.usingEndpointFactory(reactor, endpoints, self._pool)  # type: ignore[no-untyped-call]
            return cast("Agent", made)

        self._agent = agent

    async def download_request(self, request: Request) -> Response:
        """Download; raises Scrapy's exceptions, and those of crawl/failures.py."""
        async with self._sockets.admission:
            download = _Download(
                self._agent,
                contextFactory=self._contextFactory,
                bindAddress=self._bind_address,
                pool=self._pool,
                maxsize=self._default_maxsize,
                warnsize=self._default_warnsize,
                fail_on_dataloss=not self._may_be_short(request),
                crawler=self._crawler,
                tls_verbose_logging=self._tls_verbose_logging,
            )
            try:
                with wrap_twisted_exceptions():
                    response = download.download_request(request)
                    return await maybe_deferred_to_future(response)
            except ConnectError as error:
                raise HostUnreachable(error.osError) from error
            except DownloadFailedError as error:
                if _is_http2_only(error):
                    raise Http2Only from error
                raise

    def _may_be_short(self, request: Request) -> bool:
        """Return whether to read a body that ends too early as far as it came.

        The last retry does, so a connection that broke by chance loses no links.
        """
        is_last = request.meta.get("retry_times", 0) >= self._last_try
        return is_last and errand_of(request).kind in _READ_AS_FAR


class _Download(ScrapyAgent):
    """One download; ``agent`` returns the agent that it shares with others."""

    def __init__(self, agent: Callable[..., Agent], **options: Any) -> None:
        super().__init__(**options)
        self._agent = agent

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        if request.meta.get("proxy"):
            return super()._get_agent(request, timeout)
        bind_address = request.meta.get("bindaddress") or self._bindAddress
        return self._agent(timeout, normalize_bind_address(bind_address))


def _is_http2_only(error: DownloadFailedError) -> bool:
    if not isinstance(error.__cause__, ResponseFailed):
        return False
    reason = error.__cause__.reasons[0].value
    # RFC 7301 section 3.2: the server supports none of the client's protocols.
    is_alert = isinstance(reason, TlsError) and "no application protocol" in str(reason)
    return is_alert or isinstance(reason, Http2Only)
