"""Send the passwords of the user's own list to the origin of their line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.logins import Logins

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class AuthorizationMiddleware:
    """Adds ``Authorization`` just before a download, and removes it afterwards.

    So a retry or a redirect that waits on the disk (JOBDIR) does not hold a password.
    Only requests that the list led to within its origin get one: another site must
    not use it.
    """

    def __init__(self, logins: Logins) -> None:
        self._logins = logins

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(getattr(crawler.spider, "logins", Logins()))

    def process_request(self, request: Request) -> None:
        if self._logins and (login := self._login_for(request)) is not None:
            request.headers["Authorization"] = login

    def process_response(self, request: Request, response: Response) -> Response:
        self._remove(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy passes it
        self._remove(request)

    def _remove(self, request: Request) -> None:
        if self._logins and self._login_for(request) is not None:
            request.headers.pop("Authorization", None)

    def _login_for(self, request: Request) -> str | None:
        if not errand_of(request).at_listed_origin:
            return None
        return self._logins.at(request.url)
