"""TIFF 6.0, BigTIFF, the raw formats based on them, and the EXIF block."""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.anatomy.deflate import is_stored
from fpcrawler.core.anatomy.photoshop import read_resources
from fpcrawler.core.anatomy.structure import LARGEST_VALUE, GivenUp
from fpcrawler.core.anatomy.tiff_directories import (
    C2PA,
    EMBEDDED,
    MAKER_NOTE,
    PHOTOSHOP,
    SUB_DIRECTORIES,
    TYPE_BYTES,
    Entry,
    Header,
    following,
    read_directory,
    read_header,
)
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_WIDTH, _HEIGHT = 256, 257

_STRIP_OFFSETS, _STRIP_BYTES = 273, 279

_TILE_OFFSETS, _TILE_BYTES = 324, 325

_JPEG_OFFSET, _JPEG_BYTES = 513, 514

_COMPRESSION, _UNCOMPRESSED, _PACK_BITS = 259, 1, 32_773

_DEFLATED = (8, 32_946)

# Bits, compression, colour, fill order, samples, rows, layout, fax options, predictor,
# palette, tiles, further samples, sample format, JPEG tables, YCbCr.
_DECIDING = (
    *(258, 259, 262, 266, 277, 278, 284, 292, 293, 317, 320),
    *(322, 323, 338, 339, 347, 529, 530, 532),
)

_BITS = 258

_BYTE = 8

_MAX_STRIPS = 4_096

_MAX_TABLE = 16_384

_MAX_ENTRIES = 4_096

_MAX_RESOURCES = 16_384
"""Bytes of image resources to request at once; a thumbnail may be among them."""

_READ_BACK = 1_024
"""Bytes to request before a directory: some writers put its values there."""

_UNSIGNED = {1: "B", 2: "H", 4: "I", 8: "Q"}


def read(draft: Draft) -> None:
    """Read a TIFF file: the whole file is one EXIF block."""
    whole = Extent(0, draft.file.size)
    draft.add("exif", [whole])
    first = _first_directory(draft, [whole])
    if first is None:
        draft.error = draft.error or "not a TIFF byte order"
        return

    _add_embedded(draft, first)
    with draft.going_on():
        draft.width = next(iter(first.numbers(_WIDTH)), None)
        draft.height = next(iter(first.numbers(_HEIGHT)), None)
    draft.deciding(_set_picture, draft, first)
    if "exif" in draft.wanted:
        need_values(draft, [whole])


def size_in(draft: Draft, extents: Sequence[Extent]) -> tuple[int | None, int | None]:
    """Return width and height from the first directory of an EXIF block."""
    first = _first_directory(draft, extents)
    if first is None:
        return None, None
    sizes = [next(iter(first.numbers(tag)), None) for tag in (_WIDTH, _HEIGHT)]
    return sizes[0], sizes[1]


@dataclass(frozen=True, slots=True)
class _First:
    """The first directory of a block; of a repeated tag, the first entry."""

    block: Block
    header: Header
    fields: dict[int, Entry]

    def extents(self, tag: int) -> list[Extent]:
        """Return where the value of a field is."""
        field = self.fields.get(tag)
        return self.block.extents(field.first, field.length) if field else []

    def numbers(self, tag: int, limit: int = 1) -> list[int]:
        """Return up to ``limit`` values of a field, each as one unsigned number."""
        field = self.fields.get(tag)
        if field is None:
            return []
        size = TYPE_BYTES[field.type]
        data = self.block.at(field.first, size * min(limit, field.values))
        count = len(data) // size
        form = f"{self.header.order}{count}{_UNSIGNED[size]}"
        return list(struct.unpack(form, data[: size * count]))


def _first_directory(draft: Draft, extents: Sequence[Extent]) -> _First | None:
    """Return the first directory, empty while it is missing; None if not a TIFF."""
    block = Block(draft.file, extents)
    header = read_header(block)
    if header is None:
        return None
    try:
        entries = read_directory(block, header, header.first, _MAX_ENTRIES).entries
    except MissingBytes as missing:
        _need_directory(draft.need_for_all, missing, draft.window)
        entries = []
    return _First(block, header, {entry.tag: entry for entry in reversed(entries)})


