"""Where a page names its images."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

from fpcrawler.core.urllist import MAX_URL_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsel import Selector

_NO_BASES = ("data:", "javascript:")  # HTML section 4.2.3, "frozen base URL"
_BLANKS = str.maketrans("", "", "\t\n\r")


def image_urls(page: Selector, url: str) -> Iterator[str]:
    """Yield the absolute URL of each image of ``page``, once, in its order.

    ``url`` is the page's own; ``<base href>`` overrides it. A reference that is
    not a URL at all is passed over.
    """
    base = _joined(url, page.xpath("//base/@href").get("")) or url
    if base.startswith(_NO_BASES):
        base = url
    seen: set[str] = set()
    for reference in page.xpath("//img/@src").getall():
        image = _joined(base, reference)
        if image and image not in seen:
            seen.add(image)
            yield image


def _joined(base: str, reference: str) -> str | None:
    """Resolve a reference as WHATWG URL section 4.4 does: no tabs, no newlines."""
    reference = reference.strip().translate(_BLANKS)
    if not reference or len(base) + len(reference) > MAX_URL_CHARS:
        return None
    try:
        return urldefrag(urljoin(base, reference)).url
    except ValueError:  # "http://[" is no URL
        return None
