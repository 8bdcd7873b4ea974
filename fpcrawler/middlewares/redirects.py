"""Follow redirects as a browser does.

Scrapy's middlewares encode the host by IDNA 2003 (see core/web/hosts.py). Here the
target of a redirect is resolved like a reference of a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares import redirect
from scrapy.http import HtmlResponse
from scrapy.utils.python import to_unicode

from fpcrawler.core.links.page import base_of
from fpcrawler.core.links.references import Base
from fpcrawler.core.links.refresh import refresh_of
from fpcrawler.core.web.url_list import WEB_SCHEMES

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
        # Few pages have a refresh, so look for the word before parsing the body.
        if not isinstance(response, HtmlResponse) or not _mentions_refresh(response):
            return response
        root = response.selector.root
        refresh = refresh_of(root)
        if refresh is None or refresh[0] >= self._maxdelay:
            return response
        scheme, url = base_of(root, response.url).absolute(refresh[1])
        if scheme not in WEB_SCHEMES or not url:
            return response
        redirected = self._redirect_request_using_get(request, response, url)
        return self._redirect(redirected, request, "meta refresh")


def _mentions_refresh(response: HtmlResponse) -> bool:
    return "refresh" in response.text[:4_096].lower()
