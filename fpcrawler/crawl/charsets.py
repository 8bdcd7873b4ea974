"""Decide the character set of a page as browsers do."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from scrapy.http import HtmlResponse, TextResponse
from scrapy.utils.python import to_unicode
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
)

from fpcrawler.core.web.labels import is_charset, labelled

if TYPE_CHECKING:
    from scrapy.http import Response

_MAX_DECLARED = 4_096  # bytes of a page in which Scrapy looks for its charset
_WIDE = "utf-16"


def html_of(response: Response) -> HtmlResponse:
    """Return a page as HTML in its character set.

    HTML section 13.2.3.2, "prescan a byte stream": a page that calls itself UTF-16 in
    letters of one byte is UTF-8. Scrapy believes it. Encoding Standard section 4.2:
    labels that it does not list are ignored.
    """
    page = (
        response
        if isinstance(response, HtmlResponse)
        else response.replace(cls=HtmlResponse)
    )
    if read_bom(page.body[:4])[0] is not None:
        return page
    if not is_charset(page.encoding):
        page = page.replace(encoding=_charset_without_header(page.body))
    if not page.encoding.startswith(_WIDE):
        return page
    header = to_unicode(page.headers.get("Content-Type") or b"", "latin-1")
    named = http_content_type_encoding(header)
    if named is None or not is_charset(named):
        return page.replace(encoding="utf-8")
    # Encoding Standard section 4.2: of the label utf-16, the bytes are little-endian.
    return page.replace(encoding="utf-16-le") if named == "utf-16" else page


def charset_of(page: TextResponse) -> str:
    """Return the character set in which a page's queries are encoded.

    Scrapy reads GBK as its superset GB18030, which browsers write only if a page names
    it (Encoding Standard section 10.1.2).
    """
    charset = page.encoding
    if charset != "gb18030":
        return charset
    header = page.headers.get("Content-Type") or b""
    is_named = b"gb18030" in (header + page.body[:_MAX_DECLARED]).lower()
    return charset if is_named else "gbk"


def text_of(response: Response) -> str:
    """Return the text of a style sheet."""
    if isinstance(response, TextResponse) and _is_readable(response):
        return response.text
    return response.body.decode("utf-8-sig", "replace")


def forget_text(response: Response) -> None:
    """Free the text that Scrapy keeps: up to four bytes for each byte of the body."""
    if isinstance(response, TextResponse):
        response._cached_ubody = None  # noqa: SLF001 - it has no public name


def _is_readable(response: TextResponse) -> bool:
    return read_bom(response.body[:4])[0] is not None or is_charset(response.encoding)


def _charset_without_header(body: bytes) -> str:
    named = html_body_declared_encoding(body)
    if named is not None and is_charset(named):
        return named
    try:
        body.decode()
    except UnicodeDecodeError:
        return "cp1252"  # HTML section 13.2.3.2: the default of most languages
    return "utf-8"


def _codec_of(label: str) -> codecs.CodecInfo | None:
    name = labelled(label)
    return None if name is None else codecs.lookup(name)


# Scrapy looks the labels of pages up among Python's codecs.
codecs.register(_codec_of)
