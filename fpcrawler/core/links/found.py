"""What is gathered from a page or a style sheet, each URL once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.links.css import css_references
from fpcrawler.core.links.references import IMAGE_SUFFIXES, OTHER_SUFFIXES, suffix
from fpcrawler.core.links.srcset import largest

if TYPE_CHECKING:
    from fpcrawler.core.links.references import Base

MAX_ALT = 500


@dataclass(frozen=True, slots=True)
class ImageLink:
    """An image as a page names it."""

    url: str
    found_in: str
    alt: str | None


@dataclass(slots=True)
class PageLinks:
    """What a page or a style sheet refers to: absolute, no fragment, each once."""

    images: list[ImageLink] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    stylesheets: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    """By scheme, how often an image was named by what cannot be crawled."""


class Found:
    """Gathers links; the first way to name an image wins."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self.within: str | None = None
        """Overrides ``found_in`` in a page within the page."""
        self.images: dict[str, ImageLink] = {}
        self.pages: dict[str, None] = {}
        self.stylesheets: dict[str, None] = {}
        self.skipped: Counter[str] = Counter()

    def links(self) -> PageLinks:
        """Return what was found."""
        return PageLinks(
            list(self.images.values()),
            list(self.pages),
            list(self.stylesheets),
            self.skipped,
        )

    def image(
        self, reference: str | None, found_in: str, alt: str | None = None
    ) -> None:
        """Take what is an image, or count why it cannot be crawled."""
        if not reference:
            return
        scheme, url = self.base.absolute(reference)
        if not url:
            self.skipped.update((scheme,) if scheme else ())
        elif url not in self.images:
            found_in = self.within or found_in
            self.images[url] = ImageLink(url, found_in, _folded(alt))

    def largest_of(
        self, srcset: str | None, found_in: str, alt: str | None = None
    ) -> None:
        """Take the largest candidate of a srcset."""
        if srcset:
            self.image(largest(srcset), found_in, alt)

    def embedded(self, reference: str | None, kind: str | None, found_in: str) -> None:
        """Take it only if its type or its name says that it is an image."""
        if reference and _is_image(reference, kind, self.base.absolute(reference)[1]):
            self.image(reference, found_in)

    def page(
        self, reference: str | None, kind: str | None = None, alt: str | None = None
    ) -> None:
        """Take a link to a page; one to an image file is an image."""
        if not reference:
            return
        url = self.base.absolute(reference)[1]
        if _is_image(reference, kind, url):
            self.image(reference, "a", alt)
        elif url and suffix(url) not in OTHER_SUFFIXES:
            self.pages[url] = None

    def stylesheet(self, reference: str | None) -> None:
        """Take a link to a style sheet."""
        if reference and (url := self.base.absolute(reference)[1]):
            self.stylesheets[url] = None

    def css(self, text: str, found_in: str = "css") -> None:
        """Take what a style sheet or a style attribute refers to."""
        for kind, reference in css_references(text):
            if kind == "import":
                self.stylesheet(reference)
            elif suffix(reference.partition("#")[0]) not in OTHER_SUFFIXES:
                self.image(reference, found_in)


def _is_image(reference: str, kind: str | None, url: str) -> bool:
    if kind and kind.strip().lower().startswith("image/"):
        return True
    if url:
        return suffix(url) in IMAGE_SUFFIXES
    return reference[:20].lstrip().lower().startswith("data:image/")


def _folded(alt: str | None) -> str | None:
    return " ".join(alt[: 10 * MAX_ALT].split())[:MAX_ALT].rstrip() if alt else alt
