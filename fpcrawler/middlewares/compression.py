"""Decode pages, but leave images encoded for the sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware

from fpcrawler.crawl.errand import errand_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class PageCompressionMiddleware(HttpCompressionMiddleware):
    """Keeps the body of an image as received.

    If a server compresses an image although ``identity`` was requested, it states
    the compressed size. The sampling knows that, and decodes only the bytes that
    are needed.
    """

    def process_response(  # type: ignore[override]  # no deprecated `spider`
        self, request: Request, response: Response
    ) -> Request | Response:
        if errand_of(request).kind in ("image", "range"):
            return response
        return super().process_response(request, response)
