"""Find the links of what a browser made of a page."""

from __future__ import annotations

from dataclasses import dataclass

from fpcrawler.core.links.found import Found, PageLinks, merged
from fpcrawler.core.links.html import parsed
from fpcrawler.core.links.page import page_links
from fpcrawler.core.links.references import Base


@dataclass(frozen=True, slots=True)
class Document:
    """The page or a frame of it, after its scripts have run.

    ``parts``: its HTML, then that of its open shadow trees; () if only the images are
    known. ``images``: the URLs of those that the browser asked for.
    """

    url: str
    parts: tuple[str, ...]
    images: tuple[str, ...] = ()


def document_links(document: Document, charset: str | None = None) -> PageLinks:
    """Return the links of a document, then the images that only were asked for.

    ``charset``: that of the document, in which queries are encoded; None: UTF-8.
    """
    found = PageLinks()
    if document.parts:
        first, *others = map(parsed, document.parts)
        found = page_links(first, document.url, *others, charset=charset)
    asked = Found(Base(document.url))
    for url in document.images:
        asked.image(url, "requested")
    return merged((found, asked.links()))
