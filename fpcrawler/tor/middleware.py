"""Send onions, and the links of onion pages, through Tor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from fpcrawler.core.web.url_list import WEB_SCHEMES
from fpcrawler.crawl.errand import errand_of
from fpcrawler.tor.proxies import TorProxies, checked_proxies

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class InvalidOnion(IgnoreRequest):
    """The host ends in .onion, but no onion service can have that address."""


class LinkedClearnet(IgnoreRequest):
    """An onion page leads to the clear web, and TOR_LINKED_CLEARNET is drop."""


class TorMiddleware:
    """Sets the proxy by the first party of an errand: the onion that led to it."""

    def __init__(
        self, proxies: TorProxies, *, timeout: float, drops_clearnet: bool
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
        errand = errand_of(request)
        if errand.route.flaw:
            raise InvalidOnion(errand.route.flaw)
        if errand.first_party is None:
            return
        if self.drops_clearnet and not errand.route.is_onion:
            raise LinkedClearnet(
                "an onion page leads to the clear web (TOR_LINKED_CLEARNET)"
            )
        request.meta.update(
            proxy=self.proxies.proxy_of(errand.first_party),
            download_timeout=self.timeout,
            dont_merge_cookies=True,
        )
