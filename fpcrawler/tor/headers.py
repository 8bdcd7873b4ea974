"""Make requests through Tor look like those of Tor Browser."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.http import Headers

from fpcrawler.core.web.onion import is_onion
from fpcrawler.crawl.errand import errand_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from fpcrawler.tor.route import Route

_IMAGE = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
_ACCEPT = {
    "page": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "image": _IMAGE,
    "range": _IMAGE,
    "style": "text/css,*/*;q=0.1",
}


class TorHeadersMiddleware:
    """Replaces all headers by those of Tor Browser, as far as possible.

    A header set by a user, a plug-in or the scripts of a page would distinguish
    the crawl from all other traffic of Tor.
    """

    def __init__(self, user_agent: str) -> None:
        self.user_agent = user_agent

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TorHeadersMiddleware:
        return cls(crawler.settings["TOR_USER_AGENT"])

    def process_request(self, request: Request) -> None:
        errand = errand_of(request)
        if not errand.route.is_tor:
            return
        given = request.headers
        request.headers = Headers(
            {
                "User-Agent": self.user_agent,
                "Accept": _ACCEPT.get(errand.kind, "*/*"),
                "Accept-Language": "en-US,en;q=0.5",
            }
        )
        for name in ("Accept-Encoding", "Range", "If-Range"):
            if name in given:
                request.headers[name] = given[name]
        referrer = (given.get("Referer") or b"").decode("latin-1")
        if referrer and _may_send(referrer, errand.route):
            request.headers["Referer"] = referrer


def _may_send(referrer: str, route: Route) -> bool:
    """Return whether a Referer may be sent: never from or to another onion."""
    from_host = urlsplit(referrer).hostname or ""
    return from_host == route.host or not (route.is_onion or is_onion(from_host))
