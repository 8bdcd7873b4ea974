"""Decode pages, but leave images encoded for the sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.responsetypes import responsetypes

from fpcrawler.core.http.decoding import is_encoded
from fpcrawler.crawl.errand import errand_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class PageCompressionMiddleware(HttpCompressionMiddleware):
    """Keeps the body of an image as received.

    If a server compresses an image although ``identity`` was requested, it states
    the compressed size. The sampling knows that, and decodes only the bytes that
    are needed. A page with a coding that is not supported is read as it is (Fetch,
    "handle content codings").
    """

    def process_response(  # type: ignore[override]  # no deprecated `spider`
        self, request: Request, response: Response
    ) -> Request | Response:
        if errand_of(request).kind in ("image", "range"):
            return response
        coding = b",".join(response.headers.getlist("Content-Encoding"))
        if coding and not is_encoded(coding.decode("latin-1")):
            return _unencoded(response)
        return super().process_response(request, response)


def _unencoded(response: Response) -> Response:
    """Return a response without its Content-Encoding, which hides the page's type."""
    del response.headers["Content-Encoding"]
    kind = responsetypes.from_args(
        headers=response.headers, url=response.url, body=response.body
    )
    return response.replace(cls=kind)
