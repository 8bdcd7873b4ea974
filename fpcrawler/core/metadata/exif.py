"""Read EXIF tags, printed as exifread prints them, from the bytes received so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fpcrawler.core.anatomy import Anatomy, Extent, Part
from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.file.extents import joined
from fpcrawler.core.file.sparse import MissingBytes, SparseFile
from fpcrawler.core.metadata.exif_block import BlockReader
from fpcrawler.core.metadata.exif_bytes import BlockBytes, Limits
from fpcrawler.core.metadata.parts import parts_of, payload_of

_TIFF_HEADER = re.compile(rb"II[*+]\0|MM\0[*+]")

_HEADER_WITHIN = 64

_XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExifReading:
    """The tags in the received bytes, and the byte ranges to fetch next.

    ``is_damaged``: bytes are here that could not be read; ``tags`` still has every
    tag that could. ``needs`` are the missing bytes of located blocks, never those of
    the anatomy. ``thumbnails`` and ``embedded``, XMP and IPTC inside the blocks, are
    places in the file that the tags name.
    """

    tags: dict[str, str] = field(default_factory=dict)
    user_comment: str | None = None
    is_damaged: bool = False
    needs: tuple[Extent, ...] = ()
    thumbnails: tuple[Extent, ...] = ()
    embedded: tuple[Part, ...] = ()


def read_exif(file: SparseFile, anatomy: Anatomy) -> ExifReading:
    """Return the tags of all EXIF parts of an anatomy; never raise.

    The first part wins on a tag that two parts have. Thumbnail bytes and maker notes
    are neither read nor requested.
    """
    parts = sorted(parts_of(anatomy, "exif"), key=lambda part: bool(part.encodings))
    union = _Union(file, may_grow=bool(anatomy.needs))
    for part in parts:
        union.add(part)
    return union.finished()


class _Union:
    """The readings of several parts; ``finished`` returns what they have together."""

    def __init__(self, file: SparseFile, *, may_grow: bool) -> None:
        self._file = file
        self._may_grow = may_grow
        self._limits = Limits()
        self._tags: dict[str, str] = {}
        self._comments: dict[str, str] = {}
        self._is_damaged = False
        self._needs: list[Extent] = []
        self._thumbnails: list[Extent] = []
        self._embedded: list[Part] = []

    def add(self, part: Part) -> None:
        """Read a part, or request its bytes."""
        if not part.encodings:
            self._read(self._file, part.extents, part.name)
            return
        data = payload_of(self._file, part)
        # A plain part may still be found; its tags would win over those of this one.
        if data is None or self._may_grow:
            self._needs += part.extents if data is None else ()
            return
        if data.startswith(_XMP_NAME):
            # ImageMagick names both EXIF and XMP of a JPEG's APP1 segments "APP1".
            return
        decoded = SparseFile(len(data))
        decoded.add(0, data)
        self._read(decoded, (Extent(0, len(data)),), part.name)

    def finished(self) -> ExifReading:
        comments = self._comments
        return ExifReading(
            tags=self._tags,
            user_comment=comments.get("EXIF") or next(iter(comments.values()), None),
            is_damaged=self._is_damaged,
            needs=joined(self._needs, size=self._file.size),
            thumbnails=tuple(sorted(set(self._thumbnails))),
            embedded=tuple(dict.fromkeys(self._embedded)),
        )

    def _read(self, file: SparseFile, extents: tuple[Extent, ...], name: str) -> None:
        block = Block(file, extents)
        start = _start(block)
        if start:
            block = Block(file, block.extents(start, block.length - start))
        data = BlockBytes(file, block, self._limits)
        reader = BlockReader(data)
        reader.read(name)
        self._is_damaged |= reader.is_damaged
        # While bytes of an earlier part are missing, its tags may yet win.
        if not self._needs:
            self._tags = reader.tags | self._tags if self._tags else reader.tags
            self._comments = reader.comments | self._comments
        self._needs += data.needs
        if file is self._file:
            self._thumbnails += reader.thumbnails
            self._embedded += reader.embedded


def _start(block: Block) -> int:
    """Return where the TIFF header is: some writers put other bytes before it."""
    try:
        opening = block.at(0, min(_HEADER_WITHIN, block.length))
    except MissingBytes:
        return 0  # the reader requests them
    found = _TIFF_HEADER.search(opening)
    # Raw formats have another magic number.
    if found is None or opening[:2] in (b"II", b"MM"):
        return 0
    return found.start()
