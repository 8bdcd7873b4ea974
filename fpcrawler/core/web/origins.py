"""Compare origins: the host and port of a URL, whatever its scheme."""

from __future__ import annotations

from urllib.parse import urlsplit

from fpcrawler.core.web.addresses import one_spelling

_PORTS = {"http": 80, "https": 443}


def is_same_origin(url: str, other: str) -> bool:
    """Return whether two URLs have the same host and port, in any spelling.

    Without the scheme, unlike RFC 6454 section 4: ``https://a.example:8080/`` has the
    origin of ``http://a.example:8080/``, but not that of ``https://a.example/``. A URL
    that is not valid or not of the web has no origin, so this is False.
    """
    origin = _origin_of(url)
    return origin is not None and origin == _origin_of(other)


def _origin_of(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    # Port 0 cannot be connected to, so it may not stand for the default.
    default = _PORTS[parts.scheme]
    return one_spelling(parts.hostname), default if port is None else port