def need_values(draft: Draft, extents: Sequence[Extent]) -> None:
    """Request the values of an EXIF block, without thumbnails and maker notes."""
    block = Block(draft.file, extents)
    with draft.going_on():
        header = read_header(block)
        if header is not None:
            _need_directories(draft, block, header)


def _need_directories(draft: Draft, block: Block, header: Header) -> None:
    queue, seen, left = deque([header.first]), {0}, _MAX_ENTRIES
    while queue and left > 0:
        first = queue.popleft()
        if first in seen:
            continue
        seen.add(first)
        try:
            directory = read_directory(block, header, first, left)
            end = first + header.table_bytes(directory.count)
            after = following(block, header, end)
        except MissingBytes as missing:
            _need_directory(draft.need, missing, draft.window)
            continue
        left -= 1 + directory.read
        for entry in directory.entries:
            if entry.tag in SUB_DIRECTORIES and entry.length <= header.word:
                pointer = block.at(entry.first, entry.length)
                queue.appendleft(header.number(pointer))
            elif entry.tag != MAKER_NOTE and entry.length <= LARGEST_VALUE:
                for extent in block.extents(entry.first, entry.length):
                    draft.need(extent.first, extent.length)
        queue.append(after)


def _need_directory(
    need: Callable[[int, int], None], missing: MissingBytes, window: int
) -> None:
    before = min(_READ_BACK, missing.first)
    need(missing.first - before, before + max(missing.length, window))


def _set_picture(draft: Draft, first: _First) -> None:
    """Set the strips or tiles of the first directory as the picture, in order."""
    for offsets, lengths in (
        (_STRIP_OFFSETS, _STRIP_BYTES),
        (_TILE_OFFSETS, _TILE_BYTES),
        (_JPEG_OFFSET, _JPEG_BYTES),
    ):
        if offsets in first.fields:
            _add_strips(draft, first, offsets, lengths)
            return


def _add_embedded(draft: Draft, first: _First) -> None:
    for tag, kind in EMBEDDED.items():
        draft.add(kind, first.extents(tag))
    draft.add("provenance", first.extents(C2PA))
    resources = first.extents(PHOTOSHOP)
    if resources and draft.sought & {"xmp", "iptc"}:
        try:
            read_resources(draft, resources)
        except MissingBytes as missing:
            rest = resources[-1].end - missing.first
            draft.need(missing.first, min(rest, _MAX_RESOURCES))


def _add_strips(draft: Draft, first: _First, offsets: int, lengths: int) -> None:
    if first.fields[offsets].values > _MAX_STRIPS:
        raise GivenUp("too many strips or tiles")
    for tag in (offsets, lengths, *_DECIDING):
        if field := first.fields.get(tag):
            for extent in first.block.extents(field.first, field.length):
                draft.need_for_picture(extent.first, min(extent.length, _MAX_TABLE))
    firsts = first.numbers(offsets, _MAX_STRIPS)
    counts = first.numbers(lengths, _MAX_STRIPS)
    has_counts = bool(counts)
    if not has_counts and len(firsts) == 1:
        counts = [first.block.length - firsts[0]]
    compression = next(iter(first.numbers(_COMPRESSION)), _UNCOMPRESSED)
    # Runs of bytes: many changes of a picture leave the length as it is.
    is_raw = compression in (_UNCOMPRESSED, _PACK_BITS)
    if compression in _DEFLATED and firsts:
        draft.need_for_picture(firsts[0])
        is_raw = is_stored(first.block.at(firsts[0], 3))
    draft.set_picture(
        *(Extent(*place) for place in zip(firsts, counts, strict=False) if place[0]),
        parameters=_parameters(first),
        is_constant_size=is_raw,
        is_end_known=has_counts,
    )


def _parameters(first: _First) -> list[bytes]:
    """Return the fields that decide how strips decode, as ``tag=value,value``."""
    found = []
    if any(bits > _BYTE for bits in first.numbers(_BITS, _MAX_TABLE)):
        found.append(first.block.at(0, 2))  # the byte order of the samples
    for tag in _DECIDING:
        values = ",".join(map(str, first.numbers(tag, _MAX_TABLE)))
        if values:
            found.append(f"{tag}={values}".encode())
    return found
