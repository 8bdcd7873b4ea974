"""Shorten the ``Referer`` of requests to another origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.web.referrers import sent_referrer

if TYPE_CHECKING:
    from scrapy import Request


class ReferrerMiddleware:
    """Sends a page's URL to its own origin only, whatever the page allows.

    Close to the server, because Scrapy, redirects, scripts of pages and further
    ranges each set the header.
    """

    def process_request(self, request: Request) -> None:
        given = request.headers.get("Referer")
        if given is None:
            return
        sent = sent_referrer(given.decode("latin-1"), request.url)
        if sent is None:
            del request.headers["Referer"]
        else:
            request.headers["Referer"] = sent.encode("latin-1")
