"""Find what the value offsets of a maker note count from, if that is certain.

Many makers count them from the TIFF header of the block. A program that moves the note
may leave the offsets as they were, and then they lead to parts of other texts. So each
base is tried against what is known of the note: where its values begin and end, a
footer, or a text that every note of the maker has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.metadata.makers.note import Directory, MakerNote, Movable

Entry = tuple[int, int, int, int]
"""Tag, type, count, and value or pointer."""

INLINE_BYTES = 4
ENTRY_BYTES = 12

# TIFF 6.0 section 2, and IFD (13) of TIFF Technical Note 1: bytes per value.
_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)
_KINDS = len(_SIZES)

_FOOTER_BYTES = 8
_MIN_POINTER = 12  # a smaller offset of a value is inside the TIFF header: garbage

# TIFF 6.0 section 2: the offset of the next IFD, four bytes, ends an IFD. Some makers
# leave it out.
_USUAL_GAPS = (0, 4)


def length_of(entry: Entry) -> int:
    """Return the bytes of the value; 0 if its type is unknown."""
    _, kind, count, _ = entry
    return count * _SIZES[kind] if kind < _KINDS else 0


def certain_base(
    note: MakerNote, directory: Directory, entries: list[Entry], count: int
) -> int | None:
    """Return what the offsets count from, or None if that is not certain.

    ``entries``: those that are here, of ``count``.
    """
    movable = directory.movable
    spans = [
        (pointer, pointer + length)
        for entry in entries
        if (length := length_of(entry)) > INLINE_BYTES
        and (pointer := entry[3]) >= _MIN_POINTER
    ]
    if movable is None or not spans:
        return directory.base
    if movable.anchor and _is_anchored(note, directory, entries, movable.anchor):
        return directory.base
    after = directory.first + directory.entries + ENTRY_BYTES * count
    end = note.first + note.length
    low, high = min(spans)[0], max(stop for _, stop in spans)

    written = _written_base(note)
    if written is not None:
        end -= _FOOTER_BYTES
        gap, spare = written + low - after, end - written - high
        # With a footer right after the values, any gap before them is the model's.
        is_full = gap >= 0 and 0 <= spare <= 1
        return written if is_full or _fits(movable, gap, spare) else None
    for base in (directory.base, note.first):
        if _fits(movable, base + low - after, end - base - high):
            return base
    return None


def _fits(movable: Movable, gap: int, spare: int) -> bool:
    """Return whether the values lie inside the note as its maker puts them.

    ``gap``: bytes between the last entry and the first value; ``spare``: bytes between
    the last value and the end. A move changes both.
    """
    if spare < 0:
        return False
    # A value of an odd length may be followed by a byte, so that the next one is even.
    return gap == movable.gap or (gap in _USUAL_GAPS and spare <= 1)


def _is_anchored(
    note: MakerNote,
    directory: Directory,
    entries: list[Entry],
    anchor: tuple[int, bytes],
) -> bool:
    number, text = anchor
    pointers = [entry[3] for entry in entries if entry[0] == number]
    try:
        return any(
            note.block.at(directory.base + pointer, len(text)) == text
            for pointer in pointers[:1]
        )
    except MissingBytes:
        return False


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
