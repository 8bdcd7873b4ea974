"""What a sitemap or a feed lists."""

from __future__ import annotations

from dataclasses import dataclass, field

from fpcrawler.core.links.found import MAX_LINKS, Cut, PageLinks, is_image
from fpcrawler.core.links.references import OTHER_SUFFIXES, PAGE_SUFFIXES, Base, suffix
from fpcrawler.core.web.url_list import WEB_SCHEMES


@dataclass(frozen=True, slots=True)
class ListedImage:
    """An image of a sitemap or feed: where it was found, and the page that shows it."""

    url: str
    found_in: str
    page_url: str | None
    alt: str | None = None


@dataclass(slots=True)
class Listing:
    """The contents of a sitemap or feed: pages, further lists, images."""

    pages: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    images: list[ListedImage] = field(default_factory=list)
    cut: set[Cut] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        """Whether nothing more is read; ``cut`` then says so."""
        if len(self.images) < MAX_LINKS and len(self.pages) < MAX_LINKS:
            return False
        self.cut.add("links")
        return True

    def add_image(self, url: str | None, found_in: str, page: str | None) -> None:
        """Add an image; None is the URL of what cannot be crawled."""
        if url and not self.is_full:
            self.images.append(ListedImage(url, found_in, page))

    def add_page(self, url: str | None) -> None:
        """Add a page; None is the URL of what cannot be crawled."""
        if url and not self.is_full:
            self.pages.append(url)

    def add_shown(self, links: PageLinks, page: str | None) -> None:
        """Add the images in the HTML of an entry."""
        if not self.is_full:
            shown = links.images
            self.images += [ListedImage(i.url, "feed", page, i.alt) for i in shown]
            self.cut |= links.cut


def absolute(base: str, reference: str | None) -> str | None:
    """Return the URL of a reference; None if it is not a web URL."""
    scheme, url = Base(base).absolute(reference or "")
    return url if scheme in WEB_SCHEMES and url else None


def may_be_image(reference: str, kind: str, medium: str = "") -> bool:
    """Return whether an attached file is an image, or may be one.

    ``kind``: its media type, ``medium``: as of Media RSS; "" if not stated. Many
    feeds state neither: then only a suffix of another kind speaks against an image.
    """
    kind, medium = kind.strip().lower(), medium.strip().lower()
    if medium:
        return medium == "image"
    end = suffix(reference.partition("#")[0])
    if not kind:
        return end not in OTHER_SUFFIXES and end not in PAGE_SUFFIXES
    return is_image(reference, kind, reference) or kind == "image"
