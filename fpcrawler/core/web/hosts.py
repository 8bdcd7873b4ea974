"""Normalize URLs: one spelling to request, check, record and compare."""

from __future__ import annotations

import re
from functools import lru_cache

from ada_url import URL
from w3lib.url import safe_url_string

# RFC 3986 section 3.2: the user's name, the host and the port of a web URL.
_AUTHORITY = re.compile(
    r"https?://(?:[^/?#]*@)?(?P<host>\[[^\]/?#]*\]|[^:/?#]*)(?::[0-9]*)?(?=[/?#]|\Z)",
    re.IGNORECASE,
)
_IS_WEB = re.compile("https?:", re.IGNORECASE)
_DELIMITERS = frozenset("/?#@:\\")


def asked_url(url: str) -> str:
    """Return a URL as it is requested; raises ValueError if it is not valid.

    Scrapy encodes a host by IDNA 2003, which turns ``faß.example`` into the host
    of another owner, ``fass.example``. So the host is encoded here, by the URL
    Standard. The rest is encoded as Scrapy does, which then changes nothing.
    """
    if _IS_WEB.match(url):
        match = _AUTHORITY.match(url)
        if match is None or "\\" in match[0]:
            raise ValueError("its host or port is not valid")
        start, end = match.span("host")
        url = url[:start] + asked_host(match["host"]) + url[end:]
    return safe_url_string(url)


@lru_cache(maxsize=1_024)
def asked_host(host: str) -> str:
    """Return a host as the URL Standard writes it; raises ValueError if invalid.

    Section 3.5: percent-decoded, then UTS 46 without transitional processing; an
    IPv4 address as four decimal numbers. An IPv6 address stays unchanged.
    """
    is_ipv6 = host.startswith("[")
    message = f"{host!r} is not a host name"
    if not is_ipv6 and not _DELIMITERS.isdisjoint(host):
        raise ValueError(message)
    try:
        name = URL(f"http://{host}/").hostname
    except ValueError:
        raise ValueError(message) from None
    return host if is_ipv6 else name
