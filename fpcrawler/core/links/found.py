"""Collect the links of a page or a style sheet, each URL once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sized
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from fpcrawler.core.links.css import css_references
from fpcrawler.core.links.references import IMAGE_SUFFIXES, OTHER_SUFFIXES, suffix
from fpcrawler.core.links.srcset import largest

if TYPE_CHECKING:
    from fpcrawler.core.links.references import Base

MAX_ALT = 500

MAX_LINKS = 100_000
"""Images of one document that are read, and as many pages."""

Cut = Literal["attributes", "links"]
"""What was left out of a document because there was too much of it."""


@dataclass(frozen=True, slots=True)
class ImageLink:
    """An image as a page names it."""

    url: str
    found_in: str
    alt: str | None


@dataclass(slots=True)
class PageLinks:
    """The links of a page or a style sheet: absolute, without fragment, each once."""

    images: list[ImageLink] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    stylesheets: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    """Scheme → number of image references that cannot be crawled."""
    cut: set[Cut] = field(default_factory=set)
    metas: list[tuple[str, str]] = field(default_factory=list)
    """The names, in lower case, and the contents of its ``<meta>`` elements."""

    def without(self, others: PageLinks) -> PageLinks:
        """Return the links that ``others`` does not have."""
        images = {image.url for image in others.images}
        pages, stylesheets = set(others.pages), set(others.stylesheets)
        return PageLinks(
            [image for image in self.images if image.url not in images],
            [url for url in self.pages if url not in pages],
            [url for url in self.stylesheets if url not in stylesheets],
            self.skipped - others.skipped,
            self.cut,
        )


def merged(found: Iterable[PageLinks]) -> PageLinks:
    """Return the links of several documents, each once; the first name counts."""
    images: dict[str, ImageLink] = {}
    pages: dict[str, None] = {}
    stylesheets: dict[str, None] = {}
    skipped: Counter[str] = Counter()
    cut: set[Cut] = set()
    metas: list[tuple[str, str]] = []
    for links in found:
        cut |= links.cut
        metas += links.metas
        for image in links.images:
            images.setdefault(image.url, image)
        pages |= dict.fromkeys(links.pages)
        stylesheets |= dict.fromkeys(links.stylesheets)
        skipped |= links.skipped  # the same reference is in source and document
    lists = [*images.values()], [*pages], [*stylesheets]
    return PageLinks(*lists, skipped, cut, metas)


class Found:
    """Collects links; the first element that names an image sets its ``found_in``."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self.within: str | None = None
        """Overrides ``found_in`` inside an embedded page (``srcdoc``)."""
        self.images: dict[str, ImageLink] = {}
        self.pages: dict[str, None] = {}
        self.stylesheets: dict[str, None] = {}
        self.skipped: Counter[str] = Counter()
        self.cut: set[Cut] = set()

    def links(self) -> PageLinks:
        """Return the links collected so far."""
        return PageLinks(
            list(self.images.values()),
            list(self.pages),
            list(self.stylesheets),
            self.skipped,
            self.cut,
        )

    def _has_room(self, links: Sized) -> bool:
        if len(links) < MAX_LINKS:
            return True
        self.cut.add("links")
        return False

    def image(
        self, reference: str | None, found_in: str, alt: str | None = None
    ) -> None:
        """Add an image; count its scheme instead if it cannot be crawled."""
        if not reference:
            return
        scheme, url = self.base.absolute(reference)
        if not url:
            self.skipped.update((scheme,) if scheme else ())
        elif url not in self.images and self._has_room(self.images):
            found_in = self.within or found_in
            self.images[url] = ImageLink(url, found_in, _folded(alt))

    def largest_of(
        self, srcset: str | None, found_in: str, alt: str | None = None
    ) -> None:
        """Add the largest candidate of a srcset."""
        if srcset:
            self.image(largest(srcset), found_in, alt)

    def embedded(self, reference: str | None, kind: str | None, found_in: str) -> None:
        """Add an embedded file if its type or its suffix says that it is an image."""
        if reference and is_image(reference, kind, self.base.absolute(reference)[1]):
            self.image(reference, found_in)

    def page(
        self, reference: str | None, kind: str | None = None, alt: str | None = None
    ) -> None:
        """Add a link to a page; a link to an image file is added as an image."""
        if not reference:
            return
        url = self.base.absolute(reference)[1]
        if is_image(reference, kind, url):
            self.image(reference, "a", alt)
        elif url and suffix(url) not in OTHER_SUFFIXES and self._has_room(self.pages):
            self.pages[url] = None

    def stylesheet(self, reference: str | None) -> None:
        """Add a link to a style sheet."""
        url = self.base.absolute(reference)[1] if reference else ""
        if url and self._has_room(self.stylesheets):
            self.stylesheets[url] = None

    def css(self, text: str, found_in: str = "css") -> None:
        """Add the references of a style sheet or a style attribute."""
        base = self.base
        self.base = base.of_style()
        for kind, reference in css_references(text):
            if kind == "import":
                self.stylesheet(reference)
            elif suffix(reference.partition("#")[0]) not in OTHER_SUFFIXES:
                self.image(reference, found_in)
        self.base = base


def is_image(reference: str, kind: str | None, url: str) -> bool:
    """Return whether the type or the suffix of a file says that it is an image.

    ``url``: what ``reference`` resolves to, "" if it cannot be crawled.
    """
    if kind and kind.strip().lower().startswith("image/"):
        return True
    if url:
        return suffix(url) in IMAGE_SUFFIXES
    return reference[:20].lstrip().lower().startswith("data:image/")


def _folded(alt: str | None) -> str | None:
    return " ".join(alt[: 10 * MAX_ALT].split())[:MAX_ALT].rstrip() if alt else alt
