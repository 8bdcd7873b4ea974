"""What is looked for in an image that may be a copy of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpcrawler.items import ImageRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """The latest record of an image, and what its group has in common.

    ``lengths``: of the coded data, in bytes: the image's own, then the next shorter
    ones in its group. ``shortest``: the shortest of the group, by which the blocks are
    chosen; None: no record has a length. ``blocks``: VERIFY_BLOCKS.
    """

    record: ImageRecord
    lengths: tuple[int, ...]
    shortest: int | None
    blocks: int
