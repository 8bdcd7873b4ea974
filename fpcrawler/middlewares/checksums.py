"""Ask Amazon S3 for the checksums that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.http.s3 import takes_checksum_mode
from fpcrawler.crawl.requests import kind_of
from fpcrawler.tor.route import is_tor_only

if TYPE_CHECKING:
    from scrapy import Request

_CHECKSUM_MODE = "x-amz-checksum-mode"


class ChecksumsMiddleware:
    """Adds ``x-amz-checksum-mode`` to an image's request to S3, and to no other.

    It looks at every step of a redirect: what it added for S3 would otherwise go
    on to the next host, or to a pre-signed URL, which S3 would then refuse.
    """

    def process_request(self, request: Request) -> None:
        if kind_of(request) != "image":
            return
        if takes_checksum_mode(request.url) and not is_tor_only(request):
            request.headers[_CHECKSUM_MODE] = "ENABLED"
        else:
            request.headers.pop(_CHECKSUM_MODE, None)
