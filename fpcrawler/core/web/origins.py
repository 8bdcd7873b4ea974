"""Compare origins: the host and port of a URL, whatever its scheme."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from fpcrawler.core.web.addresses import one_spelling

_PORTS = {"http": 80, "https": 443}


def is_same_origin(url: str, other: str) -> bool:
    """Return whether two URLs have the same host and port, in any spelling.

    Without the scheme, unlike RFC 6454 section 4: ``https://a.example:8080/`` has the
    origin of ``http://a.example:8080/``, but not that of ``https://a.example/``. A URL
    that is not valid or not of the web has no origin, so this is False.
    """
    try:
        one, two = urlsplit(url), urlsplit(other)
        if one[:2] == two[:2]:  # as the links of most pages: nothing else is looked at
            return one.scheme in _PORTS and bool(one.hostname)
        origin = _origin_of(one)
        return origin is not None and origin == _origin_of(two)
    except ValueError:
        return False


def bare_origin(url: str) -> str:
    """Return a URL of the same origin, without user, password and path.

    Raises ValueError for a URL that is not valid.
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _origin_of(parts: SplitResult) -> tuple[str, int] | None:
    default = _PORTS.get(parts.scheme)
    if default is None or not parts.hostname:
        return None
    # Port 0 cannot be connected to, so it may not stand for the default.
    return one_spelling(parts.hostname), default if parts.port is None else parts.port
