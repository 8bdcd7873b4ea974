"""Choose the handler of a web request: direct, Tor, or another SOCKS proxy."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.base import BaseDownloadHandler

from fpcrawler.crawl.errand import errand_of
from fpcrawler.handlers.http import BoundedHttpDownloadHandler
from fpcrawler.tor.handler import TorDownloadHandler
from fpcrawler.tor.socks import SocksDownloadHandler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class WebDownloadHandler(BaseDownloadHandler):
    """Passes each request to the handler of its route; its errand knows that."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._tor = TorDownloadHandler(crawler)

    async def download_request(self, request: Request) -> Response:
        if errand_of(request).route.is_tor:
            return await self._tor.download_request(request)
        if (request.meta.get("proxy") or "").startswith("socks"):
            return await self._socks.download_request(request)
        return await self._direct.download_request(request)

    async def close(self) -> None:
        await self._tor.close()
        for name in {"_direct", "_socks"} & self.__dict__.keys():
            await getattr(self, name).close()

    @cached_property
    def _direct(self) -> BoundedHttpDownloadHandler:
        return BoundedHttpDownloadHandler(self.crawler)

    @cached_property
    def _socks(self) -> SocksDownloadHandler:
        return SocksDownloadHandler(self.crawler)
