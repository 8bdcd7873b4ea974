"""Read and write lists of what failed, and lead a crawl to it again."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable

import msgspec
from msgspec import Struct


class Failure(Struct, frozen=True):
    """A line of the list (FailedFile); ``page`` names the URL, None: the list does."""

    url: str
    reason: str
    page: str | None = None


def failures_in(gzipped: bytes) -> list[Failure] | None:
    """Return the lines of a list; None if it is cut off."""
    try:
        lines = gzip.decompress(gzipped).splitlines()
        return [msgspec.json.decode(line, type=Failure) for line in lines]
    except (OSError, EOFError, zlib.error, ValueError):
        return None


def gzipped(failures: Iterable[Failure]) -> bytes:
    """Return the content of a list; that of equal lists is equal."""
    lines = (msgspec.json.encode(failure) + b"\n" for failure in failures)
    return gzip.compress(b"".join(lines), mtime=0)


def visits_again(failures: Iterable[Failure] | None) -> bool:
    """Return whether :func:`list_again` leads to a page again, or to the whole list."""
    return not failures or any(failure.page for failure in failures)


def list_again(failures: Iterable[Failure] | None, listed: bytes) -> bytes:
    """Return the list that leads to all URLs that failed, of a crawl of ``listed``.

    An image that a page names is reached by this page again: only the page decides
    whether it is reached through Tor, and whether at a private address. Of a page
    that is not listed itself it is unknown what led to it, so all is listed again.
    """
    wanted = dict.fromkeys(failure.page or failure.url for failure in failures or ())
    if not wanted or not wanted.keys() <= {*listed.decode().split("\n")}:
        return listed
    return "".join(f"{url}\n" for url in wanted).encode()
