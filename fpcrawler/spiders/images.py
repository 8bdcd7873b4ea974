"""The one spider: from the list to image requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sized
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from parsel import Selector
from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse, Response, TextResponse
from w3lib.url import file_uri_to_path

from fpcrawler.answers import answer_of, header, sample_of
from fpcrawler.core.decoding import DecodingError
from fpcrawler.core.formats import image_format, is_html
from fpcrawler.core.links import PageLinks, css_links, page_links
from fpcrawler.core.references import IMAGE_SUFFIXES, suffix
from fpcrawler.core.scope import Scope, is_same_site
from fpcrawler.core.sitemaps import is_listing, listing_of
from fpcrawler.core.urllist import WEB_SCHEMES
from fpcrawler.failures import failure_name, failure_sentence
from fpcrawler.requests import (
    image_request,
    kind_of,
    page_request,
    requested_url,
    style_request,
    whole_image_request,
)
from fpcrawler.signals import image_found
from fpcrawler.sources import Listed, Rejected, Sources, UnreadableSource

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from fpcrawler.items import Sample

_BATCH = 500
_PAUSE = 0.05
"""Seconds between two looks at whether the scheduler has room again."""


class ImagesSpider(Spider):
    """Yields a ranged request for every image that the list or its pages name."""

    name = "images"
    min_image_size: int
    urls_ahead: int
    follows_styles: bool

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
        self.scope = Scope.parse(kwargs)
        self._pages = 0
        self._levels: dict[int, int] = {}
        """The least number of links from the list to a page, by the URL's hash."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> ImagesSpider:
        if not kwargs.keys() & {"urls", "urls_file", "folder"}:
            kwargs["urls_file"] = crawler.settings["URLS_FILE"]
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.min_image_size = crawler.settings.getint("MIN_IMAGE_SIZE")
        spider.urls_ahead = crawler.settings.getint("URLS_AHEAD")
        spider.follows_styles = crawler.settings.getbool("FOLLOW_STYLESHEETS")
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

    async def parse_page(self, response: Response) -> AsyncIterator[Request]:
        """Yield what a page names, or a request for itself if it is an image."""
        request = _request_of(response)
        if _is_image(response):
            self._count("pages/found", -1)
            yield self._image_request(requested_url(request), **_inherited(request))
            return
        if is_listing(response.body):
            found = self._requests_of_listing(response)
        elif isinstance(response, HtmlResponse) or is_html(response.body):
            found = self._requests_of_page(response)
        else:
            self._fail(request, "NotAPage", "it is neither a page nor an image")
            return
        self._count("pages/crawled")
        for number, linked in enumerate(found):
            # A page that waits is kept, too: only one that names very much has to.
            if number >= self.urls_ahead:
                await self._wait_for_room()
            yield linked

    def parse_style(self, response: Response) -> Iterator[Request]:
        """Yield what a style sheet names, as found on the page that links to it."""
        self._count("styles/read")
        links = css_links(_text_of(response), response.url)
        yield from self._requests_of(links, response)

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
        is_page = is_html(sample.head) or is_listing(sample.head)
        if "is_listed" in request.meta and is_page:
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
        if kind_of(request) == "page":
            self._pages -= 1

    def _listed_request(self, entry: Listed) -> Request:
        """Guess by the name; what a file on this disk is, its first bytes tell."""
        if entry.url.startswith("file:"):
            root = file_uri_to_path(entry.url)
            listed = {} if entry.is_in_folder else {"is_listed": True}
            return self._image_request(entry.url, file_root=root, **listed)
        if suffix(entry.url) in IMAGE_SUFFIXES:
            return self._image_request(entry.url, is_listed=True)
        return self._page_request(entry.url, is_listed=True)

    def _requests_of_page(self, response: Response) -> Iterator[Request]:
        if not isinstance(response, HtmlResponse):
            response = response.replace(cls=HtmlResponse)
        links = page_links(response.selector, response.url)
        yield from self._requests_of(links, response)

    def _requests_of_listing(self, response: Response) -> Iterator[Request]:
        """Treat a sitemap or feed as a list: its pages count as listed ones."""
        listing = listing_of(response.body, response.url)
        for url in (*listing.sitemaps, *listing.pages):
            yield from self._page(url, level=0)
        for image in listing.images:
            page_url = image.page_url or response.url
            yield from self._image(image.url, image.found_in, None, page_url)
        for text, url in listing.texts:
            for found in page_links(Selector(text), url).images:
                yield from self._image(found.url, "feed", found.alt, url)

    def _requests_of(self, links: PageLinks, response: Response) -> Iterator[Request]:
        request = _request_of(response)
        page_url = request.meta.get("style_of", response.url)
        root = _folder_of(request)
        for scheme, number in links.skipped.items():
            self._count(f"links/skipped/{scheme}", number)
        taken = links.images[: self.scope.max_images_per_page]
        if left_out := len(links.images) - len(taken):
            self._count("images/left_out/max_images_per_page", left_out)
        for image in taken:
            yield from self._image(image.url, image.found_in, image.alt, page_url, root)
        for url in links.stylesheets if self.follows_styles else ():
            yield from self._style(url, page_url, root)
        level = request.meta.get("level", 0) + 1
        for url in links.pages if level <= self.scope.depth else ():
            if is_same_site(url, response.url):
                yield from self._page(url, level, page_url, root)

    def _image(
        self,
        url: str,
        found_in: str,
        alt: str | None,
        page_url: str,
        root: str | None = None,
    ) -> Iterator[Request]:
        if not self._may_name(url, root):
            return
        self.crawler.signals.send_catch_log(
            image_found, page_url=page_url, url=url, found_in=found_in, alt=alt
        )
        meta = {"page_url": page_url, "found_in": found_in, "alt": alt}
        yield self._image_request(url, **meta, **_rooted(root))

    def _page(
        self, url: str, level: int, page_url: str | None = None, root: str | None = None
    ) -> Iterator[Request]:
        refusal = self.scope.refusal(url, pages=self._pages)
        if refusal is not None:
            self._count(f"pages/left_out/{refusal}")
        elif self._may_name(url, root):
            known = self._levels.get(hash(url))
            if known is not None and known <= level:
                self._count("pages/found")
                self._count("pages/duplicates")
                return
            self._levels[hash(url)] = level
            # A page that was first found further from the list leads further now.
            again = {} if known is None else {"is_again": True}
            meta = {"level": level, "page_url": page_url, "found_in": "a"}
            yield self._page_request(url, **meta, **again, **_rooted(root))

    def _style(self, url: str, page_url: str, root: str | None) -> Iterator[Request]:
        if self._may_name(url, root):
            self._count("styles/found")
            meta = {"style_of": page_url, **_rooted(root)}
            yield style_request(url, self.parse_style, self.request_failed, **meta)

    def _may_name(self, url: str, root: str | None) -> bool:
        """Let a page from the web name nothing local, a local one its own folder."""
        scheme = urlsplit(url).scheme
        if scheme in WEB_SCHEMES or (scheme == "file" and root is not None):
            return True
        self._count(f"links/skipped/{'file' if scheme == 'file' else 'other'}")
        return False

    def _image_request(self, url: str, **meta: Any) -> Request:
        self._count("images/found")
        return image_request(url, self.parse_image, self.request_failed, **meta)

    def _page_request(self, url: str, **meta: Any) -> Request:
        self._count("pages/found")
        self._pages += 1
        return page_request(url, self.parse_page, self.request_failed, **meta)

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
        """Leave the list or page unread while enough requests wait in memory.

        Where so much waits that nothing is downloaded any more, it does not.
        """
        engine = self.crawler.engine
        scheduler, slot = engine.scheduler, engine.scraper.slot
        while (  # noqa: ASYNC110 - no signal tells of room
            isinstance(scheduler, Sized)
            and len(scheduler) >= self.urls_ahead
            and not (slot and slot.needs_backout())
        ):
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
    names = (
        *("page_url", "found_in", "alt", "level"),
        *("is_listed", "file_root", "bytes_downloaded"),
    )
    return {name: request.meta[name] for name in names if name in request.meta}


def _rooted(root: str | None) -> dict[str, str]:
    return {} if root is None else {"file_root": root}


def _folder_of(request: Request) -> str | None:
    """Return the folder whose files a page may name: of the listed page, if local."""
    root: str | None = request.meta.get("file_root")
    if root is None or not request.url.startswith("file:"):
        return None
    return root if Path(root).is_dir() else str(Path(root).parent)


def _text_of(response: Response) -> str:
    if isinstance(response, TextResponse):
        return response.text
    return response.body.decode("utf-8-sig", "replace")
