"""Convert a Scrapy response to the plain values of the core."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fpcrawler.core.file.sparse import UNKNOWN_SIZE, SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.http.decoding import decode_step, decoder_of
from fpcrawler.core.http.ranges import (
    PARTIAL_CONTENT,
    Answer,
    ContentRange,
    validator_of,
)
from fpcrawler.core.http.server_digests import DIGEST_HEADERS, server_digests
from fpcrawler.crawl.requests import requested_url
from fpcrawler.items import Sample, Source
from fpcrawler.tor.route import is_tor_only

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Headers, Response

_ETAG = re.compile(r'(?:W/)?"?([^"]*)"?')  # RFC 9110 section 8.8.3
_LENGTH = re.compile(r"[0-9]{1,19}")
_MAX_HEADER_CHARS = 1_000
_MAX_HEADER_LINES = 16


def header(headers: Headers, name: str) -> str | None:
    """Return the value of a header as text of bounded length; None if absent."""
    value = headers.get(name)
    return None if value is None else _text(value) or None


def answer_of(headers: Headers, status: int = 0, *, received: int = 0) -> Answer:
    """Read what a response states about the file; status 0: not known yet."""
    # RFC 9110 section 5.3: repeated lines form a list, which is invalid here.
    named = _text(b", ".join(headers.getlist("Content-Range")))
    content_range = ContentRange.parse(named)
    content_type = (header(headers, "Content-Type") or "").lower()
    is_multipart = content_type.startswith("multipart/byteranges")
    coding = (header(headers, "Content-Encoding") or "identity").lower()
    return Answer(
        status=status,
        content_range=None if is_multipart else content_range,
        content_length=_content_length(headers),
        encoded=coding != "identity",
        has_invalid_range=is_multipart or (bool(named) and content_range is None),
        received=received,
    )


def answer_to(response: Response) -> Answer:
    """Read what a response with its body states about the file."""
    received = len(response.body)
    return answer_of(response.headers, response.status, received=received)


def etag_of(headers: Headers) -> str | None:
    """Return the ETag without ``W/`` and quotes."""
    etag = header(headers, "ETag")
    return _ETAG.sub(r"\1", etag, count=1) if etag else None


def sample_of(
    response: Response, request: Request, *, min_image_size: int, stream_limit: int
) -> Sample:
    """Make the item of an image from the response that holds its sample.

    Raises DecodingError if the Content-Encoding cannot be decoded.
    """
    headers = response.headers
    body = _decoded(response, max(stream_limit, min_image_size + 1))
    answer = answer_to(response)
    is_whole = answer.is_whole and "download_stopped" not in response.flags
    return Sample(
        url=requested_url(request),
        page_url=request.meta.get("page_url"),
        found_in=request.meta.get("found_in"),
        alt=request.meta.get("alt"),
        image_size=answer.image_size,
        etag=etag_of(headers),
        timestamp=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        content_type=header(headers, "Content-Type"),
        last_modified=header(headers, "Last-Modified"),
        server_digests=server_digests(_digest_lines(headers), answer, response.url),
        bytes_downloaded=request.meta.get("bytes_downloaded", 0),
        tor=is_tor_only(request),
        requests={"sample": 1 + request.meta.get("asked_before", 0), "metadata": 0},
        head=body[:SAMPLE_BYTES],
        bytes_seen=len(body) if answer.is_whole else None,
        file=_file_of(body, answer.image_size, is_whole=is_whole),
        is_contradictory=answer.contradicts_itself,
        source=Source(
            request=request,
            has_ranges=answer.status == PARTIAL_CONTENT
            and not answer.contradicts_itself,
            validator=validator_of(
                header(headers, "ETag"),
                header(headers, "Last-Modified"),
                header(headers, "Date"),
            ),
        ),
    )


def _content_length(headers: Headers) -> int | None:
    if "Transfer-Encoding" in headers:  # it takes precedence, RFC 9112 section 6.3 (3)
        return None
    length = header(headers, "Content-Length") or ""
    return int(length) if _LENGTH.fullmatch(length) else None


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip()[:_MAX_HEADER_CHARS]


def _digest_lines(headers: Headers) -> dict[str, list[str]]:
    """Return the lines of each header that can hold a digest, in bounded length."""
    return {
        name: [_text(value) for value in values[:_MAX_HEADER_LINES]]
        for name in DIGEST_HEADERS
        if (values := headers.getlist(name))
    }


def _file_of(body: bytes, image_size: int | None, *, is_whole: bool) -> SparseFile:
    """Return the received part; a server may state a smaller size than it sends."""
    if is_whole:
        size = len(body)
    else:
        size = UNKNOWN_SIZE if image_size is None else max(image_size, len(body))
    file = SparseFile(size)
    file.add(0, body)
    return file


def _decoded(response: Response, limit: int) -> bytes:
    decoder = decoder_of(header(response.headers, "Content-Encoding") or "")
    if decoder is None:
        return response.body
    return decode_step(decoder, response.body, limit)
