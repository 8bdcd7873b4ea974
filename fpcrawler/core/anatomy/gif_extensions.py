"""The extensions of a GIF that hold metadata: comments, XMP, C2PA manifest stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.texts import COMMENT, add_text
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.anatomy.structure import MetadataKind

EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
GRAPHIC_CONTROL = 0xF9

KINDS: frozenset[MetadataKind] = frozenset({"xmp", "texts", "provenance"})
"""What extensions can hold; GIF has no place for EXIF or IPTC."""

_MAX_SUB_BLOCKS = 20_000
_APPLICATION, COMMENT_LABEL = 0xFF, 0xFE
FIRST_LENGTHS = {0x01: 12, GRAPHIC_CONTROL: 4, _APPLICATION: 11}
"""The length of the first sub-block by label: sections 25, 23 and 26."""
_FULL = 255
_XMP = b"\x0bXMP DataXMP"
_C2PA = b"\x0bC2PA_GIF"  # C2PA 2.2, appendix A.3.5; three further bytes follow
_APPLICATION_HEADER = 12
_USER_INPUT, _DISPOSAL, _LEAVE = 0x02, 0x1C, 0x04
_LOOPS = {b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0"}
MAGIC = bytes([1, *range(255, -1, -1), 0])
"""XMP specification part 3, 1.1.2: trailing bytes that end the chain of sub-blocks."""


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
    elif label == COMMENT_LABEL:
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
    text, stop = pieces[0].end, end - len(MAGIC)
    if stop >= text and draft.file.at(stop, len(MAGIC)) == MAGIC:
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


def announces_images(draft: Draft, at: int) -> bool:
    """Return whether the extension at ``at`` has a meaning only before a second image.

    It says how often an animation repeats; or, as a graphic control extension
    (section 23), when to go on, or what to draw in the place of this image then.
    """
    if draft.number(at + 1, 1) != GRAPHIC_CONTROL:
        return draft.file.at(at + 2, _APPLICATION_HEADER) in _LOOPS
    flags, delay = draft.number(at + 3, 1), draft.number(at + 4, 2)
    return bool(flags & _USER_INPUT or flags & _DISPOSAL > _LEAVE or delay)
