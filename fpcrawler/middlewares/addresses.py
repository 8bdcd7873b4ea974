"""Refuse private hosts that a page or a redirect leads to (SSRF guard)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Self

from scrapy.utils.httpobj import urlparse_cached

from fpcrawler.core.web.addresses import private_host
from fpcrawler.core.web.url_list import WEB_SCHEMES
from fpcrawler.crawl.errand import ERRAND, errand_of
from fpcrawler.crawl.failures import PrivateAddress

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

Policy = Literal["listed", "deny", "allow"]

_ADVICE = {
    "listed": "list a URL of its host and port to allow it",
    "deny": "PRIVATE_ADDRESSES is deny",
}


class AddressesMiddleware:
    """Decides for each request whether it may reach a private address.

    A host that is private by its name or spelling is refused here. What a public name
    resolves to is judged when it is connected to, by ``may_reach_private``.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings["PRIVATE_ADDRESSES"])

    def process_request(self, request: Request) -> None:
        if urlparse_cached(request).scheme not in WEB_SCHEMES:
            return
        errand = errand_of(request)
        is_listed = self._policy == "listed" and errand.at_listed_origin
        may = is_listed or self._policy == "allow"
        if not may and (host := private_host(errand.route.host)) is not None:
            advice = _ADVICE[self._policy]
            raise PrivateAddress(
                f"{request.url} leads to the private host {host}; {advice}"
            )
        if may != errand.may_reach_private:
            request.meta[ERRAND] = replace(errand, may_reach_private=may)
