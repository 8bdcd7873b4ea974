"""Remember what earlier crawls have done, eight bytes per image or page."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from urllib.parse import urlsplit

from fpcrawler.core.web.onion import is_onion


class Done:
    """Images and pages that need not be requested again.

    Python's hash differs in each process, so an attacker cannot prepare URLs
    with equal hashes. With ten million numbers of 64 bits, a URL that was never
    added is found with a probability of 10**-12.
    """

    def __init__(
        self, numbers: array[int] | None = None, *, max_depth: int = 0
    ) -> None:
        """Sort ``numbers``, an ``array("q")`` of results of the functions below."""
        self._sorted = array("q") if numbers is None else numbers
        if self._sorted:
            import numpy as np  # noqa: PLC0415 - most crawls do not need it

            np.frombuffer(self._sorted, dtype=np.int64).sort()  # in place
        self._max_depth = max_depth

    def __len__(self) -> int:
        return len(self._sorted)

    def has_image(self, url: str, *, by_tor: bool) -> bool:
        """Return whether the image became a record, or was dropped."""
        return bool(self._sorted) and self._has(image_number(url, by_tor=by_tor))

    def has_no_image(self, url: str, *, by_tor: bool) -> bool:
        """Return whether it was requested as an image and is not one."""
        return bool(self._sorted) and self._has(no_image_number(url, by_tor=by_tor))

    def has_page(self, url: str, *, depth: int, by_tor: bool) -> bool:
        """Return whether a page and its links, ``depth`` deep or deeper, are done."""
        return bool(self._sorted) and any(
            self._has(page_number(url, depth=followed, by_tor=by_tor))
            for followed in range(depth, self._max_depth + 1)
        )

    def has(
        self, url: str, *, by_tor: bool, is_image: bool, is_guess: bool, depth: int
    ) -> bool:
        """Return whether an image or a page is done; ``is_guess``: it may be either."""
        if is_image or is_guess:
            if self.has_image(url, by_tor=by_tor):
                return True
            if not is_guess:
                return self.has_no_image(url, by_tor=by_tor)
        return self.has_page(url, depth=depth, by_tor=by_tor)

    def _has(self, number: int) -> bool:
        index = bisect_left(self._sorted, number)
        return index < len(self._sorted) and self._sorted[index] == number


class DoneBuilder:
    """Collects images and pages that are done, eight bytes each."""

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
    """Return the number of an image; it differs between direct and through Tor.

    ``by_tor``: an onion led to it. An onion itself is always reached through Tor.
    """
    return hash(f"{_route(url, by_tor=by_tor)} image {url}")


def no_image_number(url: str, *, by_tor: bool) -> int:
    """Return the number of a URL that was requested as an image and is not one."""
    return hash(f"{_route(url, by_tor=by_tor)} none {url}")


def page_number(url: str, *, depth: int, by_tor: bool) -> int:
    """Return the number of a page whose links were followed ``depth`` deep."""
    return hash(f"{_route(url, by_tor=by_tor)} {depth} {url}")


def is_told_by(page_url: str | None) -> bool:
    """Return whether the page that names an image is an onion, so Tor leads to it."""
    return page_url is not None and is_onion(_host_of(page_url))


def _route(url: str, *, by_tor: bool) -> str:
    return "Tor" if by_tor and not is_onion(_host_of(url)) else "any"


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # brackets without an IPv6 address
        return ""
