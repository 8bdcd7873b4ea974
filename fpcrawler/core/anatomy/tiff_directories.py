"""The image file directories (IFDs) of a TIFF block (TIFF 6.0, CIPA DC-008)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fpcrawler.core.anatomy.structure import LARGEST_VALUE, Malformed
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Block, Draft

_MAX_DIRECTORIES = 200

_MAX_ENTRIES = 20_000

_READ_BACK = 1_024
"""Bytes to request before a directory: some writers put its values there."""

# Field types by the length of one value in bytes; 16, 17 and 18 are BigTIFF's.
_TYPES = {1: (1, 2, 6, 7), 2: (3, 8), 4: (4, 9, 11, 13), 8: (5, 10, 12, 16, 17, 18)}

_TYPE_BYTES = {type_: size for size, types in _TYPES.items() for type_ in types}

_ASCII = 2

_MANY_VALUES = 1_000
"""So many numbers are pixels or tables; exifread does not read them either."""

_BIG_TIFF = 43

_BIG_HEADER = 16

XMP, IPTC, MAKER_NOTE = 700, 33_723, 37_500

_SUB_DIRECTORIES = {34_665, 34_853, 40_965}  # Exif, GPS, Interoperability


@dataclass(frozen=True, slots=True)
class Field:
    """An entry of a directory: its type and the extent of its values in the block."""

    type: int
    count: int
    first: int
    length: int


class Walk:
    """Walks all directories of one TIFF block, and requests the missing ones."""

    def __init__(self, draft: Draft, block: Block) -> None:
        self.draft = draft
        self.block = block
        self.first_directory: dict[int, Field] = {}
        header = block.at(0, _BIG_HEADER)
        if header[:2] not in (b"II", b"MM"):
            raise Malformed("not a TIFF byte order")
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
                before = min(_READ_BACK, missing.first)
                need = self.draft.need_for_all if is_first else self.draft.need
                need(missing.first - before, before + length)
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

    def _fields(self, directory: int) -> dict[int, Field]:
        counter = 8 if self._is_big else 2
        entry_bytes = 20 if self._is_big else 12
        count = self._value(self.block.at(directory, counter))
        count = min(count, _MAX_ENTRIES - self._entries)
        self._entries += count
        table = directory + counter
        data = self.block.at(table, entry_bytes * count + self._word)

        fields: dict[int, Field] = {}
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

    def _field(self, entry: bytes, entry_first: int) -> Field | None:
        field_type = self._value(entry[2:4])
        if field_type not in _TYPE_BYTES:
            return None
        count = self._value(entry[4 : 4 + self._word])
        length = count * _TYPE_BYTES[field_type]
        is_inline = length <= self._word
        at = 4 + self._word
        first = entry_first + at if is_inline else self._value(entry[at:])
        return Field(field_type, count, first, length)

    def _follow(self, fields: dict[int, Field]) -> None:
        """Request all values of a directory, and queue its sub-directories."""
        for tag, field in fields.items():
            if tag in _SUB_DIRECTORIES and field.length <= self._word:
                size = _TYPE_BYTES[field.type]
                self._queue.appendleft(self._value(self.block.at(field.first, size)))
            elif tag != MAKER_NOTE and _is_short(field):
                for extent in self.block.extents(field.first, field.length):
                    self.draft.need(extent.first, extent.length)

    def _value(self, data: bytes) -> int:
        return int.from_bytes(data, self._order)


def _is_short(field: Field) -> bool:
    if field.type == _ASCII:
        return field.length <= LARGEST_VALUE
    return field.count < _MANY_VALUES
