"""A robots.txt that cannot be fetched is no error of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

if TYPE_CHECKING:
    from scrapy import Request


class RobotsFailureMiddleware:
    """Lets the page itself report the unreachable host, in one line.

    Scrapy logs a traceback for the robots.txt of a host that does not answer,
    and then asks for the page all the same.
    """

    def process_exception(self, request: Request, exception: Exception) -> None:
        if request.callback is NO_CALLBACK:
            raise IgnoreRequest(str(exception)) from exception
