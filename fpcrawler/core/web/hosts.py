"""Normalize URLs: one spelling to request, check, record and compare."""

from __future__ import annotations

from functools import lru_cache

from ada_url import URL, join_url, normalize_url

_DELIMITERS = frozenset("/?#@:\\")


def asked_url(url: str, base: str | None = None) -> str:
    """Return a URL as browsers request it; raises ValueError if it is not valid.

    The URL Standard, with one difference of Chromium: it encodes ``|`` in a path. The
    URL has no fragment, and neither user nor password. ``base``: an absolute URL that
    a reference is relative to.
    """
    reference = url.partition("#")[0]
    asked = normalize_url(reference) if base is None else join_url(base, reference)
    if "|" in asked:
        path, mark, query = asked.partition("?")
        asked = path.replace("|", "%7C") + mark + query
    if "@" in asked:
        asked = _without_user(asked)
    return asked


def _without_user(url: str) -> str:
    scheme, slashes, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{authority.rpartition('@')[2]}{slash}{path}"


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
