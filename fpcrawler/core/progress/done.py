"""What earlier crawls are done with, as numbers of eight bytes."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from urllib.parse import urlsplit

from w3lib.url import canonicalize_url

from fpcrawler.core.web.onion import is_onion

_CANONICAL = re.compile(
    r"https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[1-9][0-9]{0,4})?(?:/[\w~-][\w.~-]*)+",
    re.ASCII,
)
"""Most URLs of images; to find a URL's canonical form takes twenty times as long."""


class Done:
    """Images and pages that need not be asked for again.

    Python's own hash is another in each process, so nobody can prepare URLs that
    have the same one. Of ten million numbers of 64 bits, one that was never put
    in is found with a probability of 10**-12.
    """

    def __init__(
        self, numbers: array[int] | None = None, *, max_depth: int = 0
    ) -> None:
        """Take numbers of the functions below, as ``array("q")``, and sort them."""
        self._sorted = array("q") if numbers is None else numbers
        if self._sorted:
            import numpy as np  # noqa: PLC0415 - most crawls have no use for it

            np.frombuffer(self._sorted, dtype=np.int64).sort()  # in its place
        self._max_depth = max_depth

    def __len__(self) -> int:
        return len(self._sorted)

    def has_image(self, url: str, *, by_tor: bool) -> bool:
        """Tell whether the image became a record, or was dropped."""
        return bool(self._sorted) and self._has(image_number(url, by_tor=by_tor))

    def has_no_image(self, url: str, *, by_tor: bool) -> bool:
        """Tell whether it was asked for as an image, and is none: perhaps a page."""
        return bool(self._sorted) and self._has(no_image_number(url, by_tor=by_tor))

    def has_page(self, url: str, *, depth: int, by_tor: bool) -> bool:
        """Tell whether all is done that the page leads to, ``depth`` links deep."""
        return bool(self._sorted) and any(
            self._has(page_number(url, depth=followed, by_tor=by_tor))
            for followed in range(depth, self._max_depth + 1)
        )

    def has(
        self, url: str, *, by_tor: bool, is_image: bool, is_guess: bool, depth: int
    ) -> bool:
        """Tell whether an image or a page is done; ``is_guess``: it may be either."""
        if is_image or is_guess:
            if self.has_image(url, by_tor=by_tor):
                return True
            if not is_guess:
                return self.has_no_image(url, by_tor=by_tor)
        return self.has_page(url, depth=depth, by_tor=by_tor)

    def _has(self, number: int) -> bool:
        place = bisect_left(self._sorted, number)
        return place < len(self._sorted) and self._sorted[place] == number


class DoneBuilder:
    """Collects what is done, eight bytes each."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._max_depth = 0

    def add_image(self, url: str, *, by_tor: bool) -> None:
        self._numbers.append(image_number(url, by_tor=by_tor))

    def add_no_image(self, url: str, *, by_tor: bool) -> None:
        self._numbers.append(no_image_number(url, by_tor=by_tor))

    def add_page(self, url: str, *, depth: int, by_tor: bool) -> None:
        self._numbers.append(page_number(url, depth=depth, by_tor=by_tor))
        self._max_depth = max(self._max_depth, depth)

    def built(self) -> Done:
        return Done(self._numbers, max_depth=self._max_depth)


def image_number(url: str, *, by_tor: bool) -> int:
    """Return the number of an image, another for each of the ways to it.

    ``by_tor``: an onion led to it. An onion itself has no other way.
    """
    return hash(f"{_way(url, by_tor=by_tor)} image {canonical(url)}")


def no_image_number(url: str, *, by_tor: bool) -> int:
    """Return the number of something that was asked for as an image, and is none."""
    return hash(f"{_way(url, by_tor=by_tor)} none {canonical(url)}")


def page_number(url: str, *, depth: int, by_tor: bool) -> int:
    """Return the number of a page whose links were followed ``depth`` deep."""
    return hash(f"{_way(url, by_tor=by_tor)} {depth} {canonical(url)}")


def canonical(url: str) -> str:
    """Return the form of a URL that Scrapy tells duplicates by."""
    if _CANONICAL.fullmatch(url):
        return url
    try:
        return canonicalize_url(url)
    except ValueError:  # a port of six digits, which no request can have
        return url


def is_told_by(page_url: str | None) -> bool:
    """Tell whether the page that names an image says that Tor leads to it."""
    return page_url is not None and is_onion(_host_of(page_url))


def _way(url: str, *, by_tor: bool) -> str:
    return "Tor" if by_tor and not is_onion(_host_of(url)) else "any"


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # brackets that are no IPv6 address
        return ""
