"""Read pages, style sheets and lists so that none of them can stop the crawl."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from time import thread_time
from typing import TYPE_CHECKING, TypeVar, cast
from weakref import WeakValueDictionary

from scrapy import signals

from fpcrawler.core.links.page import css_links, html_links
from fpcrawler.core.links.rendered import document_links
from fpcrawler.core.links.sitemaps import listing_of
from fpcrawler.crawl.charsets import charset_of, forget_text, text_of
from fpcrawler.crawl.readers import Readers
from fpcrawler.crawl.rendered import RenderedResponse
from fpcrawler.crawl.requests import request_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import HtmlResponse, Response

    from fpcrawler.core.links.found import PageLinks
    from fpcrawler.core.links.listing import Listing
    from fpcrawler.core.links.rendered import Document
    from fpcrawler.crawl.downloader import PoliteDownloader

SMALL = 64 * 1024
"""Bytes of a document that is read at once, unless its host has sent slow ones."""

_SLOW = 0.1
"""Seconds of CPU time; the usual page of this size takes a tenth."""

_MAX_SLOW_HOSTS = 10_000
_MB = 1024 * 1024

_Result = TypeVar("_Result")
_Response = TypeVar("_Response", bound="Response")


class Documents:
    """Reads large documents in child processes, one of each host at a time.

    libxml2 needs quadratic time for some documents: 1 MB can take a minute. A thread
    could neither be ended nor leave the event loop its time.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._readers = Readers(
            crawler.settings.getint("DOCUMENT_CPU_SECONDS"),
            crawler.settings.getint("DOCUMENT_MEMORY") * _MB,
        )
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._slow: OrderedDict[str, None] = OrderedDict()
        crawler.signals.connect(self._readers.close, signals.spider_closed)

    async def page(self, response: HtmlResponse) -> tuple[PageLinks, PageLinks | None]:
        """Return the links of a page, and those that frames of other origins name.

        All three methods raise DocumentTooSlow, DocumentTooLarge, or Stopped if the
        crawl must end.
        """
        url, charset = response.url, charset_of(response)
        links = await self._read(
            response, html_links, lambda page: (page.text, url, charset)
        )
        if not isinstance(response, RenderedResponse):
            return links, None
        shown = [
            await self._read(response, document_links, partial(_shown, document))
            for document in response.documents
        ]
        return response.with_documents(links, shown)

    async def style(self, response: Response) -> PageLinks:
        """Return the links of a style sheet."""
        return await self._read(
            response, css_links, lambda style: (text_of(style), style.url)
        )

    async def listing(self, response: Response) -> Listing:
        """Return what a sitemap or a feed lists."""
        return await self._read(
            response, listing_of, lambda listing: (listing.body, listing.url)
        )

    async def _read(
        self,
        response: _Response,
        read: Callable[..., _Result],
        arguments: Callable[[_Response], tuple[object, ...]],
    ) -> _Result:
        """Return what a function of a module makes of its arguments for a document."""
        host = response.url.split("/", 3)[2]
        if len(response.body) > SMALL or host in self._slow:
            return await self._read_in_child(response, host, read, arguments)
        started = thread_time()
        try:
            return read(*arguments(response))
        finally:
            if thread_time() - started > _SLOW:
                self._note_slow(host)

    async def _read_in_child(
        self,
        response: _Response,
        host: str,
        read: Callable[..., _Result],
        arguments: Callable[[_Response], tuple[object, ...]],
    ) -> _Result:
        downloader = cast("PoliteDownloader", self.crawler.engine.downloader)
        key = downloader.get_slot_key(request_of(response))
        turn = self._hosts.get(host) or asyncio.Semaphore(1)
        self._hosts[host] = turn
        # While it waits, only the bytes are kept; a copy is decoded for the child.
        forget_text(response)
        with downloader.room.held(key, len(response.body)), downloader.waits.endable():
            async with turn:
                return await self._readers.read(
                    host, read, lambda: arguments(response.replace())
                )

    def _note_slow(self, host: str) -> None:
        self._slow[host] = None
        if len(self._slow) > _MAX_SLOW_HOSTS:
            self._slow.popitem(last=False)


def _shown(document: Document, page: RenderedResponse) -> tuple[object, ...]:
    return document, page.charset_of(document)
