"""Read JSON Feed, versions 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json

from fpcrawler.core.links.html import parsed
from fpcrawler.core.links.listing import Listing, absolute, may_be_image
from fpcrawler.core.links.page import page_links

_MARKS = (b"jsonfeed.org/version/", rb"jsonfeed.org\/version\/")
_MAX_BYTES = 10_000_000
"""Longer feeds are skipped: parsed JSON takes many times its length in memory."""


def is_json_feed(body: bytes) -> bool:
    """Return whether a body in UTF-8 is a JSON Feed, or the beginning of one."""
    is_object = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    return is_object and any(mark in body for mark in _MARKS)


def listing_of_json(body: bytes, url: str) -> Listing:
    """Read the pages and images of a feed; one that is not JSON lists nothing."""
    listing = Listing()
    feed = _parsed(body)
    for name in ("icon", "favicon"):
        listing.add_image(_url(feed, name, url), "feed", None)
    if following := _url(feed, "next_url", url):
        listing.sitemaps.append(following)
    for item in _objects(feed, "items"):
        if listing.is_full:
            break
        _read_item(item, url, listing)
    return listing


def _parsed(body: bytes) -> dict[str, object]:
    if len(body) > _MAX_BYTES:
        return {}
    try:
        feed = json.loads(body.decode("utf-8-sig", "replace"), strict=False)
    except (ValueError, RecursionError):
        return {}
    return feed if isinstance(feed, dict) else {}


def _read_item(item: dict[str, object], url: str, listing: Listing) -> None:
    page = _url(item, "url", url)
    listing.add_page(page)
    page = page or _url(item, "external_url", url)
    for name in ("image", "banner_image"):
        listing.add_image(_url(item, name, url), "feed", page)
    for attached in _objects(item, "attachments"):
        reference, kind = _text(attached, "url"), _text(attached, "mime_type")
        if may_be_image(reference, kind):
            listing.add_image(absolute(url, reference), "enclosure", page)
    html = _text(item, "content_html")
    if "<" in html:
        listing.add_shown(page_links(parsed(html), page or url), page)


def _objects(parent: dict[str, object], name: str) -> list[dict[str, object]]:
    values = parent.get(name)
    values = values if isinstance(values, list) else []
    return [value for value in values if isinstance(value, dict)]


def _text(parent: dict[str, object], name: str) -> str:
    value = parent.get(name)
    return value if isinstance(value, str) else ""


def _url(parent: dict[str, object], name: str, base: str) -> str | None:
    return absolute(base, _text(parent, name))
