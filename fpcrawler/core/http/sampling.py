"""Decide when to stop reading a response: once the wanted bytes were received."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.file.formats import SNIFF_BYTES, image_format, is_html
from fpcrawler.core.file.sparse import UNKNOWN_SIZE, SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.picture import read_picture
from fpcrawler.core.fingerprint.whole import WHOLE_FORMATS
from fpcrawler.core.http.decoding import Decoder, DecodingError, decode_step
from fpcrawler.core.links.sitemaps import (
    LIST_SNIFF_BYTES,
    is_listing,
    may_become_listing,
)
from fpcrawler.core.metadata.reader import EXIF_ONLY, locate, read_metadata

if TYPE_CHECKING:
    from fpcrawler.core.metadata.status import Kind

# A block of zstd, the longest of any coding, is decoded only when it is complete
# (RFC 8878 section 3.1.1.2: 128 KiB). A hostile body may never give any output.
_MAX_CODING_OVERHEAD = 256 * 1024


def wanted_bytes(*, is_range: bool, length: int | None, min_size: int) -> int:
    """Return how many bytes of an image's body to read.

    ``is_range``: the response is partial (has a Content-Range). ``length``: of the
    body in bytes, None if unknown. ``min_size``: an image of so many bytes or fewer
    is too small.
    """
    if is_range:
        # An exact part ends by itself, and its connection can be reused. One byte
        # more proves that the server sends more than was requested.
        return SAMPLE_BYTES + 1
    if length is not None:
        return SAMPLE_BYTES
    # The size is unknown: read until the image is known to be large enough.
    return max(SAMPLE_BYTES, min_size + 1)


@dataclass(slots=True, kw_only=True)
class ImageSampling:
    """Reads an image until ``wanted`` bytes were received, or it is not an image.

    From a server without ranges nothing can be fetched later. So the body is read on
    to metadata that are known to end within ``limit`` bytes.
    """

    wanted: int
    length: int | None = None
    decoder: Decoder | None = None
    limit: int = 0
    metadata: frozenset[Kind] = EXIF_ONLY
    has_picture: bool = False
    _head: bytearray = field(default_factory=bytearray)
    _seen: int = 0
    _received: int = 0

    def enough(self, chunk: bytes) -> bool:
        """Take the next chunk of the body; True if no more chunks are wanted."""
        try:
            self._take(chunk)
        except DecodingError:
            return True  # decoding the body raises the same error again
        if self.length is not None and self.length <= self.wanted:
            return False  # it ends by itself, and the connection can be reused
        if self._received > self.wanted + _MAX_CODING_OVERHEAD or self._is_not_image():
            return True
        return self._seen >= self.wanted and not self._wants_more()

    def _take(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self.decoder is not None:
            chunk = decode_step(self.decoder, chunk, self.wanted - self._seen)
        self._seen += len(chunk)
        kept = max(self.limit, SNIFF_BYTES)
        self._head += chunk[: kept - len(self._head)]

    def _is_not_image(self) -> bool:
        # Check the first bytes once only.
        is_new = self._seen <= SNIFF_BYTES or len(self._head) <= SNIFF_BYTES
        head = bytes(self._head[:SNIFF_BYTES])
        return is_new and len(head) == SNIFF_BYTES and not image_format(head)

    def _wants_more(self) -> bool:
        """Raise ``wanted`` to the end of the missing metadata, up to ``limit``.

        An image that only the whole file identifies is read to its end.
        """
        if self._seen >= self.limit:
            return False
        file = SparseFile(UNKNOWN_SIZE if self.length is None else self.length)
        file.add(0, bytes(self._head))
        anatomy = locate(file, self.metadata, has_picture=self.has_picture)
        needs = read_metadata(file, anatomy, self.metadata).needs
        if self.has_picture:
            needs += read_picture(file, anatomy).needs
        is_whole_wanted = self.has_picture and anatomy.format in WHOLE_FORMATS
        if is_whole_wanted and (self.length or 0) <= self.limit:
            self.wanted = self.limit
            return True
        ends = [need.end for need in needs if need.end <= self.limit]
        self.wanted = max(ends, default=self.wanted)
        return self._seen < self.wanted


MAX_ROBOTS_BYTES = 500 * 1_024
"""What is read of a robots.txt (RFC 9309 section 2.5)."""


@dataclass(slots=True)
class RobotsSampling:
    """Reads a robots.txt up to its limit."""

    _received: int = 0

    def enough(self, chunk: bytes) -> bool:
        """Take the next chunk of the body; True if no more chunks are wanted."""
        self._received += len(chunk)
        return self._received > MAX_ROBOTS_BYTES


@dataclass(slots=True, kw_only=True)
class RangeSampling:
    """Reads a range of ``length`` bytes; one byte more proves a wrong response."""

    length: int
    _received: int = 0

    def enough(self, chunk: bytes) -> bool:
        """Take the next chunk of the body; True if no more chunks are wanted."""
        self._received += len(chunk)
        return self._received > self.length


@dataclass(slots=True, kw_only=True)
class _Sniffing:
    """Collects the first ``wanted`` decoded bytes of a body."""

    decoder: Decoder | None = None
    wanted: int = SNIFF_BYTES
    _head: bytearray = field(default_factory=bytearray)

    def head_with(self, chunk: bytes) -> bytes | None:
        """Add a chunk, return the head; None if complete before, or not decodable."""
        room = self.wanted - len(self._head)
        if not room:
            return None
        try:
            chunk = decode_step(self.decoder, chunk, room) if self.decoder else chunk
        except DecodingError:
            self._head += bytes(room)  # decoding the body raises the same error again
            return None
        self._head += chunk[:room]
        return bytes(self._head)


@dataclass(slots=True, kw_only=True)
class PageSampling(_Sniffing):
    """Reads a page to its end; stops if the first bytes are not those of a page."""

    is_typed_as_html: bool
    wanted: int = LIST_SNIFF_BYTES

    def enough(self, chunk: bytes) -> bool:
        """Take the next chunk of the body; True if no more chunks are wanted."""
        head = self.head_with(chunk)
        if head is None:
            return False  # the first bytes were checked: it is a page
        if image_format(head) is not None:
            return True
        if self.is_typed_as_html or is_html(head) or is_listing(head):
            return False
        needed = self.wanted if may_become_listing(head) else SNIFF_BYTES
        return len(head) >= needed


@dataclass(slots=True, kw_only=True)
class PartSampling(_Sniffing):
    """Reads what a page's script requested to its end, unless it is an image."""

    def enough(self, chunk: bytes) -> bool:
        """Take the next chunk of the body; True if no more chunks are wanted."""
        head = self.head_with(chunk)
        return head is not None and image_format(head) is not None
