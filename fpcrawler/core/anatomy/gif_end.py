"""Whether the coded data of a GIF end at an offset, by what follows them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.gif_extensions import TRAILER
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.file.sparse import SparseFile

DECIDING = 2
"""Bytes after an offset that show whether another image follows at once."""

_COMMENT, _APPLICATION = b"\x21\xfe", b"\x21\xff"
_MAX_STEPS = 16_384


def ends_at(file: SparseFile, end: int) -> bool:
    """Return whether a block terminator is before ``end``, and no image follows.

    What follows has to be here: comments and applications (sections 24 and 26), then
    the trailer (27). The next frame of a longer animation begins with an image or a
    graphic control extension. Never raise.
    """
    with suppress(MissingBytes):
        return file.at(end - 1, 1) == b"\0" and _leads_to_trailer(file, end)
    return False


def _leads_to_trailer(file: SparseFile, at: int) -> bool:
    is_extension = False
    for _ in range(_MAX_STEPS):
        if is_extension:
            length = int.from_bytes(file.at(at, 1))
            at += 1 + length
            is_extension = length > 0
            continue
        head = file.at(at, DECIDING)
        if head not in (_COMMENT, _APPLICATION):
            return head[:1] == bytes([TRAILER])
        at, is_extension = at + DECIDING, True
    return False
