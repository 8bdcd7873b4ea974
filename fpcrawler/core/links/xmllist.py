"""Read the XML of sitemaps and feeds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import takewhile

from lxml import etree

from fpcrawler.core.links.html import parsed
from fpcrawler.core.links.listing import Listing, absolute, may_be_image
from fpcrawler.core.links.page import page_links
from fpcrawler.core.links.references import words
from fpcrawler.core.links.xmlnames import (
    ENTRIES,
    ancestors,
    base_of,
    is_in_entry,
    local_name,
    name_of,
)

_MAX_TREE_BYTES = 10_000_000
"""A larger document that is broken is read up to its first fatal error."""

_DECLARED_WIDE = re.compile(rb"""<\?xml[^>]{,100}encoding\s*=\s*["']utf-?(?:16|32)""")

# XML 1.0 section 2.4: outside CDATA, "&" is escaped; libxml2 cuts out one that is not.
_BARE = re.compile(
    rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))|&(?!#?[A-Za-z0-9_]{1,32};)", re.DOTALL
)
_IANA = "http://www.iana.org/assignments/relation/"


def listing_of_xml(body: bytes, url: str) -> Listing:
    """Read a sitemap (sitemaps.org 0.9), RSS 0.9 to 2.0, or Atom (RFC 4287).

    ``body``: neither compressed nor in UTF-16. Broken XML returns what could be read.
    """
    # XML 1.0 section 2.8: nothing may come before the declaration, but it does.
    body = body.lstrip()
    # Texts that were converted to UTF-8 may still claim to be UTF-16.
    is_claimed_wide = _DECLARED_WIDE.match(body[:200].lower())
    encoding = "utf-8" if is_claimed_wide else None
    entries = _parsed(body, encoding)
    listing = _read(entries, url)
    # At a fatal error, as a bare `<` in a text, libxml2 stops to parse piece by
    # piece. It recovers where it has all of the document at once.
    if all(e.level != etree.ErrorLevels.FATAL for e in entries.error_log):
        return listing
    body = _BARE.sub(lambda found: found[1] or b"&amp;", body)
    if len(body) > _MAX_TREE_BYTES:
        return _read(_parsed(body, encoding), url)
    whole = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, encoding=encoding
    )
    with suppress(etree.XMLSyntaxError):
        root: etree._Element | None = etree.fromstring(body, whole)
        if root is not None:
            return _read(etree.iterwalk(root, events=("end",)), url)
    return listing


