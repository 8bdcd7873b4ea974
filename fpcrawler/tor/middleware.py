"""Send onions, and the links of onion pages, through Tor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from fpcrawler.core.web.onion import MalformedOnion, is_onion, onion_label
from fpcrawler.core.web.url_list import WEB_SCHEMES
from fpcrawler.crawl.requests import kind_of
from fpcrawler.tor.proxies import TorProxies, checked_proxies
from fpcrawler.tor.route import host_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class InvalidOnion(IgnoreRequest):
    """The host ends in .onion, but no onion service can have that address."""


class LinkedClearnet(IgnoreRequest):
    """An onion page leads to the clear web, and TOR_LINKED_CLEARNET is drop."""


class TorMiddleware:
    """Sets the proxy by the onion whose page led to a request.

    That onion is the *first party*: its 56 letters in ``meta["first_party"]``. An
    onion page is its own first party. All other requests keep the first party of
    the page that led to them, also after redirects.
    """

    def __init__(
        self,
        proxies: TorProxies,
        *,
        timeout: float,
        drops_clearnet: bool,
    ) -> None:
        self.proxies = proxies
        self.timeout = timeout
        self.drops_clearnet = drops_clearnet

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TorMiddleware:
        settings = crawler.settings
        return cls(
            TorProxies(checked_proxies(settings.getlist("TOR_PROXIES"))),
            timeout=settings.getfloat("TOR_DOWNLOAD_TIMEOUT"),
            drops_clearnet=settings["TOR_LINKED_CLEARNET"] == "drop",
        )

    def process_request(self, request: Request) -> None:
        if urlparse_cached(request).scheme not in WEB_SCHEMES:
            return
        host = host_of(request)
        first_party = _first_party(request, host)
        if first_party is None:
            return
        if self.drops_clearnet and not is_onion(host):
            raise LinkedClearnet(
                "an onion page leads to the clear web (TOR_LINKED_CLEARNET)"
            )
        request.meta.update(
            first_party=first_party,
            proxy=self.proxies.proxy_of(first_party),
            download_timeout=self.timeout,
            dont_merge_cookies=True,
        )


def _first_party(request: Request, host: str) -> str | None:
    """Return the onion that a request belongs to; raises InvalidOnion."""
    meta = request.meta
    led_by: str | None = meta.get("first_party") or meta.get("page_party")
    if not is_onion(host):
        return led_by
    try:
        own = onion_label(host)
    except MalformedOnion as error:
        raise InvalidOnion(str(error)) from error
    return own if kind_of(request) == "page" else led_by or own
