"""Add the texts of an image as parts, within limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.block import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.file.extents import Extent

COMMENT = "comment"

_LONGEST = 66_560
"""64 KiB, which is as much of a text as is recorded, and the keywords before it."""

_COST = 1_024
"""What a text takes of the room for texts beside its length: so there are few."""

_MAX_PIECES = 4_096
"""Sub-blocks of a comment; those of the longest text are about 260."""


def add_text(
    draft: Draft, extents: Sequence[Extent], name: str, *, is_deflated: bool = False
) -> None:
    """Add a text, or its beginning; of a compressed text all or nothing.

    ``name`` is the type of a PNG chunk, or COMMENT.
    """
    if draft.text_room <= 0:
        draft.left_out.add("texts")
        return
    block = Block(draft.file, extents[:_MAX_PIECES])
    length = sum(extent.length for extent in extents)
    kept = length if is_deflated else min(block.length, _LONGEST)
    if is_deflated and kept > draft.text_room:
        kept = 0
    if kept < length:
        draft.left_out.add("texts")
    if kept and draft.add("texts", block.extents(0, kept), name=name):
        draft.text_room -= kept + _COST
