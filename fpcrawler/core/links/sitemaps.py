"""Read sitemaps and feeds: XML that lists pages and images."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from fpcrawler.core.file.formats import SNIFF_BYTES, first_tag
from fpcrawler.core.links.references import Base
from fpcrawler.core.web.url_list import WEB_SCHEMES

MAX_BYTES = 50_000_000
"""The size limit of the sitemaps protocol, uncompressed."""

_MAX_TREE_BYTES = 10_000_000
"""A larger document that is broken is read up to its first fatal error."""

_GZIP = b"\x1f\x8b"
_ROOTS = {b"urlset", b"sitemapindex", b"rss", b"feed", b"rdf"}
_IMAGE_TYPES = "image/"


@dataclass(frozen=True, slots=True)
class ListedImage:
    """An image of a sitemap or feed: where it was found, and the page that shows it."""

    url: str
    found_in: str
    page_url: str | None


@dataclass(slots=True)
class Listing:
    """The contents of a sitemap or feed: pages, further sitemaps, images."""

    pages: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    images: list[ListedImage] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    """HTML of entries, each with its base URL."""


def unpacked(body: bytes, limit: int = MAX_BYTES) -> bytes:
    """Return a body, decompressed if it is gzip, up to ``limit`` bytes."""
    if not body.startswith(_GZIP):
        return body
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body, limit)
    except zlib.error:
        return b""


def is_listing(body: bytes) -> bool:
    """Return whether a body, gzipped or not, begins a sitemap or a feed."""
    root = first_tag(unpacked(body[: 4 * SNIFF_BYTES], SNIFF_BYTES))
    return root.rpartition(b":")[2] in _ROOTS


def listing_of(body: bytes, url: str) -> Listing:
    """Read a sitemap (sitemaps.org 0.9), RSS 1.0 or 2.0, or Atom (RFC 4287).

    Broken XML returns what could be read. Entities are not expanded, and no
    external resource is loaded.
    """
    body = unpacked(body)
    entries = etree.iterparse(
        BytesIO(body),
        events=("end",),
        recover=True,
        resolve_entities=False,
        no_network=True,
    )
    listing = _read(entries, url)
    # At a fatal error, as a bare `<` in a text, libxml2 stops to parse piece by
    # piece. It recovers where it has all of the document at once.
    is_broken = any(e.level == etree.ErrorLevels.FATAL for e in entries.error_log)
    if is_broken and len(body) <= _MAX_TREE_BYTES:
        whole = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
        with suppress(etree.XMLSyntaxError):
            root: etree._Element | None = etree.fromstring(body, whole)
            if root is not None:
                return _read(etree.iterwalk(root, events=("end",)), url)
    return listing


def _read(entries: Iterable[tuple[str, etree._Element]], url: str) -> Listing:
    listing = Listing()
    with suppress(etree.XMLSyntaxError):
        for _, element in entries:
            if _name(element) in _UNITS:
                _read_unit(element, url, listing)
    return listing


def _read_unit(unit: etree._Element, url: str, listing: Listing) -> None:
    """Read an entry as soon as it is complete, and free its memory."""
    for element in unit.iter(etree.Element):
        _READERS.get(_name(element), _nothing)(element, url, listing)
    unit.clear()
    parent = unit.getparent()
    while parent is not None and parent[0] is not unit:
        del parent[0]


def _name(element: etree._Element) -> str:
    """Return ``prefix:name`` with the usual prefix of the namespace.

    libxml2 keeps an undeclared prefix in the name, and ``etree.QName`` raises on
    it. An undeclared prefix has its usual meaning; unknown ones are ignored.
    """
    tag = str(element.tag)
    if tag[0] == "{":
        namespace, _, name = tag[1:].partition("}")
        return _PREFIXES.get(namespace, "") + name
    prefix, colon, name = tag.rpartition(":")
    return tag if prefix + colon in _PREFIXES.values() else name


def _nothing(_: etree._Element, __: str, ___: Listing) -> None:
    """Skip an element without a URL."""


def _loc(element: etree._Element, url: str, listing: Listing) -> None:
    """Read ``loc`` of a page or of another sitemap."""
    parent = element.getparent()
    kind = _name(parent) if parent is not None else ""
    found = _absolute(url, element.text)
    if found and kind == "url":
        listing.pages.append(found)
    elif found and kind == "sitemap":
        listing.sitemaps.append(found)


def _sitemap_image(element: etree._Element, url: str, listing: Listing) -> None:
    """Read ``image:loc``, and the page of its ``url`` element."""
    page = next(
        (
            sibling.text
            for ancestor in element.iterancestors()
            for sibling in ancestor
            if isinstance(sibling.tag, str) and _name(sibling) == "loc"
        ),
        None,
    )
    _add(listing, url, element.text, "sitemap", _absolute(url, page))


def _link(element: etree._Element, url: str, listing: Listing) -> None:
    """Read ``link``: RSS names the page in the text, Atom in ``href``."""
    reference = element.get("href") or element.text
    relation = element.get("rel", "alternate")
    if relation == "enclosure":
        _typed(element, url, listing)
    elif relation == "alternate" and _is_in_entry(element):
        page = _absolute(url, reference)
        if page:
            listing.pages.append(page)


def _typed(element: etree._Element, url: str, listing: Listing) -> None:
    """Read ``enclosure`` and ``media:content`` if their type is an image."""
    kind = element.get("type", "")
    if kind.startswith(_IMAGE_TYPES) or element.get("medium") == "image":
        reference = element.get("url") or element.get("href")
        name = "enclosure" if _name(element) != "media:content" else "media:content"
        _add(listing, url, reference, name, _page_of(element, url))


def _thumbnail(element: etree._Element, url: str, listing: Listing) -> None:
    reference = element.get("url") or element.get("href")
    _add(listing, url, reference, _name(element), _page_of(element, url))


def _text(element: etree._Element, url: str, listing: Listing) -> None:
    """Keep the HTML of an entry: RSS ``description``, Atom ``content`` and others."""
    if _is_in_entry(element) and "<" in (element.text or ""):
        listing.texts.append((str(element.text), _page_of(element, url) or url))


def _logo(element: etree._Element, url: str, listing: Listing) -> None:
    """Read the image of a feed: RSS ``image/url``, Atom ``logo`` and ``icon``."""
    parent = element.getparent()
    if _name(element) != "url" or (parent is not None and _name(parent) == "image"):
        _add(listing, url, element.text, "feed", None)


def _add(
    listing: Listing, base: str, reference: str | None, found_in: str, page: str | None
) -> None:
    image = _absolute(base, reference)
    if image:
        listing.images.append(ListedImage(image, found_in, page))


def _page_of(element: etree._Element, url: str) -> str | None:
    """Return the page of the entry that contains the element."""
    for ancestor in element.iterancestors():
        if _name(ancestor) in ("item", "entry"):
            for link in ancestor:
                if isinstance(link.tag, str) and _name(link) == "link":
                    return _absolute(url, link.get("href") or link.text)
    return None


def _is_in_entry(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and _name(parent) in ("item", "entry")


def _absolute(base: str, reference: str | None) -> str | None:
    scheme, url = Base(base).absolute(reference or "")
    return url if scheme in WEB_SCHEMES and url else None


_PREFIXES = {
    "http://www.google.com/schemas/sitemap-image/1.1": "image:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
}
_UNITS = {"url", "sitemap", "item", "entry", "logo", "icon"}
_READERS = {
    "loc": _loc,
    "image:loc": _sitemap_image,
    "link": _link,
    "enclosure": _typed,
    "media:content": _typed,
    "media:thumbnail": _thumbnail,
    "itunes:image": _thumbnail,
    "url": _logo,
    "description": _text,
    "encoded": _text,
    "content": _text,
    "summary": _text,
    "logo": _logo,
    "icon": _logo,
}
