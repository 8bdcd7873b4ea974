"""Requests for images and pages, as the spider makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fpcrawler.crawl.errand import Errand
from fpcrawler.crawl.requests import request_for
from fpcrawler.tor.route import route_to

if TYPE_CHECKING:
    from scrapy import Request

URL = "https://a.example/b.jpg"


def nothing(*_: Any) -> None:
    """Serve as a callback that is never called."""


def image(url: str = URL, *, led_by: str | None = None, **fields: Any) -> Request:
    """Request an image; ``led_by``: the onion whose page names it."""
    errand = Errand(kind="image", url=url, route=route_to(url, led_by), **fields)
    return request_for(errand, nothing, nothing)


def page(url: str = URL, *, led_by: str | None = None, **fields: Any) -> Request:
    """Request a page; ``led_by``: the onion whose page names it."""
    errand = Errand(kind="page", url=url, route=route_to(url, led_by), **fields)
    return request_for(errand, nothing, nothing)
