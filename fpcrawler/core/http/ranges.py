"""Interpret the response to a range request (RFC 9110 section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES

OK = 200

NON_AUTHORITATIVE = 203

PARTIAL_CONTENT = 206

WHOLE_FILE = frozenset(range(200, 300)) - {204, 205, PARTIAL_CONTENT}
"""Statuses whose content is the file: Fetch section 2.2.3, "ok status".

204 and 205 have no content (RFC 9110 sections 15.3.5 and 15.3.6); 206 has a part of it.
"""

RANGE_NOT_SATISFIABLE = 416

_NOT_MODIFIED = 304

_NOT_FOR_RANGE = frozenset({401, 404, 407, 410, 416, 429, 451})
"""What these say of a file does not depend on a Range; 416 is read by its answer."""

_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e\x80-\xff]*"')

_STRONG_AFTER = timedelta(seconds=60)

_CONTENT_RANGE = re.compile(
    r"\s*bytes\s+(\d{1,19})-(\d{1,19})/(\d{1,19}|\*)\s*", re.IGNORECASE | re.ASCII
)

_BYTE_RANGE = re.compile(r"bytes=(\d{1,19})-(\d{1,19})?")


@dataclass(frozen=True, slots=True)
class ContentRange:
    """A valid ``Content-Range``: byte offsets, ``last`` inclusive; the file's size."""

    first: int
    last: int
    total: int | None

    @property
    def length(self) -> int:
        """The length of the range in bytes."""
        return self.last - self.first + 1

    @property
    def is_whole(self) -> bool:
        """Whether the range is the whole file."""
        return self.first == 0 and self.total == self.length

    @classmethod
    def parse(cls, value: str | None) -> ContentRange | None:
        """Parse the header's value; None if absent or invalid by RFC 9110 14.4."""
        match = _CONTENT_RANGE.fullmatch(value or "")
        if match is None:
            return None
        first, last = int(match[1]), int(match[2])
        total = None if match[3] == "*" else int(match[3])
        if last < first or (total is not None and total <= last):
            return None
        return cls(first, last, total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a response says about the file: status, range, length, coding.

    ``has_invalid_range``: its Content-Range is invalid, or it is
    multipart/byteranges. ``received``: the length of its body in bytes. While only
    the headers were received, status and ``received`` are 0.
    """

    status: int
    content_range: ContentRange | None
    content_length: int | None
    encoded: bool
    has_invalid_range: bool = False
    received: int = 0
    contradicts_itself: bool = field(init=False)
    """Whether status, Content-Range, Content-Length and body disagree."""

    def __post_init__(self) -> None:
        # Decided once: an image's answers are asked about it ten times.
        object.__setattr__(self, "contradicts_itself", self._is_contradictory())

    def _is_contradictory(self) -> bool:
        """Return whether the parts of the response disagree.

        RFC 9110 section 14.4 gives Content-Range no meaning in a 200. But some servers
        send a part with status 200 and the part's Content-Length. So a 200 is accepted
        only with the range of the whole file.
        """
        part = self.content_range
        if part is None:
            return self.has_invalid_range
        if self.status in WHOLE_FILE and not part.is_whole:
            return True
        if self.encoded:  # the range is of the file, the length of its compressed form
            return False
        lengths = {part.length, self.content_length} - {None}
        return len(lengths) > 1 or self.received > part.length

    @property
    def image_size(self) -> int | None:
        """The size of the whole file in bytes, None if unknown or contradictory."""
        # With a Content-Encoding, the length is that of the compressed bytes.
        if self.encoded or self.contradicts_itself:
            return None
        if self.content_range is not None:
            return self.content_range.total
        return None if self.status == PARTIAL_CONTENT else self.content_length

    @property
    def is_whole(self) -> bool:
        """Whether the body, read to its end, is the whole file."""
        return self.status in WHOLE_FILE and not self.contradicts_itself

    @property
    def has_sample(self) -> bool:
        """Whether the body contains the requested sample.

        A 200 without Content-Range does. A range does if it starts at 0, is of the
        file itself and not of its compressed form, and reaches offset 10,240 or the
        end of the file. If the response contradicts itself, that end is unknown.
        """
        part = self.content_range
        if part is None:
            is_enough = not self.has_invalid_range or self.received >= SAMPLE_BYTES
            return self.status in WHOLE_FILE and is_enough
        is_partial = self.status in {*WHOLE_FILE, PARTIAL_CONTENT} and part.first == 0
        if not is_partial or self.encoded:
            return False
        if self.contradicts_itself:
            return self.received >= SAMPLE_BYTES
        wanted = SAMPLE_BYTES if part.total is None else min(SAMPLE_BYTES, part.total)
        return part.length >= wanted and self.received >= wanted

    def has_ranges(self, accept_ranges: str | None, *, was_asked: bool) -> bool | None:
        """Return whether the server returns ranges of the file; None if unknown.

        ``was_asked``: the request had a Range. RFC 9110 section 14.2: a server may
        ignore it and return a 200, so a 200 with a file longer than the range means
        no. Section 14.3: ``Accept-Ranges: none`` says no; ``bytes`` is a statement
        only, which the 200 contradicts.
        """
        if self.contradicts_itself:
            return None
        if self.status == PARTIAL_CONTENT:
            return True
        stated = (accept_ranges or "").strip().lower()
        is_longer = max(self.content_length or 0, self.received) > SAMPLE_BYTES
        is_ignored = was_asked and is_longer and stated != "bytes"
        return False if stated == "none" or is_ignored else None

    def asks_for_whole(self, *, min_size: int) -> bool:
        """Return whether a request without Range must follow.

        It must if the sample is missing, if the response contradicts itself, or if
        ``bytes 0-10240/*`` leaves open whether the file has more than ``min_size``
        bytes.
        """
        if not self.has_sample or self.contradicts_itself:
            return True
        is_part = self.status == PARTIAL_CONTENT
        return is_part and self.image_size is None and self.received <= min_size


def fails_only_for_range(status: int) -> bool:
    """Return whether a server may send this status only to a request with a Range.

    Servers were seen to send 403, 500 or 503 to it, and a 304 that nobody asked for.
    """
    return (
        status == _NOT_MODIFIED or is_server_error(status) or _is_client_error(status)
    )


def is_server_error(status: int) -> bool:
    """Return whether a status is a 5xx (RFC 9110 section 15.6)."""
    return status // 100 == 5  # noqa: PLR2004 - the class of the status


def _is_client_error(status: int) -> bool:
    return status // 100 == 4 and status not in _NOT_FOR_RANGE  # noqa: PLR2004


def parse_byte_range(value: str) -> tuple[int, int | None] | None:
    """Parse a request's single ``bytes=first-last`` or ``bytes=first-``, else None."""
    match = _BYTE_RANGE.fullmatch(value)
    if match is None:
        return None
    return int(match[1]), int(match[2]) if match[2] else None


def validator_of(
    etag: str | None, last_modified: str | None, date: str | None
) -> str | None:
    """Return the value for ``If-Range``, or None; it prevents mixing two versions.

    RFC 9110 section 13.1.5 allows a strong ETag, else a Last-Modified that is strong
    by section 8.8.2.2: the file did not change for 60 seconds before the response's
    Date.
    """
    if etag is not None:
        return etag if _STRONG_ETAG.fullmatch(etag) else None
    try:
        changed = parsedate_to_datetime(last_modified or "")
        is_strong = parsedate_to_datetime(date or "") - changed >= _STRONG_AFTER
    except (TypeError, ValueError, OverflowError):  # not a date, or no time zone
        return None
    return last_modified if is_strong else None
