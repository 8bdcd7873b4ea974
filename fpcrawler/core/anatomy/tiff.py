"""TIFF 6.0, BigTIFF, the raw formats made of them, and the EXIF block.

https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf and, for the
directories that EXIF adds, CIPA DC-008.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fpcrawler.core.anatomy.deflate import is_stored
from fpcrawler.core.anatomy.structure import (
    LARGEST_VALUE,
    Block,
    Draft,
    GivenUp,
    Malformed,
)
from fpcrawler.core.extents import Extent
from fpcrawler.core.sparse import MissingBytes

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_DIRECTORIES = 200
_MAX_ENTRIES = 20_000
_BEHIND = 1_024
"""Writers that put a directory at the end put its values right before it."""

# Field types by the bytes of a value; 16, 17 and 18 are BigTIFF's.
_TYPES = {1: (1, 2, 6, 7), 2: (3, 8), 4: (4, 9, 11, 13), 8: (5, 10, 12, 16, 17, 18)}
_TYPE_BYTES = {type_: size for size, types in _TYPES.items() for type_ in types}
_ASCII = 2
_MANY_VALUES = 1_000
"""Numbers as many as this are pixels or tables; exifread does not read them."""

_BIG_TIFF = 43
_BIG_HEADER = 16

_WIDTH, _HEIGHT = 256, 257
_STRIP_OFFSETS, _STRIP_BYTES = 273, 279
_TILE_OFFSETS, _TILE_BYTES = 324, 325
_JPEG_OFFSET, _JPEG_BYTES = 513, 514
_COMPRESSION, _UNCOMPRESSED = 259, 1
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
_XMP, _IPTC, _MAKER_NOTE = 700, 33_723, 37_500
_SUB_DIRECTORIES = {34_665, 34_853, 40_965}  # Exif, GPS, Interoperability


@dataclass(frozen=True, slots=True)
class _Field:
    type: int
    count: int
    first: int
    length: int


class _Walk:
    """All directories of one TIFF block; places that are missing are asked for."""

    def __init__(self, draft: Draft, block: Block) -> None:
        self.draft = draft
        self.block = block
        self.first_directory: dict[int, _Field] = {}
        header = block.at(0, _BIG_HEADER)
        if header[:2] not in (b"II", b"MM"):
            msg = "no TIFF byte order"
            raise Malformed(msg)
        self._order: Literal["little", "big"] = (
            "little" if header[:2] == b"II" else "big"
        )
        self._is_big = self._value(header[2:4]) == _BIG_TIFF
        self._word = 8 if self._is_big else 4
        start = header[8:16] if self._is_big else header[4:8]
        self._queue = deque([self._value(start)])
        self._seen: set[int] = {0}
        self._entries = 0

    def run(self) -> None:
        while self._queue and len(self._seen) <= _MAX_DIRECTORIES:
            directory = self._queue.popleft()
            if directory in self._seen:
                continue
            self._seen.add(directory)
            is_first = len(self._seen) == 2  # noqa: PLR2004 - 0 and this one
            try:
                fields = self._fields(directory)
            except MissingBytes as missing:
                length = max(missing.length, self.draft.window)
                behind = min(_BEHIND, missing.first)
                need = self.draft.need_for_all if is_first else self.draft.need
                need(missing.first - behind, behind + length)
                continue
            if is_first:
                self.first_directory = fields
            self._follow(fields)
        if self._queue:
            self.draft.is_given_up = True

    def numbers(self, tag: int, limit: int = 1) -> list[int]:
        """Return up to ``limit`` numbers of a field of the first directory."""
        field = self.first_directory.get(tag)
        if field is None:
            return []
        size = _TYPE_BYTES[field.type]
        data = self.block.at(field.first, size * min(limit, field.count))
        return [
            self._value(data[at : at + size])
            for at in range(0, len(data) - size + 1, size)
        ]

    def _fields(self, directory: int) -> dict[int, _Field]:
        counter = 8 if self._is_big else 2
        entry_bytes = 20 if self._is_big else 12
        count = self._value(self.block.at(directory, counter))
        count = min(count, _MAX_ENTRIES - self._entries)
        self._entries += count
        table = directory + counter
        data = self.block.at(table, entry_bytes * count + self._word)

        fields: dict[int, _Field] = {}
        for at in range(0, entry_bytes * count, entry_bytes):
            entry = data[at : at + entry_bytes]
            if len(entry) < entry_bytes:
                break
            found = self._field(entry, table + at)
            if found:
                fields.setdefault(self._value(entry[:2]), found)
        following = data[entry_bytes * count :]
        if len(following) == self._word:
            self._queue.append(self._value(following))
        return fields

    def _field(self, entry: bytes, entry_first: int) -> _Field | None:
        field_type = self._value(entry[2:4])
        if field_type not in _TYPE_BYTES:
            return None
        count = self._value(entry[4 : 4 + self._word])
        length = count * _TYPE_BYTES[field_type]
        is_here = length <= self._word
        at = 4 + self._word
        first = entry_first + at if is_here else self._value(entry[at:])
        return _Field(field_type, count, first, length)

    def _follow(self, fields: dict[int, _Field]) -> None:
        """Ask for all values of a directory at once, and queue those below it."""
        for tag, field in fields.items():
            if tag in _SUB_DIRECTORIES and field.length <= self._word:
                size = _TYPE_BYTES[field.type]
                self._queue.appendleft(self._value(self.block.at(field.first, size)))
            elif tag != _MAKER_NOTE and _is_short(field):
                for extent in self.block.extents(field.first, field.length):
                    self.draft.need(extent.first, extent.length)

    def _value(self, data: bytes) -> int:
        return int.from_bytes(data, self._order)


def read(draft: Draft) -> None:
    """Read a TIFF file, which is one EXIF block."""
    whole = Extent(0, draft.file.size)
    draft.add("exif", [whole])
    walk = read_block(draft, [whole])
    if walk is None:
        return

    with draft.going_on():
        draft.width = next(iter(walk.numbers(_WIDTH)), None)
        draft.height = next(iter(walk.numbers(_HEIGHT)), None)
    if draft.is_for_picture:
        with draft.going_on(to_picture=True):
            _set_picture(draft, walk)


def _set_picture(draft: Draft, walk: _Walk) -> None:
    """Put in the strips or tiles of the first directory, in their order."""
    for offsets, lengths in (
        (_STRIP_OFFSETS, _STRIP_BYTES),
        (_TILE_OFFSETS, _TILE_BYTES),
        (_JPEG_OFFSET, _JPEG_BYTES),
    ):
        if offsets in walk.first_directory:
            _add_strips(draft, walk, offsets, lengths)
            return


def read_block(draft: Draft, extents: Sequence[Extent]) -> _Walk | None:
    """Ask for the values of an EXIF block, and find what is packed into it."""
    block = Block(draft.file, extents)
    with draft.going_on():
        try:
            walk = _Walk(draft, block)
        except Malformed as malformed:
            draft.error = draft.error or str(malformed)
            return None
        walk.run()
        _add_packed(draft, walk)
        return walk
    return None


def size_in(draft: Draft, extents: Sequence[Extent]) -> tuple[int | None, int | None]:
    """Return width and height that an EXIF block gives in its first directory."""
    walk = read_block(draft, extents)
    if walk is None:
        return None, None
    sizes = [next(iter(walk.numbers(tag)), None) for tag in (_WIDTH, _HEIGHT)]
    return sizes[0], sizes[1]


def _is_short(field: _Field) -> bool:
    if field.type == _ASCII:
        return field.length <= LARGEST_VALUE
    return field.count < _MANY_VALUES


def _add_packed(draft: Draft, walk: _Walk) -> None:
    for tag, kind in ((_XMP, "xmp"), (_IPTC, "iptc")):
        field = walk.first_directory.get(tag)
        if field is None:
            continue
        extents = walk.block.extents(field.first, field.length)
        draft.add("xmp" if kind == "xmp" else "iptc", extents)
        if kind in draft.wanted:
            for extent in extents:
                draft.need(extent.first, extent.length)


def _add_strips(draft: Draft, walk: _Walk, offsets: int, lengths: int) -> None:
    if walk.first_directory[offsets].count > _MAX_STRIPS:
        msg = "too many strips or tiles"
        raise GivenUp(msg)
    for tag in (offsets, lengths, *_DECIDING):
        if field := walk.first_directory.get(tag):
            for extent in walk.block.extents(field.first, field.length):
                draft.need_for_all(extent.first, min(extent.length, _MAX_TABLE))
    firsts = walk.numbers(offsets, _MAX_STRIPS)
    counts = walk.numbers(lengths, _MAX_STRIPS)
    has_counts = bool(counts)
    if not has_counts and len(firsts) == 1:
        counts = [walk.block.length - firsts[0]]
    compression = next(iter(walk.numbers(_COMPRESSION)), _UNCOMPRESSED)
    is_raw = compression == _UNCOMPRESSED
    if compression in _DEFLATED and firsts:
        draft.need_coded(firsts[0])
        is_raw = is_stored(walk.block.at(firsts[0], 3))
    draft.set_picture(
        *(Extent(*place) for place in zip(firsts, counts, strict=False) if place[0]),
        parameters=_parameters(walk),
        is_constant_size=is_raw,
        is_end_known=has_counts,
    )


def _parameters(walk: _Walk) -> list[bytes]:
    """Return the values of fields that decide how strips decode, as decimal texts."""
    found = []
    if any(bits > _BYTE for bits in walk.numbers(_BITS, _MAX_TABLE)):
        found.append(walk.block.at(0, 2))  # the order of the bytes of a sample
    for tag in _DECIDING:
        values = ",".join(map(str, walk.numbers(tag, _MAX_TABLE)))
        if values:
            found.append(f"{tag}={values}".encode())
    return found
