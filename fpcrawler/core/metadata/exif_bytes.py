"""The bytes of one TIFF block within limits; missing ones are requested."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy import Extent
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Block
    from fpcrawler.core.file.sparse import SparseFile

READ_AHEAD_BYTES = 4_096
"""Bytes to request from the start of a structure of unknown length."""

READ_BACK_BYTES = 2_048
"""Bytes to request before an IFD, where some writers put its values."""


DIRECTORY_ENTRIES = 4


class TooMuch(Exception):
    """The block exceeds one of its limits; no camera writes such a block."""


@dataclass(slots=True)
class Limits:
    """What may still be read of the blocks of a file. At a limit the reading ends."""

    entries: int = 3_000  # a directory counts as DIRECTORY_ENTRIES more
    numbers: int = 40_000  # see exif_values.cost
    bytes: int = 1_000_000
    chars: int = 500_000

    def check(self) -> None:
        """Raise TooMuch if a limit is spent."""
        if min(self.numbers, self.bytes, self.chars) < 0:
            raise TooMuch


@dataclass(slots=True)
class BlockBytes:
    """The bytes of a block; ``needs`` are ranges of ``file`` to fetch."""

    file: SparseFile
    block: Block
    limits: Limits
    needs: list[Extent] = field(default_factory=list)

    @property
    def length(self) -> int:
        """The length of the block, in bytes."""
        return self.block.length

    def has_end_of(self, first: int, length: int) -> bool:
        """Return whether the block has all these bytes, received or not."""
        return first + length <= self.block.length

    def at(self, first: int, length: int) -> bytes:
        """Return bytes of the block; request those that are missing, and raise.

        Raises MissingBytes, or TooMuch at the limit.
        """
        self.limits.bytes -= length
        self.limits.check()
        try:
            return self.block.at(first, length)
        except MissingBytes:
            for extent in self.block.extents(first, length):
                holes = self.file.holes(extent.first, extent.length)
                self.needs += [Extent(at, end - at) for at, end in holes]
            raise

    def need_around(self, first: int, length: int) -> None:
        """Request an IFD with the bytes around it: its values are before or after."""
        before = max(first - READ_BACK_BYTES, 0)
        for extent in self.block.extents(before, first - before):
            for at, _ in self.file.holes(extent.first, extent.length)[-1:]:
                self.needs.append(Extent(at, extent.end - at))
        self.needs += self.block.extents(first, max(length, READ_AHEAD_BYTES))
