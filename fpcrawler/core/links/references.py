"""Resolve references to absolute URLs, and classify them by suffix."""

from __future__ import annotations

import re

from fpcrawler.core.web.charsets import encoded_query
from fpcrawler.core.web.hosts import asked_url
from fpcrawler.core.web.url_list import MAX_URL_CHARS


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set; such tables read better as a text."""
    return frozenset(text.split())


CRAWLED_SCHEMES = frozenset(("http", "https", "file"))
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

# WHATWG URL section 4.4: leading and trailing C0 control or space.
_EDGES = "".join(map(chr, range(0x21)))
_REMOVED = str.maketrans("", "", "\t\n\r")
_SCHEME = re.compile("([A-Za-z][A-Za-z0-9+.-]*+):")


class Base:
    """The base URL of one document, and the character set of its queries.

    ``charset``: Python's name; without one, queries are in UTF-8.
    """

    def __init__(self, url: str, charset: str | None = None) -> None:
        self._url = url
        self._scheme = _scheme_of(url)
        self._charset = charset

    def moved_to(self, url: str) -> Base:
        """Return the base at another URL, with the same character set."""
        return Base(url, self._charset)

    def of_style(self) -> Base:
        """Return the base of the page's style sheets, whose queries are in UTF-8."""
        return Base(self._url)

    def absolute(self, reference: str) -> tuple[str, str]:
        """Return the scheme and the URL to request; "" if it cannot be requested.

        The URL has no fragment. The scheme is "" for a reference to the document
        itself, "other" for text that is not a URL.
        """
        reference = _trimmed(reference)
        if not reference:
            return "", ""
        scheme = _scheme_of(reference) or self._scheme
        if scheme not in CRAWLED_SCHEMES:
            return (scheme if scheme in _NAMED_SCHEMES else "other"), ""
        if self._charset is not None and not reference.isascii():
            path, mark, query = reference.partition("?")
            reference = path + mark + encoded_query(query, self._charset)
        try:
            url = asked_url(reference, self._url)
        except ValueError:  # also for half a surrogate pair, which JSON can hold
            return "other", ""
        return (scheme, url) if len(url) <= MAX_URL_CHARS else ("other", "")


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


def _scheme_of(reference: str) -> str:
    match = _SCHEME.match(reference)
    return match[1].lower() if match else ""
