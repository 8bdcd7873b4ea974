"""Decide what a request may say about the page that led to it."""

from __future__ import annotations

from urllib.parse import urlsplit

from fpcrawler.core.web.origins import bare_origin, is_same_origin


def sent_referrer(referrer: str, url: str) -> str | None:
    """Return the ``Referer`` of a request for ``url``; None: it gets none.

    As "strict-origin-when-cross-origin" (Referrer Policy section 3.7): whole within
    an origin, else the origin only, and nothing from https to http.
    """
    try:
        schemes = urlsplit(referrer).scheme, urlsplit(url).scheme
        if schemes == ("https", "http"):
            return None
        if schemes[0] == schemes[1] and is_same_origin(referrer, url):
            return referrer
        return f"{bare_origin(referrer)}/"
    except ValueError:
        return None
