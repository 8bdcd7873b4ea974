"""From a Scrapy response to the plain values that the core judges."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fpcrawler.core.decoding import decode_step, decoder_of
from fpcrawler.core.ranges import SAMPLE_BYTES, Answer, ContentRange
from fpcrawler.items import Sample
from fpcrawler.requests import requested_url

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Headers, Response

_ETAG = re.compile(r'(?:W/)?"?([^"]*)"?')  # RFC 9110 section 8.8.3
_LENGTH = re.compile(r"[0-9]{1,19}")
_MAX_HEADER_CHARS = 1_000


def header(headers: Headers, name: str) -> str | None:
    """Return a header's value as bounded text, None where there is none."""
    value = headers.get(name)
    if value is None:
        return None
    text = value.decode("utf-8", "replace").strip()
    return text[:_MAX_HEADER_CHARS] or None


def answer_of(headers: Headers, status: int = 0) -> Answer:
    """Read what a response says of the file; status 0 while it is not known."""
    length = header(headers, "Content-Length") or ""
    coding = (header(headers, "Content-Encoding") or "identity").lower()
    return Answer(
        status=status,
        content_range=ContentRange.parse(header(headers, "Content-Range")),
        content_length=int(length) if _LENGTH.fullmatch(length) else None,
        encoded=coding != "identity",
    )


def sample_of(response: Response, request: Request, *, min_image_size: int) -> Sample:
    """Make the item of an image's response that holds the sample.

    Raises DecodingError where the Content-Encoding cannot be undone.
    """
    headers = response.headers
    body = _decoded(response, max(SAMPLE_BYTES, min_image_size + 1))
    etag = header(headers, "ETag")
    return Sample(
        url=requested_url(request),
        page_url=request.meta.get("page_url"),
        found_in=request.meta.get("found_in"),
        alt=request.meta.get("alt"),
        image_size=answer_of(headers, response.status).image_size,
        etag=_ETAG.sub(r"\1", etag, count=1) if etag else None,
        timestamp=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        content_type=header(headers, "Content-Type"),
        last_modified=header(headers, "Last-Modified"),
        bytes_downloaded=request.meta.get("bytes_downloaded", 0),
        head=body[:SAMPLE_BYTES],
        bytes_seen=len(body),
    )


def _decoded(response: Response, limit: int) -> bytes:
    decoder = decoder_of(header(response.headers, "Content-Encoding") or "")
    if decoder is None:
        return response.body
    return decode_step(decoder, response.body, limit)
