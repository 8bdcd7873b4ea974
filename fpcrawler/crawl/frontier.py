"""Turn the links of the list, pages and style sheets into errands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.http import HtmlResponse, Response
from w3lib.url import file_uri_to_path

from fpcrawler.core.links.references import IMAGE_SUFFIXES, suffix
from fpcrawler.core.links.scope import LeftOut, Scope, is_same_site
from fpcrawler.core.metadata.pictures import without_picture
from fpcrawler.crawl.charsets import html_of
from fpcrawler.crawl.documents import Documents
from fpcrawler.crawl.errand import Errand, errand_of
from fpcrawler.crawl.followed import FollowedPages
from fpcrawler.crawl.list_limits import ListLimits
from fpcrawler.crawl.refusals import Refusals
from fpcrawler.crawl.requests import request_of
from fpcrawler.crawl.reservations import Reservations
from fpcrawler.crawl.trail import Trail, trail_of
from fpcrawler.signals import image_found, image_refused
from fpcrawler.tor.route import route_to

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from fpcrawler.core.links.found import Cut, PageLinks
    from fpcrawler.core.links.sitemaps import Listing
    from fpcrawler.core.progress.done import Done
    from fpcrawler.input.sources import ListEntry

RESERVED = "Reserved"


class Frontier:
    """Makes the errands for new links, and counts the links that are skipped."""

    def __init__(self, crawler: Crawler, scope: Scope, done: Done) -> None:
        self.crawler = crawler
        self._scope = scope
        self._done = done
        self._follows_styles = crawler.settings.getbool("FOLLOW_STYLESHEETS")
        self._documents = Documents(crawler)
        self.refusals = Refusals(crawler)
        self.reservations = Reservations.from_settings(crawler.settings)
        self._lists = ListLimits(self._count)
        self._pages = FollowedPages(scope, self.refusals, self._count)
        crawler.signals.connect(self._dropped, signals.request_dropped)

    def listed(self, entry: ListEntry) -> Iterator[Errand]:
        """Request a listed URL as an image or a page, by its suffix.

        A local file is always requested as an image: its first bytes decide.
        """
        url, is_file = entry.url, entry.url.startswith("file:")
        is_image = is_file or suffix(url) in IMAGE_SUFFIXES
        errand = Errand(
            kind="image" if is_image else "page",
            url=url,
            route=route_to(url),
            is_listed=not entry.is_in_folder,
            at_listed_origin=entry.lists_origin and not is_file,
            folder=file_uri_to_path(url) if is_file else None,
        )
        if not is_image:
            self._pages.note_listed(errand)
        return self._unless_done(errand)

    async def of_page(self, response: Response) -> Iterator[Errand]:
        """Read a page now; return an iterator over its links."""
        response = html_of(response)
        own, foreign = await self._documents.page(response)
        return self._of_links(own, response, foreign)

    async def of_style(self, response: Response) -> Iterator[Errand]:
        """Read a style sheet; its images count as found on the page that links it."""
        return self._of_links(await self._documents.style(response), response)

    async def of_listing(self, response: Response) -> Iterator[Errand]:
        """Read a sitemap or feed as a list: its pages stand where it stands."""
        listing = await self._documents.listing(response)
        self._count_cut(listing.cut)
        errand = self._errand_of(response)
        trail = Trail(None, errand.first_party, None, errand.listed_origin)
        level = self._pages.level_of(errand)
        pages = [
            page
            for urls, by in self._lists.led_to(listing, errand)
            for page in self._pages.to_ask(urls, level, trail, listed_by=by)
        ]
        return self._of_entries(listing, pages, replace(trail, page_url=response.url))

    def as_image(self, errand: Errand) -> Iterator[Errand]:
        """Request a page again as an image, because it turned out to be one.

        If it was HTML when it was requested with a Range, it is requested without.
        """
        self._count("pages/found", -1)
        was_html = errand.is_html
        return self._unless_done(
            errand.retry_as("image", is_html=was_html, is_whole=was_html)
        )

    def as_page(self, errand: Errand) -> Iterator[Errand]:
        """Request a listed image again as a page, because it turned out to be one."""
        self._count("images/found", -1)
        self._count("others/bytes_downloaded", errand.spending.received.total())
        return self._unless_done(errand.retry_as("page", is_html=True))

    def depth_below(self, page: Errand) -> int:
        """Return how many links deep the links of a page are followed."""
        return self._scope.depth - self._pages.level_of(page)

    def _errand_of(self, response: Response) -> Errand:
        errand = errand_of(request_of(response))
        self.refusals.note_answer(errand, response.ip_address)
        return errand

    def _of_entries(
        self, listing: Listing, pages: Iterable[Errand], trail: Trail
    ) -> Iterator[Errand]:
        yield from self._still_wanted(pages)
        for image in listing.images:
            shown_on = replace(trail, page_url=image.page_url or trail.page_url)
            yield from self._image(shown_on, image.url, image.found_in, image.alt)

    def _of_links(
        self, links: PageLinks, response: Response, foreign: PageLinks | None = None
    ) -> Iterator[Errand]:
        """Read the links of a page or style sheet.

        ``foreign``: what its frames of other origins name.
        """
        errand = self._errand_of(response)
        is_style = errand.kind == "style"
        trail = trail_of(errand, errand.page_url if is_style else response.url)
        if isinstance(response, HtmlResponse):
            said = self.reservations.of_page(response, links.metas)
            trail = replace(trail, reservations=tuple(said))
        level = self._pages.level_of(errand) + 1
        self._pages.note_read(errand)
        found = self._asked(links, response.url, level, trail)
        if foreign is None:
            return found
        trail = replace(trail, origin=None)
        return chain(found, self._asked(foreign, response.url, level, trail))

    def _asked(
        self, links: PageLinks, url: str, level: int, trail: Trail
    ) -> Iterator[Errand]:
        """Note now which pages to ask for; yield the errands of all links later."""
        followed = (page for page in links.pages if is_same_site(page, url))
        is_reserved = self.reservations.forbid(trail.reservations)
        is_followed = level <= self._scope.depth and not is_reserved
        pages = self._pages.to_ask(followed if is_followed else (), level, trail)
        return self._of_found(links, pages, trail)

    def _of_found(
        self, links: PageLinks, pages: Iterable[Errand], trail: Trail
    ) -> Iterator[Errand]:
        self._count_cut(links.cut)
        for scheme, number in links.skipped.items():
            self._count(f"links/skipped/{scheme}", number)
        taken = links.images[: self._scope.max_images_per_page or None]
        if left_out := len(links.images) - len(taken):
            self._count(f"images/left_out/{LeftOut.MAX_IMAGES_PER_PAGE}", left_out)
        for image in taken:
            yield from self._image(trail, image.url, image.found_in, image.alt)
        is_reserved = self.reservations.forbid(trail.reservations)
        for url in (
            links.stylesheets if self._follows_styles and not is_reserved else ()
        ):
            if self._may_name(trail, url):
                self._count("styles/found")
                yield trail.to("style", url)
        yield from self._still_wanted(pages)

    def _count_cut(self, cut: Iterable[Cut]) -> None:
        """Count a document that was not read as a whole."""
        for name in cut:
            self._count(f"documents/cut/{name}")

    def _image(
        self, trail: Trail, url: str, found_in: str, alt: str | None
    ) -> Iterator[Errand]:
        if self._may_name(trail, url):
            found = {"found_in": found_in, "alt": alt and without_picture(alt)}
            pair = {"page_url": trail.page_url, "url": url, **found}
            self.crawler.signals.send_catch_log(image_found, **pair)
            yield from self.wanted(trail.to("image", url, **found))

    def wanted(self, image: Errand) -> Iterator[Errand]:
        """Yield the errand of an image, unless it is reserved or done."""
        if self.reservations.forbid(image.reservations):
            self._refuse(image)
        else:
            yield from self._unless_done(image)

    def _refuse(self, image: Errand) -> None:
        """Count an image that its page reserves, as failed: it is not requested."""
        self._count("images/found")
        self._count(f"images/failed/{RESERVED}")
        send = self.crawler.signals.send_catch_log
        send(image_refused, errand=image, reason=RESERVED)

    def _still_wanted(self, pages: Iterable[Errand]) -> Iterator[Errand]:
        for page in pages:
            if self._pages.still_wants(page):
                yield from self._unless_done(page)

    def _may_name(self, trail: Trail, url: str) -> bool:
        scheme = trail.refused_scheme(url)
        if scheme is not None:
            self._count(f"links/skipped/{scheme}")
        return scheme is None

    def _unless_done(self, errand: Errand) -> Iterator[Errand]:
        """Yield the errand, unless an earlier crawl has done its image or page."""
        is_page = errand.kind == "page"
        self._count(f"{errand.kind}s/found")
        if not self._is_done(errand):
            self._pages.requested += is_page and not errand.is_again
            yield errand
            return
        self._count(f"{errand.kind}s/done_before")
        if is_page:
            self._pages.note_read(errand)

    def _dropped(self, request: Request) -> None:
        """Uncount a page that the scheduler dropped as a duplicate."""
        if errand_of(request).kind == "page":
            self._pages.requested -= 1

    def _count(self, name: str, by: int = 1) -> None:
        self.crawler.stats.inc_value(name, by)

    def _is_done(self, errand: Errand) -> bool:
        return self._done.has(
            errand.url,
            by_tor=errand.route.is_tor,
            is_image=errand.kind == "image",
            is_guess=errand.is_listed,
            depth=self._scope.depth - errand.level,
        )
