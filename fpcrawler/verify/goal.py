"""What is looked for in an image that may be a copy of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpcrawler.items import ImageRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a group of images that may be copies is looked at.

    ``lengths``: of the coded data, in bytes: the image's own, the next shorter one
    and the shortest of its group. ``shortest``: that one, by which the blocks are
    chosen; None: no record has a length. ``blocks``: VERIFY_BLOCKS.
    """

    lengths: tuple[int, ...]
    shortest: int | None
    blocks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal(Places):
    """The latest record of an image, and where its group is looked at."""

    record: ImageRecord
