"""The image file directories (IFDs) of a TIFF block: TIFF 6.0, BigTIFF, CIPA DC-008.

Both the anatomy of a TIFF file and the reader of EXIF walk with these functions.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

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


class HasBytes(Protocol):
    """The bytes of a block, as ``draft.Block`` has them."""

    def at(self, first: int, length: int) -> bytes:
        """Return these bytes, fewer at the end; raise MissingBytes for a hole."""
        ...


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
    """What was ``read`` of the ``count`` entries that a directory has.

    ``rows`` are the entries as they are in the file: tag, type, number of values,
    offset; a value of up to ``word`` bytes stands in place of its offset, the first at
    ``first_value`` of the block, the next ones ``entry_bytes`` after it. ``is_whole``:
    the block has all entries that were to be read.
    """

    rows: list[tuple[int, int, int, int]]
    first_value: int
    entry_bytes: int
    word: int
    count: int
    is_whole: bool

    @property
    def read(self) -> int:
        """How many entries were read."""
        return len(self.rows)

    @property
    def entries(self) -> list[Entry]:
        """The entries whose type is known."""
        return self._entries(range(self.read))

    def entries_of(self, tags: Collection[int]) -> list[Entry]:
        """Return the entries of these tags whose type is known."""
        return self._entries([n for n, row in enumerate(self.rows) if row[0] in tags])

    def _entries(self, numbers: Iterable[int]) -> list[Entry]:
        entries: list[Entry] = []
        for number in numbers:
            tag, type_, values, pointer = self.rows[number]
            if value_bytes := TYPE_BYTES.get(type_):
                length = values * value_bytes
                in_place = self.first_value + number * self.entry_bytes
                at = in_place if length <= self.word else pointer
                entries.append(Entry(tag, type_, values, at, length))
        return entries


def read_header(block: HasBytes) -> Header | None:
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


def read_directory(
    block: HasBytes, header: Header, first: int, limit: int
) -> Directory:
    """Return up to ``limit`` entries of the directory at ``first``.

    Raises MissingBytes if bytes of these entries were not received.
    """
    count = entries_at(block, header, first)
    size, word = header.entry_bytes, header.word
    table = first + header.counter
    wanted = min(count, limit)
    data = block.at(table, size * wanted)
    whole = len(data) // size
    form = header.order + ("HHQQ" if header.is_big else "HHII")
    rows = list(struct.iter_unpack(form, data[: whole * size]))
    return Directory(rows, table + 4 + word, size, word, count, whole == wanted)


def entries_at(block: HasBytes, header: Header, first: int) -> int:
    """Return how many entries the directory says it has; 0 beyond the block.

    Raises MissingBytes.
    """
    data = block.at(first, header.counter)
    return header.number(data) if len(data) == header.counter else 0


def following(block: HasBytes, header: Header, end: int) -> int:
    """Return the offset of the directory after the one that ends at ``end``, or 0.

    Raises MissingBytes.
    """
    data = block.at(end, header.word)
    return header.number(data) if len(data) == header.word else 0
