"""Follow redirects as a browser does.

Scrapy's middlewares encode the host by IDNA 2003, and the rest of the URL again. Here
the target of a redirect is resolved like a reference of a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares import redirect
from scrapy.http import HtmlResponse
from scrapy.utils.python import to_unicode

from fpcrawler.core.links.base import base_of
from fpcrawler.core.links.html import parsed
from fpcrawler.core.links.references import Base
from fpcrawler.core.links.refresh import read_refresh, refresh_of
from fpcrawler.core.web.url_list import WEB_SCHEMES
from fpcrawler.crawl.charsets import charset_of, html_of
from fpcrawler.crawl.errand import errand_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

_MAX_SOUGHT = 4_096
"""Characters of a page in which its refresh must begin."""

_MAX_PARSED = 16_384
"""Characters of a page that are parsed for it."""

_REDIRECTS = frozenset((301, 302, 303, 307, 308))


class _Redirecting(redirect.BaseRedirectMiddleware):
    """Makes the request for the target of a redirect."""

    _keeps_cookies = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = super().from_crawler(crawler)
        middleware._keeps_cookies = crawler.settings.getbool("COOKIES_ENABLED")  # noqa: SLF001 - its own
        return middleware

    def _followed(
        self, request: Request, response: Response, url: str, reason: int | str
    ) -> Request:
        """Return the request; raises IgnoreRequest after too many redirects.

        A page that redirects to itself may show another content once it has set its
        cookie, so then the target is not a duplicate.
        """
        target = self._redirect_request_using_get(request, response, url)
        followed = self._redirect(target, request, reason)
        if self._keeps_cookies and url in followed.meta["redirect_urls"]:
            followed.dont_filter = True
        return followed


class RedirectMiddleware(_Redirecting):
    """Follows ``Location``; a response whose ``Location`` is not usable fails."""

    def process_response(
        self, request: Request, response: Response
    ) -> Request | Response:
        if response.status not in _REDIRECTS or request.meta.get("dont_redirect"):
            return response
        location = response.headers.getlist("Location")
        if not location:
            return response
        reference = to_unicode(location[-1], errors="percentencode")
        scheme, url = Base(request.url).absolute(reference)
        if scheme not in WEB_SCHEMES or not url:
            return response
        return self._followed(request, response, url, response.status)


class MetaRefreshMiddleware(_Redirecting):
    """Follows a refresh with a short delay; otherwise the page itself is read."""

    enabled_setting = "METAREFRESH_ENABLED"

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._maxdelay = settings.getint("METAREFRESH_MAXDELAY")

    def process_response(
        self, request: Request, response: Response
    ) -> Request | Response:
        if errand_of(request).kind != "page":
            return response  # only documents are refreshed, not images or parts
        seconds, url = _of_header(response) or _of_page(response) or (0, "")
        # A page that reloads itself, or two that alternate, are read as they are.
        seen = (request.url, *request.meta.get("redirect_urls", ()))
        if not url or seconds >= self._maxdelay or url in seen:
            return response
        return self._followed(request, response, url, "meta refresh")


def _of_header(response: Response) -> tuple[int, str] | None:
    """Return the delay and the URL of a ``Refresh`` header."""
    value = response.headers.get("Refresh")
    if value is None:
        return None
    refresh = read_refresh(to_unicode(value, errors="percentencode"))
    return _resolved(refresh, Base(response.url))


def _of_page(response: Response) -> tuple[int, str] | None:
    # Few pages have a refresh, so look for the word before parsing the body.
    if not isinstance(response, HtmlResponse):
        return None
    page = html_of(response)
    text = page.text[:_MAX_PARSED]
    if "refresh" not in text[:_MAX_SOUGHT].lower():
        return None
    root = parsed(text)
    return _resolved(refresh_of(root), base_of(root, page.url, charset_of(page)))


def _resolved(refresh: tuple[int, str] | None, base: Base) -> tuple[int, str] | None:
    if refresh is None:
        return None
    scheme, url = base.absolute(refresh[1])
    return (refresh[0], url) if scheme in WEB_SCHEMES and url else None
