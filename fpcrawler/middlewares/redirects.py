"""Follow redirects as a browser does.

Scrapy's middlewares encode the host by IDNA 2003 (see core/web/hosts.py). Here the
target of a redirect is resolved like a reference of a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares import redirect
from scrapy.http import HtmlResponse
from scrapy.utils.python import to_unicode

from fpcrawler.core.links.base import base_of
from fpcrawler.core.links.references import Base
from fpcrawler.core.links.refresh import read_refresh, refresh_of
from fpcrawler.core.web.url_list import WEB_SCHEMES
from fpcrawler.crawl.errand import errand_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class RedirectMiddleware(redirect.RedirectMiddleware):
    """Follows ``Location``; a response whose ``Location`` is not usable fails."""

    def process_response(  # type: ignore[override]  # no deprecated `spider`
        self, request: Request, response: Response
    ) -> Request | Response:
        if location := response.headers.pop("Location", None):
            reference = to_unicode(location[-1], errors="percentencode")
            scheme, url = Base(request.url).absolute(reference)
            if scheme in WEB_SCHEMES and url:
                response.headers["Location"] = url
        return super().process_response(request, response)


class MetaRefreshMiddleware(redirect.MetaRefreshMiddleware):
    """Follows a refresh with a short delay; otherwise the page itself is read."""

    def process_response(  # type: ignore[override]  # no deprecated `spider`
        self, request: Request, response: Response
    ) -> Request | Response:
        if errand_of(request).kind != "page":
            return response  # only documents are refreshed, not images or parts
        seconds, url = _of_header(response) or _of_page(response) or (0, "")
        # A page that reloads itself, or two that alternate, are read as they are.
        seen = (request.url, *request.meta.get("redirect_urls", ()))
        if not url or seconds >= self._maxdelay or url in seen:
            return response
        redirected = self._redirect_request_using_get(request, response, url)
        return self._redirect(redirected, request, "meta refresh")


def _of_header(response: Response) -> tuple[int, str] | None:
    """Return the delay and the URL of a ``Refresh`` header."""
    value = response.headers.get("Refresh")
    if value is None:
        return None
    refresh = read_refresh(to_unicode(value, errors="percentencode"))
    return _resolved(refresh, Base(response.url))


def _of_page(response: Response) -> tuple[int, str] | None:
    # Few pages have a refresh, so look for the word before parsing the body.
    if not isinstance(response, HtmlResponse) or not _mentions_refresh(response):
        return None
    root = response.selector.root
    return _resolved(refresh_of(root), base_of(root, response.url))


def _resolved(refresh: tuple[int, str] | None, base: Base) -> tuple[int, str] | None:
    if refresh is None:
        return None
    scheme, url = base.absolute(refresh[1])
    return (refresh[0], url) if scheme in WEB_SCHEMES and url else None


def _mentions_refresh(response: HtmlResponse) -> bool:
    return "refresh" in response.text[:4_096].lower()
