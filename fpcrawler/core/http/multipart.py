"""Read the parts of a multipart/byteranges body (RFC 9110 section 14.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fpcrawler.core.http.ranges import ContentRange

MAX_OVERHEAD = 1_024
"""Bytes that a delimiter and the headers of a part may take; most take 150."""

_BOUNDARY = re.compile(
    # RFC 2046 section 5.1.1 allows 70 characters.
    r'multipart/byteranges\s*;(?:[^"]*;)?\s*boundary\s*=\s*'
    r'(?:"([^"\r\n]{1,70})"|([^\s";,]{1,70}))\s*(?:;.*)?',
    re.IGNORECASE | re.ASCII,
)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"\r?\n")


@dataclass(frozen=True, slots=True)
class RangePart:
    """One part: which bytes of which file, and these bytes; its own ETag, if any."""

    content_range: ContentRange
    data: bytes
    etag: str | None = None


def boundary_of(content_type: str) -> bytes | None:
    """Return the boundary of a Content-Type; None if it is not multipart/byteranges."""
    match = _BOUNDARY.fullmatch(content_type.strip())
    return (match[1] or match[2]).encode("latin-1", "replace") if match else None


def range_parts(body: bytes, boundary: bytes, *, most: int) -> list[RangePart]:
    """Return the parts of a body in its order; never raise.

    At most ``most`` delimiters are looked at. A part is left out if it has no valid
    Content-Range, if its bytes are not all here, or if anything but a delimiter or the
    end of the body follows them. Its length is that of its range: the bytes may
    contain the boundary.
    """
    delimiter = b"--" + boundary
    found: list[RangePart] = []
    at = _next(body, delimiter, 0)
    for _ in range(most):
        if at < 0:
            break
        part, end = _part(body, at + len(delimiter))
        if part is not None and _ends(body, end, delimiter):
            found.append(part)
        else:
            end = at + len(delimiter)
        at = _next(body, delimiter, end)
    return found


def _next(body: bytes, delimiter: bytes, at: int) -> int:
    """Return where the next delimiter is; it begins a line, or the body."""
    while (at := body.find(delimiter, at)) > 0 and body[at - 1 : at] != b"\n":
        at += len(delimiter)
    return at


def _part(body: bytes, at: int) -> tuple[RangePart | None, int]:
    """Return the part after a delimiter, None if it is not one; and where it ends."""
    blank = _BLANK_LINE.search(body, at, at + MAX_OVERHEAD)
    if blank is None:
        return None, at
    headers = body[at : blank.start()]
    content_range = ContentRange.parse(_field(headers, b"content-range"))
    if content_range is None:
        return None, at
    end = blank.end() + content_range.length
    data = body[blank.end() : end]
    if len(data) < content_range.length:
        return None, end
    return RangePart(content_range, data, _field(headers, b"etag")), end


def _field(headers: bytes, wanted: bytes) -> str | None:
    """Return the value of a field by its lower-case name; None if there is none."""
    for line in _LINE_END.split(headers):
        name, _, value = line.partition(b":")
        if name.strip().lower() == wanted:
            return value.decode("latin-1").strip()
    return None


def _ends(body: bytes, at: int, delimiter: bytes) -> bool:
    """Return whether the bytes of a part may end here."""
    rest = body[at : at + 2 + len(delimiter)].removeprefix(b"\r")
    # A download that stops at its last wanted byte has no closing delimiter.
    return rest in (b"", b"\n") or rest.startswith(b"\n" + delimiter)
