"""What a server's reply to the sample's range means (RFC 9110 section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES

OK = 200

PARTIAL_CONTENT = 206

RANGE_NOT_SATISFIABLE = 416

_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e\x80-\xff]*"')

_STRONG_AFTER = timedelta(seconds=60)

_CONTENT_RANGE = re.compile(
    r"\s*bytes\s+(\d{1,19})-(\d{1,19})/(\d{1,19}|\*)\s*", re.IGNORECASE | re.ASCII
)

_BYTE_RANGE = re.compile(r"bytes=(\d{1,19})-(\d{1,19})?")


@dataclass(frozen=True, slots=True)
class ContentRange:
    """A valid ``Content-Range``: offsets of bytes, the last one inclusive."""

    first: int
    last: int
    total: int | None

    @property
    def length(self) -> int:
        """How many bytes the range names."""
        return self.last - self.first + 1

    @property
    def is_whole(self) -> bool:
        """Whether the range is all of the file."""
        return self.first == 0 and self.total == self.length

    @classmethod
    def parse(cls, value: str | None) -> ContentRange | None:
        """Read the header's value; None for none and for what RFC 9110 14.4 forbids."""
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
    """What a response says of the file: status, range, length, coding.

    ``has_invalid_range``: it has a Content-Range that names no bytes of the file,
    or is multipart/byteranges. ``received``: bytes of its body. While only the
    headers are here, status and ``received`` are 0.
    """

    status: int
    content_range: ContentRange | None
    content_length: int | None
    encoded: bool
    has_invalid_range: bool = False
    received: int = 0

    @property
    def contradicts_itself(self) -> bool:
        """Whether status, Content-Range, Content-Length and body do not agree.

        RFC 9110 section 14.4 gives Content-Range no meaning in a 200. But servers
        send a part so, and the Content-Length is that of the part. So a 200 agrees
        only with the range of the whole file.
        """
        part = self.content_range
        if part is None:
            return self.has_invalid_range
        if self.status == OK and not part.is_whole:
            return True
        if self.encoded:  # the range is one of the file, the length is not
            return False
        lengths = {part.length, self.content_length} - {None}
        return len(lengths) > 1 or self.received > part.length

    @property
    def image_size(self) -> int | None:
        """Bytes of the whole file, where the server says so without contradiction."""
        # The length of the compressed bytes is that of another file.
        if self.encoded or self.contradicts_itself:
            return None
        if self.content_range is not None:
            return self.content_range.total
        return None if self.status == PARTIAL_CONTENT else self.content_length

    @property
    def is_whole(self) -> bool:
        """Whether the body is the file, if it was read to its end."""
        return self.status == OK and not self.contradicts_itself

    @property
    def has_sample(self) -> bool:
        """Whether the body holds the sample that was asked for.

        A 200 without Content-Range does. A range does if it starts at 0, is of the
        file itself and not of its compressed form, and reaches offset 10,240 or the
        end of the file. An answer that contradicts itself does not know that end.
        """
        part = self.content_range
        if part is None:
            is_enough = not self.has_invalid_range or self.received >= SAMPLE_BYTES
            return self.status == OK and is_enough
        is_partial = self.status in (OK, PARTIAL_CONTENT) and part.first == 0
        if not is_partial or self.encoded:
            return False
        if self.contradicts_itself:
            return self.received >= SAMPLE_BYTES
        wanted = SAMPLE_BYTES if part.total is None else min(SAMPLE_BYTES, part.total)
        return part.length >= wanted and self.received >= wanted

    def asks_for_whole(self, *, min_size: int) -> bool:
        """Tell whether a plain request has to give what this answer does not.

        That is the sample, an answer without contradiction, or a proof that the
        file has more than ``min_size`` bytes where ``bytes 0-10240/*`` does not
        say its size.
        """
        if not self.has_sample or self.contradicts_itself:
            return True
        is_part = self.status == PARTIAL_CONTENT
        return is_part and self.image_size is None and self.received <= min_size


def parse_byte_range(value: str) -> tuple[int, int | None] | None:
    """Read a request's single ``bytes=first-last`` or ``bytes=first-``, else None."""
    match = _BYTE_RANGE.fullmatch(value)
    if match is None:
        return None
    return int(match[1]), int(match[2]) if match[2] else None


def validator_of(
    etag: str | None, last_modified: str | None, date: str | None
) -> str | None:
    """Return what ``If-Range`` may name, so that no two versions are spliced.

    RFC 9110 section 13.1.5 allows a strong ETag, else a Last-Modified that is
    strong by section 8.8.2.2: the file was at rest for a minute before the
    answer's Date.
    """
    if etag is not None:
        return etag if _STRONG_ETAG.fullmatch(etag) else None
    try:
        changed = parsedate_to_datetime(last_modified or "")
        is_strong = parsedate_to_datetime(date or "") - changed >= _STRONG_AFTER
    except (TypeError, ValueError, OverflowError):  # no date, or no time zone
        return None
    return last_modified if is_strong else None
