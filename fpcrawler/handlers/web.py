"""Choose the handler of a web request: direct, Tor, or another SOCKS proxy."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.base import BaseDownloadHandler

from fpcrawler.crawl.errand import errand_of
from fpcrawler.handlers.http import DirectDownloadHandler
from fpcrawler.handlers.sockets import Sockets, raise_descriptor_limit, socket_limit
from fpcrawler.tor.handler import TorDownloadHandler
from fpcrawler.tor.socks import SocksDownloadHandler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class WebDownloadHandler(BaseDownloadHandler):
    """Passes each request to the handler of its route; its errand knows that.

    What may reach private addresses has connections of its own. Through an HTTP proxy,
    the proxy is the address that is connected to; the user has chosen it.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._tor = TorDownloadHandler(crawler)
        self._socket_limit = socket_limit(raise_descriptor_limit())

    async def download_request(self, request: Request) -> Response:
        errand = errand_of(request)
        if errand.route.is_tor:
            return await self._tor.download_request(request)
        proxy = request.meta.get("proxy") or ""
        if proxy.startswith("socks"):
            return await self._socks.download_request(request)
        if proxy or errand.may_reach_private:
            return await self._unjudged.download_request(request)
        return await self._judged.download_request(request)

    async def close(self) -> None:
        await self._tor.close()
        for name in {"_judged", "_unjudged", "_socks"} & self.__dict__.keys():
            await getattr(self, name).close()

    @cached_property
    def _sockets(self) -> Sockets:
        from twisted.internet import reactor  # noqa: PLC0415 - Scrapy installs it

        return Sockets(reactor, self._socket_limit)

    @cached_property
    def _judged(self) -> DirectDownloadHandler:
        return DirectDownloadHandler(self.crawler, self._sockets, judges=True)

    @cached_property
    def _unjudged(self) -> DirectDownloadHandler:
        return DirectDownloadHandler(self.crawler, self._sockets, judges=False)

    @cached_property
    def _socks(self) -> SocksDownloadHandler:
        return SocksDownloadHandler(self.crawler)
