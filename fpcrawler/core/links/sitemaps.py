"""Recognize and read sitemaps and feeds: documents that list pages and images."""

from __future__ import annotations

import re
import zlib
from contextlib import suppress

from fpcrawler.core.file.encodings import wide_encoding
from fpcrawler.core.file.formats import first_tag
from fpcrawler.core.links.jsonfeed import is_json_feed, listing_of_json
from fpcrawler.core.links.listing import ListedImage, Listing, absolute
from fpcrawler.core.links.references import IMAGE_SUFFIXES, suffix
from fpcrawler.core.links.xmllist import listing_of_xml

__all__ = ["ListedImage", "Listing", "is_listing", "listing_of", "unpacked"]

MAX_BYTES = 50_000_000
"""The size limit of the sitemaps protocol, uncompressed."""

LIST_SNIFF_BYTES = 8_192
"""The most first bytes that :func:`is_listing` needs: comments come before a root."""

_MAX_LAYERS = 3
"""Some servers compress a file again that is gzip already."""

_GZIP = b"\x1f\x8b"
_MAX_MEMBERS = 1_000
_CHUNK = 256
"""Bytes to decompress at once: those before an error in them are lost."""

_ROOTS = {b"urlset", b"sitemapindex", b"rss", b"feed", b"rdf"}
_URL_LINE = re.compile(rb"https?://[^\s<>\"]+", re.IGNORECASE)


def unpacked(body: bytes, limit: int = MAX_BYTES) -> bytes:
    """Return a body, decompressed if it is gzip, up to ``limit`` bytes.

    Gzip within gzip is decompressed as well. A damaged body returns what comes
    before the damage.
    """
    for _ in range(_MAX_LAYERS):
        if not body.startswith(_GZIP):
            break
        body = _gunzipped(body, limit)
    return body


def is_listing(body: bytes) -> bool:
    """Return whether a body, gzipped or not, begins a sitemap or a feed."""
    head = _utf_8(unpacked(body[: 2 * LIST_SNIFF_BYTES], LIST_SNIFF_BYTES))
    head = head[:LIST_SNIFF_BYTES]
    return _is_xml(head) or is_json_feed(head) or _is_text(head)


def may_become_listing(head: bytes) -> bool:
    """Return whether a body may be a list, of which ``head`` shows too little."""
    return _utf_8(head).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"{", _GZIP[:1])


def listing_of(body: bytes, url: str) -> Listing:
    """Read a sitemap (sitemaps.org 0.9), RSS, Atom (RFC 4287) or JSON Feed.

    Broken documents return what could be read. Entities are not expanded, and no
    external resource is loaded.
    """
    body = _utf_8(unpacked(body))
    if is_json_feed(body[:LIST_SNIFF_BYTES]):
        return listing_of_json(body, url)
    if _is_text(body[:LIST_SNIFF_BYTES]):
        return _listing_of_text(body, url)
    return listing_of_xml(body, url)


def _gunzipped(body: bytes, limit: int) -> bytes:
    """Decompress the members of a gzip file (RFC 1952 section 2.2)."""
    found, at = bytearray(), 0
    for _ in range(_MAX_MEMBERS):
        if not body.startswith(_GZIP, at):
            break
        at = _add_member(body, at, found, limit)
    return bytes(found)


def _add_member(body: bytes, at: int, found: bytearray, limit: int) -> int:
    """Add the contents of the member at an offset to ``found``; return its end."""
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    with suppress(zlib.error):
        for start in range(at, len(body), _CHUNK):
            if len(found) >= limit:
                break
            chunk = body[start : start + _CHUNK]
            found += member.decompress(chunk, limit - len(found))
            if member.eof:
                return start + len(chunk) - len(member.unused_data)
    return len(body)


def _utf_8(text: bytes) -> bytes:
    """Return a text in UTF-8 if it is in UTF-16 or UTF-32."""
    encoding = wide_encoding(text)
    if encoding is None:
        return text
    return text.decode(encoding, "replace").removeprefix("\ufeff").encode()


def _is_xml(head: bytes) -> bool:
    root = first_tag(head, LIST_SNIFF_BYTES)
    return root.rpartition(b":")[2] in _ROOTS


def _is_text(head: bytes) -> bool:
    """Return whether each line of a text is a URL (sitemaps.org, "Text file")."""
    lines = head.removeprefix(b"\xef\xbb\xbf").splitlines()
    if len(head) >= LIST_SNIFF_BYTES and len(lines) > 1:
        lines.pop()  # it may be cut
    stripped = [line.strip() for line in lines if line.strip()]
    return bool(stripped) and all(map(_URL_LINE.fullmatch, stripped))


def _listing_of_text(body: bytes, url: str) -> Listing:
    listing = Listing()
    for line in body.decode("utf-8-sig", "replace").splitlines():
        if listing.is_full:
            break
        found = absolute(url, line)
        if found and suffix(found) in IMAGE_SUFFIXES:
            listing.add_image(found, "sitemap", None)
        else:
            listing.add_page(found)
    return listing
