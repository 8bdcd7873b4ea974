"""Take user and password out of a URL (RFC 3986 section 3.2.1)."""

from __future__ import annotations

import re
from base64 import b64encode
from urllib.parse import unquote_to_bytes

from ada_url import URL

_USER = re.compile(
    r"(https?:[/\\]*+|[a-z][a-z0-9+.-]*+:[/\\]++)[^/\\?#]*@", re.IGNORECASE
)


def basic_of(url: str) -> str | None:
    """Return the ``Authorization`` of a URL with a user; None: it has none.

    RFC 7617 section 2, in UTF-8, as browsers send it.
    """
    if "@" not in url:
        return None
    try:
        parsed = URL(url)
        user, password = parsed.username, parsed.password
    except ValueError:
        return None
    if not (user or password):
        return None
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return f"Basic {b64encode(pair).decode()}"


def shown(url: str) -> str:
    """Return a URL for a message or a file: without user and password."""
    return _USER.sub(r"\1…@", url, count=1)
