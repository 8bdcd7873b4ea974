"""Walk the IFD of a maker note for the few tags that identify a device.

Each maker has a table of tags and a rule that says where its IFD is. The walk is
bounded: at most :data:`MAX_ENTRIES` entries and :data:`MAX_DEPTH` levels, and of each
value only the bytes that the table names. Bytes that are missing are noted, not
requested.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Literal

from fpcrawler.core.file.sparse import MissingBytes
from fpcrawler.core.metadata.makers.note import (
    Directory,
    Inner,
    MakerNote,
    NoteReading,
    Order,
)

MAX_ENTRIES = 512
MAX_DEPTH = 2

# TIFF 6.0 section 2, and IFD (13) of TIFF Technical Note 1: bytes per value.
_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)
_KINDS = len(_SIZES)
_POINTERS = (4, 13)
_INLINE_BYTES = 4
_COUNT_BYTES = 2
_ENTRY_BYTES = 12
_FOOTER_BYTES = 8

_MIN_POINTER = 12  # a smaller offset of a value is inside the TIFF header: garbage
_SLACK = 64  # bytes that some models leave free between the IFD and the first value

_TABLES: Mapping[str, struct.Struct] = {
    order: struct.Struct(f"{order}HHII") for order in "<>"
}

_Entry = tuple[int, int, int, int]
"""Tag, type, count, and value or pointer."""


def walk(note: MakerNote, directory: Directory, reading: NoteReading) -> None:
    """Add the values that the tags of a directory have; never raise."""
    _walk(note, directory, reading, MAX_DEPTH)


def _walk(
    note: MakerNote, directory: Directory, reading: NoteReading, depth: int
) -> None:
    entries, count = _entries(note, directory, reading)
    numbers = [entry[0] for entry in entries]
    wanted = [
        (numbers.index(number), tag)
        for number, tag in directory.tags
        if number in numbers
    ]
    if not wanted:
        return
    base: int | None = directory.base
    if directory.is_movable:
        base = _base(note, directory, entries, count)
    if base is None:
        wanted = [w for w in wanted if _length_of(entries[w[0]]) <= _INLINE_BYTES]
    else:
        directory = directory._replace(base=base)
    for index, tag in wanted:
        at = _value_at(directory, index, entries[index])
        if isinstance(tag, Inner):
            if depth > 1:
                inner = _inner(directory, tag, at, entries[index])
                _walk(note, _ordered(note, inner, reading), reading, depth - 1)
            continue
        length = min(_length_of(entries[index]), tag.length)
        if raw := _read(note, at, length, reading):
            text = tag.read(raw, directory.order)
            reading.add(f"MakerNote {tag.name}", tag.field, text)


def _length_of(entry: _Entry) -> int:
    _, kind, count, _ = entry
    return count * _SIZES[kind] if kind < _KINDS else 0


def _value_at(directory: Directory, index: int, entry: _Entry) -> int:
    """Return the offset of a value; one of up to four bytes is in its entry."""
    if _length_of(entry) > _INLINE_BYTES:
        return directory.base + entry[3]
    return directory.first + directory.entries + index * _ENTRY_BYTES + 8


def _inner(directory: Directory, tag: Inner, at: int, entry: _Entry) -> Directory:
    """Return the IFD that the value at ``at`` points to, or that it is."""
    _, kind, count, pointer = entry
    if kind in _POINTERS and count == 1:
        return Directory(
            directory.base + pointer, directory.base, directory.order, tag.tags
        )
    base = at if tag.is_own_base else directory.base
    return Directory(at, base, directory.order, tag.tags)


def _ordered(note: MakerNote, inner: Directory, reading: NoteReading) -> Directory:
    """Return it with its own byte order: some begin with ``II`` or ``MM``."""
    mark = _read(note, inner.first, 2, reading)
    if mark not in (b"II", b"MM"):
        return inner._replace(order=order_of(mark, inner.order) or inner.order)
    return inner._replace(first=inner.first + 2, order="<" if mark == b"II" else ">")


def order_of(count: bytes, likely: Order) -> Order | None:
    """Return the byte order in which these two bytes are a number of entries.

    Programs that rewrite a file may change its order and leave the note as it was. In
    the wrong order, a number below 256 is a larger one.
    """
    little = int.from_bytes(count[:_COUNT_BYTES], "little")
    big = int.from_bytes(count[:_COUNT_BYTES], "big")
    if not 0 < min(little, big) <= MAX_ENTRIES:
        return None
    if little == big:
        return likely
    return "<" if little < big else ">"


def _entries(
    note: MakerNote, directory: Directory, reading: NoteReading
) -> tuple[list[_Entry], int]:
    """Return the entries that are here, and how many there should be."""
    first = directory.first + directory.entries
    raw = _read(note, first - _COUNT_BYTES, _COUNT_BYTES, reading)
    if directory.entries > _COUNT_BYTES and not any(raw):
        raw = _read(note, directory.first, _COUNT_BYTES, reading)
    count = int.from_bytes(raw, "little" if directory.order == "<" else "big")
    if count > MAX_ENTRIES:
        return [], 0
    table = _held(note, first, count * _ENTRY_BYTES, reading)
    table = table[: len(table) - len(table) % _ENTRY_BYTES]
    return list(_TABLES[directory.order].iter_unpack(table)), count


def _base(
    note: MakerNote, directory: Directory, entries: list[_Entry], count: int
) -> int | None:
    """Return what the offsets count from, or None if that is unknown.

    Values follow the IFD inside the note. If these offsets do not lie there, a program
    has moved the note and left them as they were: only those are read for which the
    note itself says where it was. Reading others would give parts of other texts.
    """
    spans = [
        (pointer, pointer + length)
        for _, kind, values, pointer in entries
        if kind < _KINDS
        and (length := values * _SIZES[kind]) > _INLINE_BYTES
        and pointer >= _MIN_POINTER
    ]
    if not spans:
        return directory.base
    # Values do not overlap, so the last one ends last.
    low, high = min(spans)[0], max(spans)[1]
    end = note.first + note.length
    after = directory.first + directory.entries + _ENTRY_BYTES * count

    first = directory.base + low
    if after <= first and (first <= after + _SLACK or directory.base + high <= end):
        return directory.base
    for base in (_written_base(note), note.first):
        if base is not None and after <= base + low <= after + _SLACK:
            return base
    return None


def _written_base(note: MakerNote) -> int | None:
    """Return the base by a TIFF header at the end of the note, as Canon writes it.

    Its offset is where the note was when the camera wrote it. The base is negative if
    the note has moved towards the start.
    """
    try:
        footer = note.at(note.length - _FOOTER_BYTES, _FOOTER_BYTES)
    except MissingBytes:
        return None
    if footer[:4] not in (b"II*\0", b"MM\0*") or len(footer) < _FOOTER_BYTES:
        return None
    order: Literal["little", "big"] = "little" if footer[:1] == b"I" else "big"
    return note.first - int.from_bytes(footer[4:], order)


def _held(note: MakerNote, first: int, length: int, reading: NoteReading) -> bytes:
    """Return the bytes from ``first`` on that are here, in steps of one entry."""
    try:
        return note.block.at(first, length) if first >= 0 else b""
    except MissingBytes:
        reading.missing += note.block.extents(first, length)
    held = bytearray()
    try:
        while len(held) < length:
            step = note.block.at(first + len(held), _ENTRY_BYTES)
            if not step:
                break
            held += step
    except MissingBytes:
        pass
    return bytes(held)


def _read(note: MakerNote, first: int, length: int, reading: NoteReading) -> bytes:
    """Return the bytes, or nothing if some are missing: these are noted."""
    if first < 0:
        return b""
    try:
        return note.block.at(first, length)
    except MissingBytes:
        reading.missing += note.block.extents(first, length)
        return b""
