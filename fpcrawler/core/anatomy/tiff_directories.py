"""The image file directories (IFDs) of a TIFF block: TIFF 6.0, BigTIFF, CIPA DC-008.

Both the anatomy of a TIFF file and the reader of EXIF walk with these functions.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.block import Block

ASCII, RATIONAL, SIGNED_RATIONAL, UTF_8 = 2, 5, 10, 129

# How struct reads one value of each field type. TIFF 6.0 section 2: 1 to 12; TIFF
# Technical Note 1: 13; BigTIFF: 16, 17, 18; CIPA DC-008-2023 section 4.6.2: 129.
_CODES = {
    1: "B",
    ASCII: "s",
    3: "H",
    4: "I",
    RATIONAL: "II",
    6: "b",
    7: "B",
    8: "h",
    9: "i",
    SIGNED_RATIONAL: "ii",
    11: "f",
    12: "d",
    13: "I",
    16: "Q",
    17: "q",
    18: "Q",
    UTF_8: "s",
}

TYPE_BYTES = {type_: struct.calcsize(f"<{code}") for type_, code in _CODES.items()}

XMP, IPTC, MAKER_NOTE = 700, 33_723, 37_500

EMBEDDED: dict[int, Literal["xmp", "iptc"]] = {XMP: "xmp", IPTC: "iptc"}

PHOTOSHOP, C2PA = 34_377, 0xCD41
"""Adobe's image resources; a C2PA manifest store (C2PA 2.2, appendix A.3.6)."""

SUB_DIRECTORIES = {34_665, 34_853, 40_965}
"""The tags that point to the Exif, GPS and Interoperability directories."""

_BIG_TIFF = 43

_BIG_OFFSET_BYTES = 8

_HEADER_BYTES, _BIG_HEADER_BYTES = 8, 16


class Entry(NamedTuple):
    """An entry of a directory: ``values`` values from offset ``first`` of the block.

    ``length`` is theirs, in bytes.
    """

    tag: int
    type: int
    values: int
    first: int
    length: int


@dataclass(frozen=True, slots=True)
class Header:
    """How a TIFF block is written, and the offset of its first directory."""

    order: Literal["<", ">"]
    is_big: bool
    first: int

    @property
    def word(self) -> int:
        """The length of an offset, in bytes: values up to it stand in the entry."""
        return 8 if self.is_big else 4

    @property
    def counter(self) -> int:
        """The length of the number of entries, in bytes."""
        return 8 if self.is_big else 2

    @property
    def entry_bytes(self) -> int:
        """The length of an entry, in bytes."""
        return 4 + 2 * self.word

    def table_bytes(self, entries: int) -> int:
        """Return the length of a directory up to the offset of the next one."""
        return self.counter + self.entry_bytes * entries

    def number(self, data: bytes) -> int:
        """Return an unsigned number of any length; 0 of nothing."""
        return int.from_bytes(data, "little" if self.order == "<" else "big")

    def numbers(self, type_: int, data: bytes) -> tuple[int | float, ...]:
        """Return all values in ``data``; two numbers for each rational."""
        values = len(data) // TYPE_BYTES[type_]
        form = self.order + form_of(type_, values)
        return struct.unpack(form, data[: values * TYPE_BYTES[type_]])


def form_of(type_: int, values: int) -> str:
    """Return how struct reads so many values, less the byte order."""
    code = _CODES[type_]
    return f"{values * len(code)}{code[0]}"


@dataclass(frozen=True, slots=True)
class Directory:
    """The entries whose type is known, of ``read`` of the ``count`` that it has.

    ``has_all``: all were read, and those of an unknown type are empty.
    """

    entries: list[Entry]
    count: int
    read: int
    has_all: bool


def read_header(block: Block) -> Header | None:
    """Return the header; None if the block has no byte order mark.

    Raises MissingBytes. The magic number is not checked: raw formats have others.
    """
    data = block.at(0, _HEADER_BYTES)
    if len(data) < _HEADER_BYTES or data[:2] not in (b"II", b"MM"):
        return None
    order: Literal["<", ">"] = "<" if data[:2] == b"II" else ">"
    header = Header(order, is_big=False, first=0)
    # BigTIFF: 43, the length of an offset (8), 0, the first offset.
    if [header.number(data[at : at + 2]) for at in (2, 4)] == [
        _BIG_TIFF,
        _BIG_OFFSET_BYTES,
    ]:
        start = block.at(_HEADER_BYTES, _BIG_HEADER_BYTES - _HEADER_BYTES)
        return Header(order, is_big=True, first=header.number(start))
    return Header(order, is_big=False, first=header.number(data[4:]))


def read_directory(block: Block, header: Header, first: int, limit: int) -> Directory:
    """Return up to ``limit`` entries of the directory at ``first``.

    Raises MissingBytes if bytes of these entries were not received.
    """
    count = entries_at(block, header, first)
    size, word = header.entry_bytes, header.word
    table = first + header.counter
    data = block.at(table, size * min(count, limit))
    whole = len(data) // size
    entries: list[Entry] = []
    has_all = whole == count
    value = table + 4 + word
    new = tuple.__new__  # a third of the time of Entry(…)
    form = header.order + ("HHQQ" if header.is_big else "HHII")
    for tag, type_, number, pointer in struct.iter_unpack(form, data[: whole * size]):
        length = number * TYPE_BYTES.get(type_, -1)
        if length < 0:
            has_all = False
        elif type_ in TYPE_BYTES:
            at = value if length <= word else pointer
            entries.append(new(Entry, (tag, type_, number, at, length)))
        value += size
    return Directory(entries, count, whole, has_all)


def entries_at(block: Block, header: Header, first: int) -> int:
    """Return how many entries the directory says it has; 0 beyond the block.

    Raises MissingBytes.
    """
    data = block.at(first, header.counter)
    return header.number(data) if len(data) == header.counter else 0


def following(block: Block, header: Header, end: int) -> int:
    """Return the offset of the directory after the one that ends at ``end``, or 0.

    Raises MissingBytes.
    """
    data = block.at(end, header.word)
    return header.number(data) if len(data) == header.word else 0
