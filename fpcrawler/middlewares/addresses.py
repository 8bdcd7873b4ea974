"""Refuse private hosts that a page or a redirect leads to (SSRF guard)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from fpcrawler.core.web.addresses import private_host
from fpcrawler.core.web.url_list import WEB_SCHEMES
from fpcrawler.crawl.requests import is_listed
from fpcrawler.signals import listed_url_passed_over

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
        crawler.signals.connect(middleware.passed_over, listed_url_passed_over)
        return middleware

    def opened(self, spider: Spider) -> None:
        """Load the listed hosts of a JOBDIR: its queue is read before the list."""
        state: dict[str, set[str]] = getattr(spider, "state", {})
        self._listed = state.setdefault("listed_private_hosts", self._listed)

    def passed_over(self, url: str) -> None:
        """Allow the host of a listed URL that is not requested again."""
        host = private_host(urlsplit(url).hostname or "")
        if host is not None:
            self._listed.add(host)

    def process_request(self, request: Request) -> None:
        url = urlparse_cached(request)
        if url.scheme not in WEB_SCHEMES:
            return
        host = private_host(url.hostname or "")
        if host is None or host in self._listed:
            return
        if is_listed(request):
            self._listed.add(host)
            return
        raise PrivateAddress(
            f"{request.url} leads to the private host {host}; list it to allow it"
        )
