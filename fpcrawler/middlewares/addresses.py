"""Refuse private hosts that a page or a redirect leads to (SSRF guard)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from fpcrawler.core.web.addresses import private_host
from fpcrawler.core.web.url_list import WEB_SCHEMES
from fpcrawler.crawl.errand import errand_of

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler


class PrivateAddress(IgnoreRequest):
    """A page or redirect names a private host that the user did not list."""


class AddressesMiddleware:
    """Refuses a private host unless the user's list names it."""

    def __init__(self) -> None:
        self._listed: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = cls()
        crawler.signals.connect(middleware.opened, signals.spider_opened)
        crawler.signals.connect(middleware.dropped, signals.request_dropped)
        return middleware

    def opened(self, spider: Spider) -> None:
        """Load the listed hosts of a JOBDIR: its queue is read before the list."""
        state: dict[str, set[str]] = getattr(spider, "state", {})
        self._listed = state.setdefault("listed_private_hosts", self._listed)

    def allow(self, url: str) -> None:
        """Allow the host of a listed URL, also if it is not requested again."""
        parts = urlsplit(url)
        host = private_host(parts.hostname or "")
        if parts.scheme in WEB_SCHEMES and host is not None:
            self._listed.add(host)

    def dropped(self, request: Request) -> None:
        """Allow the host of a listed URL that is dropped as a duplicate."""
        if errand_of(request).names_listed:
            self.allow(request.url)

    def process_request(self, request: Request) -> None:
        errand = errand_of(request)
        # The sample of the same URL was allowed, unless the range was redirected.
        is_allowed = errand.kind == "range" and errand.first is None
        if is_allowed or urlparse_cached(request).scheme not in WEB_SCHEMES:
            return
        host = private_host(errand.route.host)
        if host is None or host in self._listed:
            return
        if not errand.names_listed:
            raise PrivateAddress(
                f"{request.url} leads to the private host {host}; list it to allow it"
            )
        self._listed.add(host)