def _parsed(
    body: bytes, encoding: str | None
) -> etree.iterparse[tuple[str, etree._Element]]:
    return etree.iterparse(
        BytesIO(body),
        events=("end",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        encoding=encoding,
    )


def _read(entries: Iterable[tuple[str, etree._Element]], url: str) -> Listing:
    listing = Listing()
    with suppress(etree.XMLSyntaxError):
        for _, element in takewhile(lambda _: not listing.is_full, entries):
            name = name_of(element)
            if name in ENTRIES or (name in _UNITS and not _is_within_entry(element)):
                _read_unit(element, url, listing)
    return listing


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is read at once: an entry, or a part of a feed, and the page that it names.

    The page is sought once: an entry can have a million images, and no page.
    """

    url: str  # of the list
    page: str | None
    listing: Listing

    def absolute(self, element: etree._Element, reference: str | None) -> str | None:
        return absolute(base_of(element, self.url), reference)


def _read_unit(element: etree._Element, url: str, listing: Listing) -> None:
    """Read an entry as soon as it is complete, and free its memory."""
    unit = _Unit(url, _page_of(element, url), listing)
    texts = []
    for part in element.iter(etree.Element):
        name = name_of(part)
        if name in _TEXTS and is_in_entry(part):
            texts.append(part)
        elif reader := _READERS.get(name):
            reader(part, unit)
    # What an entry attaches comes before what its text shows.
    for text in texts:
        _read_text(text, unit)
    _free(element)


def _free(unit: etree._Element) -> None:
    unit.clear()
    parent = unit.getparent()
    while parent is not None and parent[0] is not unit:
        del parent[0]


def _loc(element: etree._Element, unit: _Unit) -> None:
    """Read ``loc`` of a page, of another sitemap, or of an image without a prefix."""
    parent = element.getparent()
    kind = local_name(parent) if parent is not None else ""
    found = unit.absolute(element, element.text)
    if kind == "url":
        unit.listing.add_page(found)
    elif found and kind == "sitemap":
        unit.listing.sitemaps.append(found)
    elif kind == "image":
        _sitemap_image(element, unit)


def _sitemap_image(element: etree._Element, unit: _Unit) -> None:
    """Read ``image:loc``, and the picture of a video."""
    unit.listing.add_image(unit.absolute(element, element.text), "sitemap", unit.page)


def _link(element: etree._Element, unit: _Unit) -> None:
    """Read ``link``: RSS names the page in the text, Atom in ``href``."""
    relation = _relation(element)
    if relation == "enclosure":
        _attached(element, unit)
    elif relation == "alternate" and is_in_entry(element):
        reference = element.get("href") or element.text
        unit.listing.add_page(unit.absolute(element, reference))


def _attached(element: etree._Element, unit: _Unit) -> None:
    """Read ``enclosure`` and ``media:content`` if they are images."""
    reference = element.get("url") or element.get("href") or ""
    kind, medium = element.get("type", ""), element.get("medium", "")
    if may_be_image(reference, kind, medium):
        name = "enclosure" if name_of(element) != "media:content" else "media:content"
        unit.listing.add_image(unit.absolute(element, reference), name, unit.page)


def _picture(element: etree._Element, unit: _Unit) -> None:
    """Read an element that can only be an image, by its attribute or its text."""
    name = name_of(element)
    found_in = name if name in ("media:thumbnail", "itunes:image") else "feed"
    values = (element.get("url"), element.get("href"), element.get(_RESOURCE))
    reference = next(filter(None, values), element.text)
    unit.listing.add_image(unit.absolute(element, reference), found_in, unit.page)


def _entry_image(element: etree._Element, unit: _Unit) -> None:
    if is_in_entry(element):
        _picture(element, unit)


def _read_text(element: etree._Element, unit: _Unit) -> None:
    """Read the HTML of an entry: RSS ``description``, Atom ``content`` and others.

    RFC 4287 section 4.1.3: as text, as XHTML elements, or as a file by its ``src``.
    """
    page, listing = unit.page, unit.listing
    # RFC 4287 section 3.1.1.3: XHTML is in one div, which may have a base as well.
    inner = next(element.iterchildren(etree.Element), element)
    base = base_of(inner, unit.url)
    if base == unit.url:
        base = page or base
    if source := element.get("src"):
        if may_be_image(source, element.get("type", "")):
            listing.add_image(absolute(base, source), "enclosure", page)
    elif len(element):
        listing.add_shown(page_links(element, base), page)
    elif "<" in (element.text or ""):
        listing.add_shown(page_links(parsed(element.text or ""), base), page)


def _logo(element: etree._Element, unit: _Unit) -> None:
    """Read the image of a feed: RSS ``image/url``, Atom ``logo`` and ``icon``."""
    parent = element.getparent()
    kind = local_name(parent) if parent is not None else ""
    if name_of(element) != "url" or kind == "image":
        unit.listing.add_image(unit.absolute(element, element.text), "feed", None)


def _page_of(unit: etree._Element, url: str) -> str | None:
    """Return the page that an entry of a feed or of a sitemap names."""
    is_entry = name_of(unit) in ENTRIES
    for part in unit.iterchildren(etree.Element):
        if _is_page_link(part) if is_entry else name_of(part) == "loc":
            return absolute(base_of(part, url), part.get("href") or part.text)
    return None


def _is_page_link(element: etree._Element) -> bool:
    return name_of(element) == "link" and _relation(element) == "alternate"


def _relation(element: etree._Element) -> str:
    """Return ``rel``; RFC 4287 section 4.2.7.2: a name stands for IANA's IRI of it."""
    return element.get("rel", "alternate").strip().lower().removeprefix(_IANA)


def _is_within_entry(element: etree._Element) -> bool:
    return any(name_of(ancestor) in ENTRIES for ancestor in ancestors(element))


_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_UNITS = words("url sitemap logo icon itunes:image media:thumbnail media:content")
"""What is read as soon as it is complete, unless it is a part of an entry."""

_TEXTS = words("body content description encoded summary")
_READERS = {
    "loc": _loc,
    "image:loc": _sitemap_image,
    "video:thumbnail_loc": _sitemap_image,
    "link": _link,
    "enclosure": _attached,
    "media:content": _attached,
    "media:thumbnail": _picture,
    "itunes:image": _picture,
    "image": _entry_image,
    "image_link": _entry_image,  # Google Merchant Center, with the prefix g:
    "additional_image_link": _entry_image,
    "url": _logo,
    "logo": _logo,
    "icon": _logo,
}
