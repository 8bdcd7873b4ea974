"""A page's source together with what a browser made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.http import HtmlResponse

if TYPE_CHECKING:
    from fpcrawler.core.links.rendered import Document


class RenderedResponse(HtmlResponse):
    """The response of a page, with the documents that its scripts made of it."""

    attributes = (*HtmlResponse.attributes, "documents")

    def __init__(
        self, *args: Any, documents: tuple[Document, ...] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.documents = documents
