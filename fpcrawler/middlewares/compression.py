"""Decode pages; leave an image's bytes to the sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware

from fpcrawler.crawl.requests import kind_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class PageCompressionMiddleware(HttpCompressionMiddleware):
    """Keeps the body of an image as it came.

    A server that compresses what was asked for as it is tells the size of
    something else; the sampling decodes just the bytes wanted and knows that.
    """

    def process_response(  # type: ignore[override]  # no deprecated `spider`
        self, request: Request, response: Response
    ) -> Request | Response:
        if kind_of(request) in ("image", "range"):
            return response
        return super().process_response(request, response)
