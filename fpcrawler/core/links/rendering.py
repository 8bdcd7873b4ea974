"""Decide which requests a page may make while it is rendered."""

from __future__ import annotations

from urllib.parse import urlsplit

from fpcrawler.core.links.references import IMAGE_SUFFIXES, suffix
from fpcrawler.core.web.url_list import MAX_URL_CHARS, WEB_SCHEMES

MAX_PARTS = 200
"""Requests per page; HTTP Archive's median page makes 70, images included."""

MAX_FRAMES = 20
"""Documents of frames per page."""

MAX_IMAGES = 10_000
"""Images per page that are noted: as many as a crawl takes of it by default."""

_NEEDED = {"script", "stylesheet", "xhr", "fetch"}
"""Resource types (names of Chrome DevTools) that can change the document."""

_REFUSED = {"image", "media", "font", "document", "websocket", "eventsource"}
"""Resource types counted by name; all others count as "other"."""


class PageGate:
    """Allows or refuses the requests of one page, whatever host they are for."""

    def __init__(self) -> None:
        self._is_open = False
        self._parts = 0
        self._frames = 0
        self._images = 0

    def opens(self) -> bool:
        """Return True once, for the page itself; scripts may not navigate elsewhere."""
        is_first, self._is_open = not self._is_open, True
        return is_first

    def refuses(
        self, url: str, method: str, resource_type: str, *, is_frame: bool = False
    ) -> str | None:
        """Return why a request is refused; None if it is allowed.

        ``is_frame``: it is for the document of a frame.
        """
        if resource_type not in _NEEDED and not is_frame:
            return resource_type if resource_type in _REFUSED else "other"
        if reason := _refuses_url(url):
            return reason
        if method != "GET":
            return "method"  # a crawl must not change anything on a server
        if is_frame:
            self._frames += 1
            if self._frames > MAX_FRAMES:
                return "too_many_frames"
        self._parts += 1
        return "too_many" if self._parts > MAX_PARTS else None

    def notes_image(self, url: str) -> bool:
        """Return whether an image that was asked for is noted as found."""
        is_usable = _scheme(url) in WEB_SCHEMES and len(url) <= MAX_URL_CHARS
        self._images += is_usable
        return is_usable and self._images <= MAX_IMAGES


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _refuses_url(url: str) -> str | None:
    scheme = _scheme(url)
    if scheme not in WEB_SCHEMES:
        return "scheme" if scheme else "url"
    # A script would fetch an image without a range, so the whole of it.
    return "image" if suffix(url) in IMAGE_SUFFIXES else None
