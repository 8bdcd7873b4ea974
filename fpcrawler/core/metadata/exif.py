"""Read EXIF tags, printed as exifread prints them, from the bytes received so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy import Anatomy, Extent, Part
from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.anatomy.tiff_directories import read_header
from fpcrawler.core.file.extents import joined
from fpcrawler.core.file.sparse import MissingBytes, SparseFile
from fpcrawler.core.metadata.exif_block import BlockReader
from fpcrawler.core.metadata.exif_bytes import BlockBytes, Limits
from fpcrawler.core.metadata.limits import with_missing
from fpcrawler.core.metadata.makers.note import MakerNote, Order
from fpcrawler.core.metadata.pictures import without_picture, without_pictures

if TYPE_CHECKING:
    from fpcrawler.core.metadata.parts import Payloads

_TIFF_HEADER = re.compile(rb"II[*+]\0|MM\0[*+]")

_HEADER_WITHIN = 64

_MAX_PARTS = 32

_XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExifReading:
    """The tags in the received bytes, and the byte ranges to fetch next.

    ``is_damaged``: bytes are here that could not be read; ``tags`` still has every
    tag that could. ``is_cut``: a limit was reached before all tags were read.
    ``needs`` are the missing bytes of located blocks, never those of
    the anatomy. ``thumbnails`` and ``embedded``, XMP and IPTC inside the blocks, are
    places in the file that the tags name. ``notes`` are the maker notes, unread.
    """

    tags: dict[str, str] = field(default_factory=dict)
    user_comment: str | None = None
    notes: tuple[MakerNote, ...] = ()
    is_damaged: bool = False
    is_cut: bool = False
    needs: tuple[Extent, ...] = ()
    thumbnails: tuple[Extent, ...] = ()
    embedded: tuple[Part, ...] = ()


def read_exif(payloads: Payloads, anatomy: Anatomy) -> ExifReading:
    """Return the tags of all EXIF parts of an anatomy; never raise.

    The first part wins on a tag that two parts have. Thumbnail bytes and maker notes
    are neither read nor requested; the bytes of notes often come with the tags.
    """
    found = [part for part in anatomy.metadata if part.kind == "exif"]
    parts = sorted(found, key=lambda part: bool(part.encodings))
    union = _Union(payloads, may_grow=bool(anatomy.needs))
    for part in parts[:_MAX_PARTS]:
        union.add(part)
    union.is_cut |= len(parts) > _MAX_PARTS
    for part in anatomy.metadata:
        if part.kind == "maker-note":
            union.add_note(part)
    return union.finished()


class _Union:
    """The readings of several parts; ``finished`` returns what they have together."""

    def __init__(self, payloads: Payloads, *, may_grow: bool) -> None:
        self.is_cut = False
        self._payloads = payloads
        self._file = payloads.file
        self._may_grow = may_grow
        self._limits = Limits()
        self._tags: dict[str, str] = {}
        self._comments: dict[str, str] = {}
        self._is_damaged = False
        self._needs: list[Extent] = []
        self._thumbnails: list[Extent] = []
        self._embedded: list[Part] = []
        self._notes: list[tuple[Block, int, int, Order]] = []

    def add(self, part: Part) -> None:
        """Read a part, or request its bytes."""
        if not part.encodings:
            self._read(self._file, part.extents, part.name)
            return
        found = self._payloads.of(part)
        # A plain part may still be found; its tags would win over those of this one.
        if found is None or self._may_grow:
            self._needs += part.extents if found is None else ()
            return
        data = found.data
        self._is_damaged |= found.is_damaged
        self.is_cut |= found.is_cut
        if data.startswith(_XMP_NAME):
            # ImageMagick names both EXIF and XMP of a JPEG's APP1 segments "APP1".
            return
        decoded = SparseFile(len(data))
        decoded.add(0, data)
        was_damaged = self._is_damaged
        self._read(decoded, (Extent(0, len(data)),), part.name)
        if found.is_cut:
            self._is_damaged = was_damaged  # what is missing was not damaged

    def add_note(self, part: Part) -> None:
        """Keep a note outside of EXIF: the directory of its own block, or all bytes."""
        block = Block(self._file, part.extents)
        try:
            header = read_header(block)
        except MissingBytes:
            return
        first, order = (header.first, header.order) if header else (0, ">")
        self._notes.append((block, first, block.length - first, order))

    def finished(self) -> ExifReading:
        comments = self._comments
        comment = comments.get("EXIF") or next(iter(comments.values()), None)
        notes = [
            MakerNote(
                block=block,
                first=first,
                length=length,
                order=order,
                make=self._tags.get("Image Make", ""),
                model=self._tags.get("Image Model", ""),
            )
            for block, first, length, order in self._notes
        ]
        return ExifReading(
            tags=without_pictures(self._tags),
            notes=tuple(notes),
            user_comment=comment and without_picture(comment),
            is_damaged=self._is_damaged,
            is_cut=self.is_cut,
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
        self.is_cut |= reader.is_cut
        # While bytes of an earlier part are missing, its tags may yet win.
        if not self._needs:
            self._tags = with_missing(self._tags, reader.tags)
            self._comments = with_missing(self._comments, reader.comments)
        self._needs += data.needs
        if note := reader.note:
            order = reader.header.order
            self._notes.append((block, note.first, note.length, order))
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
