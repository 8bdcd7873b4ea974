"""Convert a Scrapy response to the plain values of the core."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from scrapy.utils.httpobj import urlparse_cached

from fpcrawler.core.file.formats import image_format
from fpcrawler.core.file.sparse import UNKNOWN_SIZE, SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.http.decoding import decode_step, decoder_of, is_encoded
from fpcrawler.core.http.ranges import (
    Answer,
    ContentRange,
    validator_of,
)
from fpcrawler.core.http.server_digests import DIGEST_HEADERS, server_digests
from fpcrawler.core.metadata.pictures import without_picture
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.failures import NoSample
from fpcrawler.crawl.requests import request_of
from fpcrawler.items import Sample, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scrapy.http import Headers, Response

_ETAG = re.compile(r'(?:W/)?"?([^"]*)"?')  # RFC 9110 section 8.8.3
_LENGTH = re.compile(r"[0-9]{1,19}")
_MAY_BE_CUT = {"download_stopped", "partial", "dataloss"}
"""Scrapy's flags of a body that did not certainly end where the file does."""

_MAX_HEADER_CHARS = 1_000
_MAX_HEADER_LINES = 16

_DIGEST_HEADERS = {name.encode("ascii").title(): name for name in DIGEST_HEADERS}
"""Names as Scrapy's Headers spell them, to names in lower case."""


class HeaderLines:
    """The headers of a response as text of bounded length."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    def lines(self, name: str) -> list[bytes]:
        """Return the lines of a header, by its lower-case name; [] if there is none."""
        # Headers.getlist() converts the name each time.
        return dict.get(self._headers, _as_key(name), [])

    def among(self, names: Mapping[bytes, str]) -> Iterator[tuple[str, list[bytes]]]:
        """Yield the lower-case names and the lines of those headers that are here.

        ``names`` has the lower-case name to each, as the headers spell them.
        """
        for key, lines in dict.items(self._headers):
            if (name := names.get(key)) and lines:
                yield name, lines

    def get(self, name: str) -> str | None:
        """Return the last line of a header, by its lower-case name; None if empty."""
        lines = self.lines(name)
        return _text(lines[-1]) or None if lines else None

    def recorded(self, name: str) -> str | None:
        """Return what ``get`` returns, without any coded picture: it is written."""
        text = self.get(name)
        return text and without_picture(text)

    @property
    def coding(self) -> str:
        """The Content-Encoding, its lines joined (RFC 9110 section 5.3); "" if none."""
        lines = self.lines("content-encoding")
        return _text(b", ".join(lines)) if lines else ""


@cache
def _as_key(name: str) -> bytes:
    return name.encode("ascii").title()


def answer_of(headers: HeaderLines, status: int = 0, *, received: int = 0) -> Answer:
    """Read what a response states about the file; status 0: not known yet."""
    # RFC 9110 section 5.3: repeated lines form a list, which is invalid here.
    named = _text(b", ".join(headers.lines("content-range")))
    content_range = ContentRange.parse(named)
    content_type = (headers.get("content-type") or "").lower()
    is_multipart = content_type.startswith("multipart/byteranges")
    return Answer(
        status=status,
        content_range=None if is_multipart else content_range,
        content_length=_content_length(headers),
        encoded=is_encoded(headers.coding),
        has_invalid_range=is_multipart or (bool(named) and content_range is None),
        received=received,
    )


def answer_to(response: Response, headers: HeaderLines) -> Answer:
    """Read what a response with its body states about the file."""
    return answer_of(headers, response.status, received=len(response.body))


def etag_of(headers: HeaderLines) -> str | None:
    """Return the ETag without ``W/`` and quotes."""
    etag = headers.recorded("etag")
    return bare_etag(etag) if etag else None


def bare_etag(etag: str) -> str:
    """Return the value of an ETag field without ``W/`` and quotes."""
    return _ETAG.sub(r"\1", etag, count=1)


def is_image(response: Response) -> bool:
    """Decide by the first bytes, or by the headers if the body was not read."""
    if response.body:
        return image_format(response.body) is not None
    kind = HeaderLines(response.headers).get("content-type") or ""
    return kind.startswith("image/")


def sample_of(
    response: Response,
    headers: HeaderLines,
    answer: Answer,
    *,
    limit: int,
    reservations: list[str],
) -> Sample:
    """Make the item of an image from the response that holds its sample.

    Raises NoSample if it does not hold one, and DecodingError if its
    Content-Encoding cannot be decoded.
    """
    if not answer.has_sample:
        raise NoSample("the server sends neither range nor file")
    request = request_of(response)
    errand = errand_of(request)
    body = _decoded(response.body, headers.coding, limit)
    is_whole = answer.is_whole and _MAY_BE_CUT.isdisjoint(response.flags)
    return Sample(
        url=errand.requested_url,
        page_url=errand.page_url,
        found_in=errand.found_in,
        alt=errand.alt,
        image_size=answer.image_size,
        etag=etag_of(headers),
        timestamp=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        content_type=headers.recorded("content-type"),
        last_modified=headers.recorded("last-modified"),
        server_digests=server_digests(
            _digest_lines(headers),
            answer,
            errand.route.host,
            urlparse_cached(request).path,
        ),
        tor=errand.route.is_tor,
        reservations=reservations,
        bytes_downloaded=errand.spending.received["sample"],
        requests={"sample": errand.spending.requests["sample"], "metadata": 0},
        head=body[:SAMPLE_BYTES],
        bytes_seen=len(body) if answer.is_whole else None,
        file=_file_of(body, answer.image_size, is_whole=is_whole),
        is_contradictory=answer.contradicts_itself,
        has_ranges=not errand.lacks_ranges
        and answer.has_ranges(
            headers.get("accept-ranges"), was_asked="Range" in request.headers
        ),
        source=Source(
            request=request,
            validator=validator_of(
                headers.get("etag"), headers.get("last-modified"), headers.get("date")
            ),
        ),
    )


def _content_length(headers: HeaderLines) -> int | None:
    # RFC 9112 section 6.3 (3): Transfer-Encoding overrides Content-Length.
    if headers.lines("transfer-encoding"):
        return None
    length = headers.get("content-length") or ""
    return int(length) if _LENGTH.fullmatch(length) else None


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip()[:_MAX_HEADER_CHARS]


def _digest_lines(headers: HeaderLines) -> dict[str, list[str]]:
    """Return the lines of each header that can hold a digest, in bounded length."""
    return {
        name: [_text(value) for value in values[:_MAX_HEADER_LINES]]
        for name, values in headers.among(_DIGEST_HEADERS)
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


def _decoded(body: bytes, coding: str, limit: int) -> bytes:
    decoder = decoder_of(coding)
    return body if decoder is None else decode_step(decoder, body, limit)
