"""Resolve references to absolute URLs, and classify them by suffix."""

from __future__ import annotations

import re
from typing import NamedTuple

from fpcrawler.core.web.hosts import asked_url
from fpcrawler.core.web.url_list import MAX_URL_CHARS


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set; such tables read better as a text."""
    return frozenset(text.split())


CRAWLED_SCHEMES = frozenset(("http", "https", "file"))
_WEB_SCHEMES = frozenset(("http", "https"))
# Only these are counted by name: a page could use a million schemes.
_NAMED_SCHEMES = words(
    "about android-app blob cid data ftp intent javascript mailto sms tel"
)

IMAGE_SUFFIXES = words(
    "apng avif avifs bmp cr2 cr3 cur dng gif heic heics heif hif ico j2k jfif jp2 jpe "
    "jpeg jpg jxl nef orf pjp pjpeg png psd raf rw2 svg svgz tif tiff webp"
)
PAGE_SUFFIXES = words("asp aspx cfm htm html jsp jspx php shtml xhtml")
OTHER_SUFFIXES = words(
    # archives and programs
    "7z apk bin bz2 cab deb dmg exe gz iso jar msi pkg rar rpm tar tgz txz xz zip zst "
    # audio and video
    "3gp aac aif aiff avi flac flv m3u8 m4a m4v mid midi mkv mov mp3 mp4 mpeg mpg oga "
    "ogg ogv opus ts wav weba webm wma wmv "
    # documents
    "csv doc docx epub mobi odp ods odt pdf ppt pptx ps rtf xls xlsx "
    # parts of pages
    "css eot htc js json map mjs otf swf ttf vtt wasm woff woff2"
)
"""Suffixes of files that are neither a page nor an image."""

# RFC 3986 appendix B; the fragment has already been removed.
_PARTS = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.-]*+):)?(?://([^/?]*+))?([^?]*+)(\?.*+)?", re.DOTALL
)
_REMOVED = str.maketrans("", "", "\t\n\r")
# WHATWG URL section 4.4: leading and trailing C0 control or space.
_EDGES = "".join(map(chr, range(0x21)))


class SplitReference(NamedTuple):
    """The parts of a reference; ``None``: undefined, as in RFC 3986 section 5.3."""

    scheme: str | None
    authority: str | None
    path: str
    query: str  # with its question mark


class Base:
    """The base URL of one document."""

    def __init__(self, url: str) -> None:
        self._parts = _split(_trimmed(url))
        self._folder = self._parts.path.rpartition("/")[0] + "/"

    def absolute(self, reference: str) -> tuple[str, str]:
        """Return the scheme and the URL to request; "" if it cannot be requested.

        RFC 3986 section 5.2.2, and WHATWG URL for spaces and backslashes. The URL
        has no fragment. The scheme is "" for a reference to the document itself,
        "other" for text that is not a URL.
        """
        reference = _trimmed(reference)
        if not reference:
            return "", ""
        parts = _split(reference)
        scheme = parts.scheme or self._parts.scheme or ""
        if scheme not in CRAWLED_SCHEMES:
            return (scheme if scheme in _NAMED_SCHEMES else "other"), ""
        if "\\" in parts.path or "\\" in (parts.authority or ""):
            slashed = reference.partition("?")[0].replace("\\", "/")
            parts = _split(slashed + parts.query)
        url = self._joined(scheme, parts)
        return (scheme, url) if url else ("other", "")

    def _joined(self, scheme: str, parts: SplitReference) -> str:
        authority, path, query = parts.authority, parts.path, parts.query
        # "http:a.jpg" is relative on an http page (WHATWG "special relative").
        is_relative = authority is None and scheme == self._parts.scheme
        if is_relative and not (parts.scheme and scheme == "file"):
            authority = self._parts.authority
            if not path:
                path, query = self._parts.path, query or self._parts.query
            elif path[0] != "/":
                path = self._folder + path
        # Not two slashes before the host: https:///host/a.jpg, http:/host.
        if scheme in _WEB_SCHEMES and not authority:
            authority, _, path = path.lstrip("/").partition("/")
            path = f"/{path}"
        if "/." in path:
            path = _without_dots(path)
        url = f"{scheme}://{authority or ''}{path}{query}"
        if len(url) > MAX_URL_CHARS:
            return ""
        try:
            return asked_url(url)
        except ValueError:  # also for half a surrogate pair, which JSON can hold
            return ""


def suffix(url: str) -> str:
    """Return the lower-case suffix of the file that the URL names, or ""."""
    name = url.partition("?")[0].rpartition("/")[2]
    stem, _, end = name.rpartition(".")
    # /wiki/File:Boat.jpg is MediaWiki's page about an image, not the image.
    return "" if not stem or ":" in stem else end.lower()


def _trimmed(reference: str) -> str:
    reference = reference.partition("#")[0].strip(_EDGES)
    if "\n" in reference or "\t" in reference or "\r" in reference:
        return reference.translate(_REMOVED)
    return reference


def _split(reference: str) -> SplitReference:
    match = _PARTS.match(reference)
    assert match is not None  # noqa: S101 - each part may be empty
    scheme, authority, path, query = match.groups("")
    return SplitReference(
        scheme.lower() or None,
        authority if match[2] is not None else None,
        path,
        query,
    )


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4, "remove dot segments"."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
