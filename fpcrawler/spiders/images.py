"""The one spider: from the list to image requests."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sized
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse, Response
from w3lib.url import file_uri_to_path

from fpcrawler.answers import answer_of, header, sample_of
from fpcrawler.core.decoding import DecodingError
from fpcrawler.core.formats import image_format, is_html
from fpcrawler.core.links import image_urls
from fpcrawler.core.urllist import WEB_SCHEMES
from fpcrawler.failures import failure_name, failure_sentence
from fpcrawler.requests import (
    image_request,
    kind_of,
    page_request,
    requested_url,
    whole_image_request,
)
from fpcrawler.sources import Listed, Rejected, Sources, UnreadableSource

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from fpcrawler.items import Sample

IMAGE_NAME = re.compile(
    r"\.(avif|bmp|cr[23]|cur|dng|gif|hei[cf]|hif|ico|jfif|jp2|jpe?g?|jxl|nef|orf|png|"
    r"psd|raf|rw2|svg|tiff?|webp)$",
    re.IGNORECASE,
)
"""A guess only: what a URL leads to, the response decides."""

_SKIPPED_SCHEMES = ("file", "data", "blob", "javascript")
"""A page could name a million schemes, and each count takes memory."""

_BATCH = 500
_PAUSE = 0.05
"""Seconds between two looks at whether the scheduler has room again."""


class ImagesSpider(Spider):
    """Yields a ranged request for every image that the list or its pages name."""

    name = "images"
    min_image_size: int
    urls_ahead: int

    def __init__(
        self,
        *,
        urls: str | None = None,
        urls_file: str | None = None,
        folder: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.sources = Sources(urls=urls, urls_file=urls_file, folder=folder)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> ImagesSpider:
        if not kwargs.keys() & {"urls", "urls_file", "folder"}:
            kwargs["urls_file"] = crawler.settings["URLS_FILE"]
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.min_image_size = crawler.settings.getint("MIN_IMAGE_SIZE")
        spider.urls_ahead = crawler.settings.getint("URLS_AHEAD")
        crawler.signals.connect(spider.request_dropped, signals.request_dropped)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Read the list a batch at a time, and no faster than it is crawled."""
        entries = self.sources.entries()
        while batch := await self._next_batch(entries):
            for entry in batch:
                await self._wait_for_room()
                if isinstance(entry, Rejected):
                    self._count("list/rejected")
                    self.logger.warning("%s: %s", entry.where, entry.reason)
                else:
                    yield self._listed_request(entry)

    def parse_page(self, response: Response) -> Iterator[Request]:
        """Yield a request for each image of the page, or for itself if it is one."""
        request = _request_of(response)
        if _is_image(response):
            self._count("pages/found", -1)
            yield self._image_request(requested_url(request), **_inherited(request))
        elif isinstance(response, HtmlResponse) or is_html(response.body):
            self._count("pages/crawled")
            yield from self._images_of(response)
        else:
            self._fail(request, "NotAPage", "it is neither a page nor an image")

    def parse_image(self, response: Response) -> Iterator[Request | Sample]:
        """Yield the sample; ask again where the range was not answered as asked."""
        request = _request_of(response)
        answer = answer_of(response.headers, response.status)
        received = len(response.body)
        asks_for_whole = answer.asks_for_whole(received, min_size=self.min_image_size)
        if asks_for_whole and "is_whole" not in request.meta:
            yield whole_image_request(request)
            return
        if not answer.has_sample(received):
            self._fail(request, "NoSample", "neither a range nor the file is served")
            return
        try:
            sample = sample_of(response, request, min_image_size=self.min_image_size)
        except DecodingError as error:
            self._fail(request, "DecodingError", str(error))
            return
        if "is_listed" in request.meta and is_html(sample.head):
            self._count("images/found", -1)
            yield self._page_request(sample.url, is_html=True, **_inherited(request))
        else:
            self._count("images/bytes_total", sample.image_size or 0)
            yield sample

    def request_failed(self, failure: Failure) -> None:
        """Count a request that failed, by its reason, and say so in one line."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self._fail(request, failure_name(failure), failure_sentence(failure))

    def request_dropped(self, request: Request) -> None:
        """Count a request that the scheduler has seen before."""
        if request.url in request.meta.get("redirect_urls", ()):
            self._fail(request, "TooManyRedirects", "it redirects to itself")
        elif kind := kind_of(request):
            self._count(f"{kind}s/duplicates")

    def _listed_request(self, entry: Listed) -> Request:
        """Guess by the name; what a file on this disk is, its first bytes tell."""
        parts = urlsplit(entry.url)
        if parts.scheme == "file":
            root = file_uri_to_path(entry.url)
            listed = {} if entry.is_in_folder else {"is_listed": True}
            return self._image_request(entry.url, file_root=root, **listed)
        if IMAGE_NAME.search(parts.path):
            return self._image_request(entry.url, is_listed=True)
        return self._page_request(entry.url, is_listed=True)

    def _images_of(self, response: Response) -> Iterator[Request]:
        if not isinstance(response, HtmlResponse):
            response = response.replace(cls=HtmlResponse)
        for url in image_urls(response.selector, response.url):
            scheme = urlsplit(url).scheme
            if scheme in WEB_SCHEMES:
                yield self._image_request(url, page_url=response.url)
            elif scheme == "file" and response.url.startswith("file:"):
                folder = str(Path(file_uri_to_path(response.url)).parent)
                yield self._image_request(url, page_url=response.url, file_root=folder)
            else:
                known = scheme if scheme in _SKIPPED_SCHEMES else "other"
                self._count(f"links/skipped/{known}")

    def _image_request(self, url: str, **kwargs: Any) -> Request:
        self._count("images/found")
        return image_request(url, self.parse_image, self.request_failed, **kwargs)

    def _page_request(self, url: str, **kwargs: Any) -> Request:
        self._count("pages/found")
        return page_request(url, self.parse_page, self.request_failed, **kwargs)

    def _fail(self, request: Request, name: str, sentence: str) -> None:
        self._count(f"{kind_of(request)}s/failed/{name}")
        # The user asked for a listed URL; of all others the summary tells.
        level = logging.WARNING if "is_listed" in request.meta else logging.INFO
        self.logger.log(level, "%s: %s (%s)", requested_url(request), sentence, name)

    def _count(self, name: str, by: int = 1) -> None:
        self.crawler.stats.inc_value(name, by)

    async def _next_batch(
        self, entries: Iterator[Listed | Rejected]
    ) -> list[Listed | Rejected]:
        """Read on in a thread: a list may come from a slow disk or the network."""
        try:
            return await asyncio.to_thread(lambda: list(islice(entries, _BATCH)))
        except UnreadableSource as error:
            self.logger.error("%s", error)  # noqa: TRY400 - one line, no traceback
            reason = "unreadable_list"
            raise CloseSpider(reason) from error

    async def _wait_for_room(self) -> None:
        """Leave the list unread while enough requests wait in memory."""
        scheduler = self.crawler.engine.scheduler
        while isinstance(scheduler, Sized) and len(scheduler) >= self.urls_ahead:  # noqa: ASYNC110 - no signal tells of room
            await asyncio.sleep(_PAUSE)


def _request_of(response: Response) -> Request:
    assert response.request is not None  # noqa: S101 - Scrapy sets it
    return response.request


def _is_image(response: Response) -> bool:
    """Tell by the first bytes; by the headers where these ended the download."""
    if response.body:
        return image_format(response.body) is not None
    return (header(response.headers, "Content-Type") or "").startswith("image/")


def _inherited(request: Request) -> dict[str, Any]:
    """Return what a request passes on to the one that corrects its kind."""
    names = ("page_url", "is_listed", "file_root", "bytes_downloaded")
    return {name: request.meta[name] for name in names if name in request.meta}
