"""Read one line of a URL list."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from fpcrawler.core.web.hosts import asked_url
from fpcrawler.core.web.passwords import shown

WEB_SCHEMES = ("http", "https")
MAX_URL_CHARS = 8_192
"""Longer URLs are skipped: a hundred thousand of them would fill the memory."""

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


class BadLine(ValueError):
    """A line that cannot be crawled; the text says why."""


def first_word(line: str) -> str | None:
    """Return the first word of a line; None if it is blank or a ``#`` comment."""
    words = line.removeprefix("\ufeff").split(maxsplit=1)
    if not words or words[0].startswith("#"):
        return None
    return words[0]


def web_url(word: str) -> str | None:
    """Return a web URL as it is requested, without fragment.

    Returns None for a path and for a ``file:`` URL. Raises BadLine for another
    scheme, a URL without a host, and one of more than MAX_URL_CHARS.
    """
    if not _SCHEME.match(word):
        return None
    try:
        word.encode()
    except UnicodeEncodeError:  # not UTF-8: read it as Latin-1, as in old lists
        word = word.encode("utf-8", "surrogateescape").decode("latin-1")
    if len(word) > MAX_URL_CHARS:
        raise BadLine(
            f"{shown(word)[:60]!r}… has more than {MAX_URL_CHARS} characters; "
            "remove it."
        )
    try:
        parts = urlsplit(word)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _not_a_url(word, error) from None
    if parts.scheme == "file":
        return None
    if parts.scheme not in WEB_SCHEMES:
        raise BadLine(
            f"{shown(word)!r} is not an http, https or file URL; correct or remove it."
        )
    if not host:
        raise BadLine(
            f"{shown(word)!r} has no host name; write it as https://host/path."
        )
    try:
        return asked_url(word)
    except ValueError as error:
        raise _not_a_url(word, error) from None


def _not_a_url(word: str, error: ValueError) -> BadLine:
    return BadLine(
        f"{shown(word)!r} is not a URL ({error}); correct it or remove the line."
    )
