"""The extensions of a GIF that hold metadata: comments, XMP, C2PA manifest stores."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.texts import COMMENT, add_text
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.anatomy.structure import MetadataKind

EXTENSION, TRAILER = 0x21, 0x3B

KINDS: frozenset[MetadataKind] = frozenset({"xmp", "texts", "provenance"})
"""What extensions can hold; GIF has no place for EXIF or IPTC."""

_TAIL, _LARGE_TAIL = 4_096, 65_536
"""How many last bytes to search for extensions after the picture."""

_MAX_STEPS = 32_768
_MAX_SUB_BLOCKS = 20_000
_APPLICATION, _COMMENT = 0xFF, 0xFE
_FULL = 255
_XMP = b"\x0bXMP DataXMP"
_C2PA = b"\x0bC2PA_GIF"  # C2PA 2.2, appendix A.3.5; three further bytes follow
_APPLICATION_HEADER = 12
_LOOPS = {b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0"}
_MAGIC = bytes([1, *range(255, -1, -1), 0])
"""XMP specification part 3, 1.1.2: trailing bytes that end the chain of sub-blocks."""

_TEXT_SAMPLE = 24
_CONTINUATION = bytes(range(0x80, 0xC0))
"""The bytes of a UTF-8 character after its first one."""

_IN_TAIL = re.compile(rb"(?<=\0)\x21[\x01\xf9\xfe\xff]")


def after_extension(draft: Draft, at: int) -> int:
    """Note an extension whose label is at ``at``; return the offset after it."""
    label = draft.number(at, 1)
    first = at + 1
    opening = b""
    if label == _APPLICATION:
        opening = draft.file.at(first, _APPLICATION_HEADER)
    if opening.startswith(_C2PA):
        return _note_manifests(draft, first + _APPLICATION_HEADER)

    pieces, end = _sub_blocks(draft, first)
    if opening == _XMP:
        _note_xmp(draft, pieces, end)
    elif label == _COMMENT:
        add_text(draft, pieces, COMMENT)
    return end


def _sub_blocks(draft: Draft, at: int) -> tuple[list[Extent], int]:
    """Return the content of the sub-blocks at ``at``, and the offset after them."""
    pieces: list[Extent] = []
    while True:
        draft.step(2)
        length = draft.number(at, 1)
        if length == 0:
            return pieces, at + 1
        pieces.append(Extent(at + 1, length))
        at += 1 + length


def _note_xmp(draft: Draft, pieces: list[Extent], end: int) -> None:
    """Note XMP, whose bytes, read as lengths, lead to the trailing bytes.

    Some writers use sub-blocks instead.
    """
    text, stop = pieces[0].end, end - len(_MAGIC)
    if stop >= text and draft.file.at(stop, len(_MAGIC)) == _MAGIC:
        draft.add("xmp", [Extent(text, stop - text)])
    else:
        draft.add("xmp", pieces[1:])


def _note_manifests(draft: Draft, at: int) -> int:
    pieces, end = _stated_blocks(draft, at) or _sub_blocks(draft, at)
    draft.add("provenance", pieces)
    return end


def _stated_blocks(draft: Draft, at: int) -> tuple[list[Extent], int] | None:
    """Return the sub-blocks of a store that is not all here, by its stated length.

    The store begins with its length. All sub-blocks but the last have 255 bytes; the
    bytes at the end are compared. None if the sub-blocks have to be read one by one.
    """
    length = draft.number(at + 1, 4)
    full, rest = divmod(length, _FULL)
    last = at + full * (_FULL + 1)
    end = last + 1 + rest if rest else last
    is_here = draft.file.has(at, end + 1 - at)
    if length <= _FULL or full > _MAX_SUB_BLOCKS or end >= draft.file.size or is_here:
        return None
    pieces = [Extent(place + 1, _FULL) for place in range(at, last, _FULL + 1)]
    pieces.append(Extent(last + 1, rest))
    try:
        ending = draft.file.at(last, end + 1 - last)
    except MissingBytes:
        # The end of the store is wanted too: one request can fetch both.
        draft.add("provenance", pieces)
        raise
    if draft.number(at, 1) != _FULL or (ending[0], ending[-1]) != (rest, 0):
        return None
    return pieces, end + 1


def is_loop(draft: Draft, at: int) -> bool:
    """Return whether the extension at ``at`` says how often an animation repeats."""
    return draft.file.at(at + 2, _APPLICATION_HEADER) in _LOOPS


def read_tail(draft: Draft, picture: int) -> None:
    """Note the extensions between the picture and the trailer.

    ``picture`` is the offset of its coded data. They have no length, so the extensions
    are found from the end of the file: adjacent ones lead to the trailer.
    """
    if not draft.sought & KINDS:
        draft.left_out |= KINDS
        return
    for length in (_TAIL, _LARGE_TAIL):
        first = max(picture, draft.file.size - length)
        if not draft.file.has(first, length):
            draft.need(first, length)
            return
        tail = draft.file.at(first, length)
        end = len(tail.rstrip(b"\0\n\r")) - 1
        if end < 0 or tail[end] != TRAILER:
            draft.left_out |= KINDS
            return
        start = _first_extension(draft, tail, end)
        if start < end or first == picture or not _is_extension_before(tail, end):
            break
    else:
        draft.left_out |= KINDS
    at = first + start
    while at < first + end:
        at = after_extension(draft, at + 1)


def _is_extension_before(tail: bytes, end: int) -> bool:
    """Return whether a longer extension ends there: XMP, or a comment.

    A comment is text, and coded data of a picture hardly ever look like text.
    """
    if tail.endswith(_MAGIC, 0, end):
        return True
    last = tail[max(end - 1 - _TEXT_SAMPLE, 0) : end - 1]
    with suppress(UnicodeDecodeError):
        text = last.lstrip(_CONTINUATION).decode()
        return all(char.isprintable() or char in "\t\r\n" for char in text)
    return False


def _first_extension(draft: Draft, tail: bytes, end: int) -> int:
    """Return the first offset from which extensions lead to ``end``, else ``end``."""
    starts, steps = {end}, 0
    for match in reversed(list(_IN_TAIL.finditer(tail, 0, end))):
        at = match.start() + 2
        while at < end and tail[at] and steps < _MAX_STEPS:
            at += 1 + tail[at]
            steps += 1
        if at + 1 in starts and not tail[at]:
            starts.add(match.start())
    if steps >= _MAX_STEPS:
        draft.left_out |= KINDS
    return min(starts)
