"""Decide whether a request goes through Tor."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from scrapy.utils.httpobj import urlparse_cached

from fpcrawler.core.web.onion import is_onion

if TYPE_CHECKING:
    from scrapy import Request

    Callback = Callable[..., Any]


def host_of(request: Request) -> str:
    """Return the host of a request's URL, in lower case."""
    return urlparse_cached(request).hostname or ""


def is_led_by_onion(request: Request) -> bool:
    """Return whether an onion page led to a request."""
    return not request.meta.keys().isdisjoint(("page_party", "first_party"))


def is_tor_only(request: Request) -> bool:
    """Return whether a request is for an onion, or an onion page led to it."""
    return is_led_by_onion(request) or is_onion(host_of(request))
