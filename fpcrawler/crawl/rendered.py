"""A page's source together with what a browser made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scrapy.http import HtmlResponse

from fpcrawler.core.links.found import merged
from fpcrawler.crawl.charsets import charset_of
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.requests import request_of

if TYPE_CHECKING:
    from fpcrawler.core.links.found import PageLinks
    from fpcrawler.core.links.rendered import Document


class RenderedResponse(HtmlResponse):
    """The response of a page, with the documents that its scripts made of it."""

    attributes = (*HtmlResponse.attributes, "documents")

    def __init__(
        self, *args: Any, documents: tuple[Document, ...] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.documents = documents

    def charset_of(self, document: Document) -> str | None:
        """Return the character set of the queries of one of its documents."""
        return charset_of(self) if document.url == self.url else None

    def with_documents(
        self, source: PageLinks, shown: Sequence[PageLinks]
    ) -> tuple[PageLinks, PageLinks]:
        """Join the links of the source with those of the document and its frames.

        ``shown``: the links of each document. What a frame of another origin names is
        not named by the listed page: these links are returned apart.
        """
        errand = errand_of(request_of(self))
        own: list[PageLinks] = [source]
        foreign: list[PageLinks] = []
        for document, links in zip(self.documents, shown, strict=True):
            is_own = errand.leads_within_origin(document.url)
            is_own = is_own or not errand.at_listed_origin
            (own if is_own else foreign).append(links)
        links = merged(own)
        return links, merged(foreign).without(links)
