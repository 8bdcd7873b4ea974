"""No page and no redirect sends the crawl into a private network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from fpcrawler.core.addresses import private_host
from fpcrawler.core.urllist import WEB_SCHEMES
from fpcrawler.requests import is_listed

if TYPE_CHECKING:
    from scrapy import Request


class PrivateAddress(IgnoreRequest):
    """A page or redirect names a private host that the user did not list."""


class AddressesMiddleware:
    """Refuses a private host unless the user's own list names it."""

    def __init__(self) -> None:
        self._listed: set[str] = set()

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
        message = f"{request.url} leads to the private host {host}; list it to allow it"
        raise PrivateAddress(message)
