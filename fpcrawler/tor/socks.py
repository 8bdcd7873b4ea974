"""Scrapy's httpx handler with limits for time, clients and sockets."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.exceptions import DownloadTimeoutError

from fpcrawler.crawl.borrowed import HttpxDownloadHandler

if TYPE_CHECKING:
    import httpx2
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MAX_CLIENTS = 32
"""Proxy clients, one per site, that may keep idle connections open."""

_GRACE = 1.0
"""Seconds after its timeout until a download is cancelled.

Let it time out by itself first: httpcore's pool never removes a connection that
was cancelled while it was being opened.
"""

for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # they log credentials


class SocksDownloadHandler(HttpxDownloadHandler):
    """Downloads over HTTP/1.1 through a SOCKS5 proxy, which resolves host names."""

    # Scrapy is pinned, and the tests run this class against a real Tor network.
    experimental: ClassVar[bool] = False

    def __init__(self, crawler: Crawler, *, is_trusting: bool = False) -> None:
        super().__init__(crawler)
        verifies = crawler.settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
        if is_trusting or not verifies:
            self._ssl_context = _trusting_context()
        self._in_use: Counter[str | None] = Counter()

    async def download_request(self, request: Request) -> Response:
        """Download within ``meta["download_timeout"]`` seconds in total."""
        timeout = request.meta["download_timeout"]
        proxy = self._extract_proxy_url_with_creds(request)
        self._in_use[proxy] += 1
        try:
            async with asyncio.timeout(timeout + _GRACE):
                return await super().download_request(request)
        except TimeoutError as error:
            raise DownloadTimeoutError(
                f"Getting {request.url} took longer than {timeout} seconds."
            ) from error
        finally:
            self._in_use -= Counter([proxy])
            await self._close_idle_clients()

    def _make_client(self, proxy_url: str | None = None) -> httpx2.AsyncClient:
        client = super()._make_client(proxy_url)
        client.event_hooks = {"request": [_close_if_it_fails]}
        return client

    def _get_client(self, proxy_url: str | None) -> httpx2.AsyncClient:
        """Return the client of a proxy, and move it to the end: most recently used."""
        client = super()._get_client(proxy_url)
        if proxy_url is not None:
            self._proxy_clients[proxy_url] = self._proxy_clients.pop(proxy_url)
        return client

    async def _close_idle_clients(self) -> None:
        """Close the least recently used idle clients, so that MAX_CLIENTS stay."""
        idle = [proxy for proxy in self._proxy_clients if not self._in_use[proxy]]
        too_many = idle[: max(0, len(self._proxy_clients) - MAX_CLIENTS)]
        # Remove all before closing any: a download may start while one is closed.
        for client in [self._proxy_clients.pop(proxy) for proxy in too_many]:
            await client.aclose()


async def _close_if_it_fails(request: httpx2.Request) -> None:
    """Close the socket if the SOCKS or TLS handshake fails.

    httpcore does not close it, so it would stay open until Tor closes it.
    """
    streams = []

    async def trace(event: str, info: dict[str, Any]) -> None:
        match event.split("."):
            case ["socks", "connect_tcp", "complete"]:
                streams.append(info["return_value"])
            case ["socks", "setup_socks5_connection" | "start_tls", "failed"]:
                for stream in streams:
                    await stream.aclose()

    request.extensions["trace"] = trace


def _trusting_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
