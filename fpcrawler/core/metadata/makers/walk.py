"""Walk the IFD of a maker note for the few tags that identify a device.

Each maker has a table of tags and a rule that says where its IFD is. The walk is
bounded: at most :data:`MAX_ENTRIES` entries and :data:`MAX_DEPTH` levels, and of each
value only the bytes that the table names. Bytes that are missing are noted, not
requested.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from fpcrawler.core.file.sparse import MissingBytes
from fpcrawler.core.metadata.makers.note import (
    Directory,
    Inner,
    MakerNote,
    NoteReading,
    Order,
)
from fpcrawler.core.metadata.makers.place import (
    ENTRY_BYTES,
    INLINE_BYTES,
    Entry,
    certain_base,
    length_of,
)

MAX_ENTRIES = 512
MAX_DEPTH = 2

_POINTERS = (4, 13)
_COUNT_BYTES = 2

_TABLES: Mapping[str, struct.Struct] = {
    order: struct.Struct(f"{order}HHII") for order in "<>"
}


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
    base = certain_base(note, directory, entries, count)
    if base is None:
        wanted = [w for w in wanted if length_of(entries[w[0]]) <= INLINE_BYTES]
    else:
        directory = directory._replace(base=base)
    for index, tag in wanted:
        at = _value_at(directory, index, entries[index])
        if isinstance(tag, Inner):
            if depth > 1:
                inner = _inner(directory, tag, at, entries[index])
                _walk(note, _ordered(note, inner, reading), reading, depth - 1)
            continue
        length = min(length_of(entries[index]), tag.length)
        if not (directory.has_values_outside or note.has(at, length)):
            continue
        if raw := _read(note, at, length, reading):
            text = tag.read(raw, directory.order)
            reading.add(f"MakerNote {tag.name}", tag.field, text)


def _value_at(directory: Directory, index: int, entry: Entry) -> int:
    """Return the offset of a value; one of up to four bytes is in its entry."""
    if length_of(entry) > INLINE_BYTES:
        return directory.base + entry[3]
    return directory.first + directory.entries + index * ENTRY_BYTES + 8


def _inner(directory: Directory, tag: Inner, at: int, entry: Entry) -> Directory:
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
) -> tuple[list[Entry], int]:
    """Return the entries that are here, and how many there should be."""
    first = directory.first + directory.entries
    raw = _read(note, first - _COUNT_BYTES, _COUNT_BYTES, reading)
    if directory.entries > _COUNT_BYTES and not any(raw):
        raw = _read(note, directory.first, _COUNT_BYTES, reading)
    count = int.from_bytes(raw, "little" if directory.order == "<" else "big")
    if count > MAX_ENTRIES:
        return [], 0
    table = _held(note, first, count * ENTRY_BYTES, reading)
    table = table[: len(table) - len(table) % ENTRY_BYTES]
    return list(_TABLES[directory.order].iter_unpack(table)), count


def _held(note: MakerNote, first: int, length: int, reading: NoteReading) -> bytes:
    """Return the bytes from ``first`` on that are here, in steps of one entry."""
    try:
        return note.block.at(first, length) if first >= 0 else b""
    except MissingBytes:
        reading.missing += note.block.extents(first, length)
    held = bytearray()
    try:
        while len(held) < length:
            step = note.block.at(first + len(held), ENTRY_BYTES)
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
