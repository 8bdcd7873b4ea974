"""How far to read a response: to what is wanted of it, and not a chunk more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.file.formats import SNIFF_BYTES, image_format, is_html
from fpcrawler.core.file.sparse import UNKNOWN_SIZE, SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.picture import read_picture
from fpcrawler.core.http.decoding import Decoder, DecodingError, decode_step
from fpcrawler.core.links.sitemaps import is_listing
from fpcrawler.core.metadata.reader import EXIF_ONLY, read_metadata

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import MetadataKind

# A block of zstd, the longest of any coding, gives nothing before its end
# (RFC 8878 section 3.1.1.2: 128 KiB). Codings can also go on without any output.
_MAX_CODING_OVERHEAD = 256 * 1024


def wanted_bytes(*, is_range: bool, length: int | None, min_size: int) -> int:
    """Return how many bytes of an image's body to read.

    ``is_range``: the answer is a part (has a Content-Range). ``length``: bytes
    of the body if told. ``min_size``: images of so many bytes are too small.
    """
    if is_range:
        # An exact part ends by itself, and its connection lives on; one byte
        # more proves that the server sends more than was asked for.
        return SAMPLE_BYTES + 1
    if length is not None:
        return SAMPLE_BYTES
    # Nobody told the size: read on just until it is known to be large enough.
    return max(SAMPLE_BYTES, min_size + 1)


@dataclass(slots=True, kw_only=True)
class ImageSampling:
    """Reads an image: until ``wanted`` bytes are here, or it is none.

    From a server without ranges nothing can be fetched later. So a stream is
    read on to metadata that are known to end within ``limit`` bytes.
    """

    wanted: int
    length: int | None = None
    decoder: Decoder | None = None
    limit: int = 0
    metadata: frozenset[MetadataKind] = EXIF_ONLY
    has_picture: bool = False
    _head: bytearray = field(default_factory=bytearray)
    _seen: int = 0
    _received: int = 0

    def enough(self, chunk: bytes) -> bool:
        """Take the next chunk of the body; True once the rest is not wanted."""
        try:
            self._take(chunk)
        except DecodingError:
            return True  # the reader of the whole body will say so
        if self.length is not None and self.length <= self.wanted:
            return False  # it ends by itself, and the connection lives on
        if self._received > self.wanted + _MAX_CODING_OVERHEAD or self._is_no_image():
            return True
        return self._seen >= self.wanted and not self._wants_more()

    def _take(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self.decoder is not None:
            chunk = decode_step(self.decoder, chunk, self.wanted - self._seen)
        self._seen += len(chunk)
        kept = max(self.limit, SNIFF_BYTES)
        self._head += chunk[: kept - len(self._head)]

    def _is_no_image(self) -> bool:
        # Once is enough: what is an image stays one.
        is_new = self._seen <= SNIFF_BYTES or len(self._head) <= SNIFF_BYTES
        head = bytes(self._head[:SNIFF_BYTES])
        return is_new and len(head) == SNIFF_BYTES and not image_format(head)

    def _wants_more(self) -> bool:
        """Move the end of what is wanted to that of the metadata just ahead."""
        if self._seen >= self.limit:
            return False
        file = SparseFile(UNKNOWN_SIZE if self.length is None else self.length)
        file.add(0, bytes(self._head))
        needs = read_metadata(file, self.metadata).needs
        if self.has_picture:
            needs += read_picture(file).needs
        ends = [need.end for need in needs if need.end <= self.limit]
        self.wanted = max(ends, default=self.wanted)
        return self._seen < self.wanted


@dataclass(slots=True, kw_only=True)
class RangeSampling:
    """Reads a range; one byte more proves that the server sends something else."""

    length: int
    _received: int = 0

    def enough(self, chunk: bytes) -> bool:
        """Take the next chunk of the body; True once the rest is not wanted."""
        self._received += len(chunk)
        return self._received > self.length


@dataclass(slots=True, kw_only=True)
class _Sniffing:
    """Collects the first bytes of a body, decoded."""

    decoder: Decoder | None = None
    _head: bytearray = field(default_factory=bytearray)

    def head_with(self, chunk: bytes) -> bytes | None:
        """Add a chunk; None if the head was complete before, or cannot be decoded."""
        room = SNIFF_BYTES - len(self._head)
        if not room:
            return None
        try:
            chunk = decode_step(self.decoder, chunk, room) if self.decoder else chunk
        except DecodingError:
            self._head += bytes(room)  # whoever decodes the body will say so
            return None
        self._head += chunk[:room]
        return bytes(self._head)


@dataclass(slots=True, kw_only=True)
class PageSampling(_Sniffing):
    """Reads a page to its end; stops if the first bytes show that it is none."""

    is_typed_as_html: bool

    def enough(self, chunk: bytes) -> bool:
        """Take the next chunk of the body; True once the rest is not wanted."""
        head = self.head_with(chunk)
        if head is None:
            return False  # looked at already, and it is a page
        if image_format(head) is not None:
            return True
        is_page = self.is_typed_as_html or is_html(head) or is_listing(head)
        return len(head) == SNIFF_BYTES and not is_page


@dataclass(slots=True, kw_only=True)
class PartSampling(_Sniffing):
    """Reads what a script asks for to its end, unless it is an image."""

    def enough(self, chunk: bytes) -> bool:
        """Take the next chunk of the body; True once the rest is not wanted."""
        head = self.head_with(chunk)
        return head is not None and image_format(head) is not None
