"""The one spelling of a URL: as it is asked for, judged, recorded and compared."""

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
    """Return a URL as it is asked for; raises ValueError where it cannot be.

    Scrapy encodes a host by IDNA 2003, which makes ``faß.example`` the host of
    somebody else, ``fass.example``. So the host is written here, as the URL
    Standard says; the rest as Scrapy does, which leaves the result as it is.
    """
    if _IS_WEB.match(url):
        match = _AUTHORITY.match(url)
        if match is None or "\\" in match[0]:
            raise ValueError("its host cannot be told")
        start, end = match.span("host")
        url = url[:start] + asked_host(match["host"]) + url[end:]
    return safe_url_string(url)


@lru_cache(maxsize=1_024)
def asked_host(host: str) -> str:
    """Return a host as the URL Standard writes it; raises ValueError if it refuses.

    Section 3.5: percent-decoded, then UTS 46 without transitional processing, and
    an IPv4 address by its four numbers. An IPv6 address stays as it is.
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
