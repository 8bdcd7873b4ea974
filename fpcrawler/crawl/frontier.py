"""Turn the links of the list, pages and style sheets into requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from parsel import Selector
from scrapy.http import HtmlResponse, Response, TextResponse
from w3lib.url import file_uri_to_path

from fpcrawler.core.links.page import PageLinks, css_links, page_links
from fpcrawler.core.links.references import IMAGE_SUFFIXES, suffix
from fpcrawler.core.links.scope import LeftOut, Scope, is_same_site
from fpcrawler.core.links.sitemaps import listing_of
from fpcrawler.core.progress.levels import Levels
from fpcrawler.core.web.url_list import WEB_SCHEMES
from fpcrawler.crawl.requests import (
    image_request,
    inherited,
    kind_of,
    page_request,
    request_of,
    requested_url,
    style_request,
)
from fpcrawler.crawl.routes import Route, folder_of, page_key, party_of
from fpcrawler.signals import image_found
from fpcrawler.tor.route import is_led_by_onion

if TYPE_CHECKING:
    from scrapy import Request

    from fpcrawler.core.links.sitemaps import Listing
    from fpcrawler.core.progress.done import Done
    from fpcrawler.input.sources import ListEntry
    from fpcrawler.spiders.images import ImagesSpider


class Frontier:
    """Makes the requests for new links, and counts the links that are skipped."""

    def __init__(
        self, spider: ImagesSpider, scope: Scope, done: Done, *, follows_styles: bool
    ) -> None:
        self.spider = spider
        self.done = done
        self._scope = scope
        self._follows_styles = follows_styles
        self._pages = 0
        self._levels = Levels()

    def listed(self, entry: ListEntry) -> Iterator[Request]:
        """Request a listed URL as an image or a page, by its suffix.

        A local file is always requested as an image: its first bytes decide.
        """
        listed: dict[str, Any] = {} if entry.is_in_folder else {"is_listed": True}
        if entry.url.startswith("file:"):
            listed |= {"file_root": file_uri_to_path(entry.url)}
        if "file_root" in listed or suffix(entry.url) in IMAGE_SUFFIXES:
            yield from self._image_request(entry.url, **listed)
            return
        if self._scope.depth:
            self._levels.note(page_key(entry.url, {}), 0)
        yield from self._page_request(entry.url, **listed)

    def of_page(self, response: Response) -> Iterator[Request]:
        """Read a page now; return an iterator of requests for its links."""
        if not isinstance(response, HtmlResponse):
            response = response.replace(cls=HtmlResponse)
        return self._of_links(page_links(response.selector, response.url), response)

    def of_style(self, response: Response) -> Iterator[Request]:
        """Read a style sheet; its images count as found on the page that links it."""
        return self._of_links(css_links(_text_of(response), response.url), response)

    def of_listing(self, response: Response) -> Iterator[Request]:
        """Read a sitemap or feed as a list: its pages count as listed ones."""
        listing = listing_of(response.body, response.url)
        route = party_of(request_of(response))
        pages = self._pages_to_ask((*listing.sitemaps, *listing.pages), 0, route)
        return self._of_entries(listing, pages, {**route, "page_url": response.url})

    def _of_entries(
        self, listing: Listing, pages: dict[str, bool], route: Route
    ) -> Iterator[Request]:
        yield from self._page_requests(pages, 0, {**route, "page_url": None})
        for image in listing.images:
            shown_on = {**route, "page_url": image.page_url or route["page_url"]}
            yield from self._image(image.url, image.found_in, None, shown_on)
        for text, url in listing.texts:
            for found in page_links(Selector(text), url).images:
                entry = {**route, "page_url": url}
                yield from self._image(found.url, "feed", found.alt, entry)

    def as_image(self, request: Request) -> Iterator[Request]:
        """Request a page again as an image, because it turned out to be one."""
        self.spider.count("pages/found", -1)
        yield from self._image_request(requested_url(request), **inherited(request))

    def as_page(self, request: Request) -> Iterator[Request]:
        """Request a listed image again as a page, because it turned out to be one."""
        self.spider.count("images/found", -1)
        meta = inherited(request)
        yield from self._page_request(requested_url(request), is_html=True, **meta)

    def is_done(self, request: Request) -> bool:
        """Return whether an earlier crawl has done an image, page or redirect."""
        return self.done.has(
            request.url,
            by_tor=is_led_by_onion(request),
            is_image=kind_of(request) == "image",
            is_guess="is_listed" in request.meta,
            depth=self._scope.depth - request.meta.get("level", 0),
        )

    def depth_below(self, request: Request) -> int:
        """Return how many links deep the links of a page are followed."""
        return self._scope.depth - self._level_of(request)

    def dropped(self, request: Request) -> None:
        """Uncount a page that the scheduler dropped as a duplicate."""
        if kind_of(request) == "page":
            self._pages -= 1

    def _of_links(self, links: PageLinks, response: Response) -> Iterator[Request]:
        request = request_of(response)
        page_url = request.meta.get("style_of", response.url)
        route = party_of(request) | folder_of(request) | {"page_url": page_url}
        level = self._level_of(request) + 1
        followed: Iterable[str] = ()
        if self._scope.depth:
            self._levels.note_read(page_key(requested_url(request), request.meta))
        if level <= self._scope.depth:
            followed = (u for u in links.pages if is_same_site(u, response.url))
        pages = self._pages_to_ask(followed, level, route)
        return self._of_found(links, pages, level, route)

    def _of_found(
        self, links: PageLinks, pages: dict[str, bool], level: int, route: Route
    ) -> Iterator[Request]:
        for scheme, number in links.skipped.items():
            self.spider.count(f"links/skipped/{scheme}", number)
        taken = links.images[: self._scope.max_images_per_page]
        if left_out := len(links.images) - len(taken):
            reason = LeftOut.MAX_IMAGES_PER_PAGE
            self.spider.count(f"images/left_out/{reason}", left_out)
        for image in taken:
            yield from self._image(image.url, image.found_in, image.alt, route)
        for url in links.stylesheets if self._follows_styles else ():
            yield from self._style(url, route)
        yield from self._page_requests(pages, level, route)

    def _image(
        self, url: str, found_in: str, alt: str | None, route: Route
    ) -> Iterator[Request]:
        if not self._may_name(url, route):
            return
        pair = {"page_url": route["page_url"], "found_in": found_in, "alt": alt}
        self.spider.crawler.signals.send_catch_log(image_found, url=url, **pair)
        yield from self._image_request(url, **route | pair)

    def _pages_to_ask(
        self, urls: Iterable[str], level: int, route: Route
    ) -> dict[str, bool]:
        """Note the level of each page; return the pages that need a request.

        The value of each is whether it was requested before. All links of a page
        are noted before any is requested. Otherwise, with a fast server, the first
        link can lead to the last one before its turn. The last one would then be
        found at a higher level first, and fetched twice.
        """
        pages = {}
        for url in urls:
            key = page_key(url, route)
            if not self._levels.needs_request(key, level):
                self._levels.note(key, level)
                self.spider.count("pages/found")
                self.spider.count("pages/duplicates")
            elif refusal := self._scope.refusal(url, pages=self._pages):
                self.spider.count(f"pages/left_out/{refusal}")
            elif self._may_name(url, route):
                pages[url] = self._levels.is_known(key)
                self._levels.note(key, level)
        return pages

    def _page_requests(
        self, pages: dict[str, bool], level: int, route: Route
    ) -> Iterator[Request]:
        for url, is_again in pages.items():
            # Other pages may have reached max_pages since this page was read.
            if refusal := self._scope.refusal(url, pages=self._pages):
                self._levels.forget(page_key(url, route))
                self.spider.count(f"pages/left_out/{refusal}")
                continue
            # A page found at a lower level is read again: its links lead further now.
            again = {"is_again": True} if is_again else {}
            meta = {"level": level, "found_in": "a", **again, **route}
            yield from self._page_request(url, **meta)

    def _level_of(self, request: Request) -> int:
        """Return the lowest level at which a page was found until now."""
        found: int = request.meta.get("level", 0)
        if not self._scope.depth:
            return found
        return self._levels.least(page_key(requested_url(request), request.meta), found)

    def _style(self, url: str, route: Route) -> Iterator[Request]:
        if self._may_name(url, route):
            self.spider.count("styles/found")
            read, failed = self.spider.parse_style, self.spider.request_failed
            yield style_request(url, read, failed, style_of=route["page_url"], **route)

    def _may_name(self, url: str, route: Route) -> bool:
        """Return whether a page may link to a URL: a web page only to web URLs."""
        scheme = urlsplit(url).scheme
        if scheme in WEB_SCHEMES or (scheme == "file" and "file_root" in route):
            return True
        self.spider.count(f"links/skipped/{scheme}")
        return False

    def _image_request(self, url: str, **meta: Any) -> Iterator[Request]:
        read, failed = self.spider.parse_image, self.spider.request_failed
        return self._unless_done(image_request(url, read, failed, **meta))

    def _page_request(self, url: str, **meta: Any) -> Iterator[Request]:
        read, failed = self.spider.parse_page, self.spider.request_failed
        return self._unless_done(page_request(url, read, failed, **meta))

    def _unless_done(self, request: Request) -> Iterator[Request]:
        """Yield the request, unless an earlier crawl has done its image or page."""
        kind, is_page = kind_of(request), kind_of(request) == "page"
        self.spider.count(f"{kind}s/found")
        if not self.is_done(request):
            self._pages += is_page and "is_again" not in request.meta
            yield request
            return
        self.spider.count(f"{kind}s/done_before")
        self.spider.pass_over(request)
        # Treat it as read: if it is found at a lower level, it is requested again.
        if is_page and self._scope.depth:
            self._levels.note_read(page_key(request.url, request.meta))


def _text_of(response: Response) -> str:
    if isinstance(response, TextResponse):
        return response.text
    return response.body.decode("utf-8-sig", "replace")
