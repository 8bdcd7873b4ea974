"""Request the checksums that Amazon S3 stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.http.s3 import takes_checksum_mode
from fpcrawler.crawl.errand import errand_of

if TYPE_CHECKING:
    from scrapy import Request

_CHECKSUM_MODE = "x-amz-checksum-mode"


class ChecksumsMiddleware:
    """Adds ``x-amz-checksum-mode`` to requests for images on S3 only.

    It checks each step of a redirect. Otherwise the header would go on to another
    host, or to a pre-signed URL, which S3 would then refuse.
    """

    def process_request(self, request: Request) -> None:
        errand = errand_of(request)
        if errand.kind != "image":
            return
        route = errand.route
        if takes_checksum_mode(route.host, errand.url) and not route.is_tor:
            request.headers[_CHECKSUM_MODE] = "ENABLED"
        else:
            request.headers.pop(_CHECKSUM_MODE, None)
