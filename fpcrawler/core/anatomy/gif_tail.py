"""The end of a GIF: the extensions after its pictures."""

from __future__ import annotations

import re
import struct
from codecs import getincrementaldecoder
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.anatomy.gif_codes import ends_with_stop, is_on_grid
from fpcrawler.core.anatomy.gif_extensions import (
    COMMENT_LABEL,
    FIRST_LENGTHS,
    IMAGE,
    KINDS,
    MAGIC,
    TRAILER,
)
from fpcrawler.core.anatomy.gif_images import DESCRIPTOR, data_of, read_blocks

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_TAIL, _LARGE_TAIL = 4_096, 65_536
"""How many last bytes to search for extensions after the picture."""

_MAX_STEPS = 32_768
_TEXT_SAMPLE = 24
_CONTINUATION = bytes(range(0x80, 0xC0))
"""The bytes of a UTF-8 character after its first one."""

_IN_TAIL = re.compile(rb"(?<=\0)(?:\x21[\x01\xf9\xfe\xff]|\x2c)")
_GEOMETRY = struct.Struct("<HHHH")
_RESERVED = 0x18
_CODE_SIZES = range(2, 9)


class Tail(NamedTuple):
    """Where the blocks at the end begin, and where the coded data before them end.

    ``picture_end`` is None if it is not certain.
    """

    first: int
    picture_end: int | None


def read_tail(draft: Draft, picture: int, *, is_several: bool) -> Tail | None:
    """Note the extensions between the pictures and the trailer.

    ``picture`` is the offset of the first coded data. These have no length, so the
    extensions are found from the end of the file: adjacent ones lead to the trailer.
    None if none can be found. ``is_several``: more images follow the first one.
    """
    for length in (_TAIL, _LARGE_TAIL):
        first = max(picture, draft.file.size - length)
        if not draft.file.has(first, length):
            draft.need(first, length)
            return None
        tail = draft.file.at(first, length)
        end = len(tail.rstrip(b"\0\n\r")) - 1
        if end < 0 or tail[end] != TRAILER:
            draft.left_out |= KINDS
            return None
        start = _first_block(draft, tail, end)
        is_all = first == picture or not _is_extension_before(tail, start)
        if is_all:
            break
    else:
        draft.left_out |= KINDS
    rest = read_blocks(draft, first + start)
    is_after_zero = bool(start) and not tail[start - 1]
    is_certain = is_all and is_after_zero and _is_block(tail, start, end)
    if not rest.has_images:
        is_alone = not is_several and start == end
        is_certain &= (start < end or is_alone) and _is_after_data(
            draft, tail, start, picture, is_alone=is_alone
        )
    if rest.has_images or not rest.is_read:
        draft.left_out |= KINDS
    return Tail(first + start, rest.end if is_certain and rest.is_read else None)


def _is_after_data(
    draft: Draft, tail: bytes, start: int, picture: int, *, is_alone: bool
) -> bool:
    """Return whether coded data of an image end before ``start``, as far as is seen.

    A binary comment that began before ``tail`` may end there too. ``is_alone``: nothing
    but the trailer follows the only image. An extension after a later one, which need
    not be announced, would hardly follow such a comment.
    """
    code_size, size = draft.exactly(picture - 1, 2)
    # A later image has the code size of the first one, or that of 256 colours.
    code_sizes = {code_size} if is_alone else {code_size, _CODE_SIZES[-1]}
    if not any(ends_with_stop(tail, start - 1, each) for each in code_sizes):
        return False
    first = (picture + len(tail) - draft.file.size) % (size + 1)
    return not is_alone or is_on_grid(tail, first, start, size)


def _is_block(tail: bytes, at: int, trailer: int) -> bool:
    """Return whether the bytes there are a block, and not coded data that look alike.

    Sections 23, 25 and 26: the first sub-block of an extension has a fixed length.
    """
    if at == trailer or tail[at] == IMAGE:
        return True
    label, length = tail[at + 1], tail[at + 2]
    if label == COMMENT_LABEL:
        return _is_text(tail[at + 3 : at + 3 + min(length, _TEXT_SAMPLE)])
    return length == FIRST_LENGTHS[label]


def _is_extension_before(tail: bytes, end: int) -> bool:
    """Return whether a longer extension ends there: XMP, or a comment.

    A comment is text, and coded data of a picture hardly ever look like text.
    """
    if tail.endswith(MAGIC, 0, end):
        return True
    return _is_text(_last_text(tail, end - 1).lstrip(_CONTINUATION))


def _is_text(data: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        text = getincrementaldecoder("utf-8")().decode(data)  # its end may be cut
        return all(char.isprintable() or char in "\t\r\n" for char in text)
    return False


def _last_text(tail: bytes, end: int) -> bytes:
    """Return the last bytes of a comment whose sub-blocks end there.

    If its last sub-block is short, the length of this is among them.
    """
    for length in range(1, min(_TEXT_SAMPLE, end)):
        at = end - length - 1
        if tail[at] == length:
            before = tail[max(at + length - _TEXT_SAMPLE, 0) : at]
            return before + tail[at + 1 : end]
    return tail[max(end - _TEXT_SAMPLE, 0) : max(end, 0)]


def _first_block(draft: Draft, tail: bytes, end: int) -> int:
    """Return the first offset from which blocks lead to ``end``, else ``end``."""
    starts, steps = {end}, 0
    for match in reversed(list(_IN_TAIL.finditer(tail, 0, end))):
        at = match.start() + 2
        if tail[match.start()] == IMAGE:
            at = _image_data(draft, tail, match.start())
        while at < end and tail[at] and steps < _MAX_STEPS:
            at += 1 + tail[at]
            steps += 1
        if at + 1 in starts and not tail[at]:
            starts.add(match.start())
    if steps >= _MAX_STEPS:
        draft.left_out |= KINDS
    return min(starts)


def _image_data(draft: Draft, tail: bytes, at: int) -> int:
    """Return the offset of the coded data of an image, the end if there is none.

    Section 20: it lies within the screen; section 22: the LZW minimum code size. So
    coded data that have a comma after a zero are not taken for an image.
    """
    descriptor = tail[at : at + DESCRIPTOR]
    if len(descriptor) < DESCRIPTOR or descriptor[-1] & _RESERVED:
        return len(tail)
    left, top, width, height = _GEOMETRY.unpack_from(descriptor, 1)
    is_within = left + width <= (draft.width or 0) and top + height <= (
        draft.height or 0
    )
    data = data_of(descriptor, at)
    has_codes = data <= len(tail) and tail[data - 1] in _CODE_SIZES
    return data if width and height and is_within and has_codes else len(tail)
