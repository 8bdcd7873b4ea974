"""The first directory of a TIFF block."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.tiff_directories import (
    RATIONAL,
    SIGNED_RATIONAL,
    TYPE_BYTES,
)

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.block import Block
    from fpcrawler.core.anatomy.tiff_directories import Entry, Header
    from fpcrawler.core.file.extents import Extent

_UNSIGNED = {1: "B", 2: "H", 4: "I", 8: "Q"}
_RATIONALS = {RATIONAL, SIGNED_RATIONAL}


@dataclass(frozen=True, slots=True)
class First:
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

    def values(self, tag: int, limit: int) -> list[str]:
        """Return up to ``limit`` values of a field, each as text."""
        field = self.fields.get(tag)
        if field is None or field.type not in _RATIONALS:
            return [str(number) for number in self.numbers(tag, limit)]
        length = TYPE_BYTES[field.type] * min(limit, field.values)
        data = self.block.at(field.first, length)
        words = self.header.numbers(RATIONAL, data)
        return [f"{a}/{b}" for a, b in zip(words[::2], words[1::2], strict=True)]
