"""The bytes of one TIFF block within limits; missing ones are requested."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy import Extent
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.block import Block
    from fpcrawler.core.file.sparse import SparseFile

READ_AHEAD_BYTES = 4_096
"""Bytes to request from the start of a structure of unknown length."""

READ_BACK_BYTES = 2_048
"""Bytes to request before an IFD, where some writers put its values."""


DIRECTORY_ENTRIES = 4

_MAX_HELD = 65_536  # more than an EXIF segment of a JPEG has


class TooMuch(Exception):
    """The block exceeds one of its limits; no camera writes such a block."""


@dataclass(slots=True)
class Limits:
    """What may still be read of the blocks of a file. At a limit the reading ends.

    The short values that exif_quick prints count as entries only.
    """

    entries: int = 3_000  # a directory counts as DIRECTORY_ENTRIES more
    numbers: int = 40_000  # see exif_values.Plan
    text_bytes: int = 1_000_000
    chars: int = 500_000

    def spend(self, *, numbers: int = 0, text_bytes: int = 0, chars: int = 0) -> None:
        """Count what is read. Raises TooMuch at a limit."""
        self.numbers -= numbers
        self.text_bytes -= text_bytes
        self.chars -= chars
        if self.numbers < 0 or self.text_bytes < 0 or self.chars < 0:
            raise TooMuch


@dataclass(slots=True)
class BlockBytes:
    """The bytes of a block; ``needs`` are ranges of ``file`` to fetch.

    ``held`` are its first bytes, as far as they were received without a hole.
    """

    file: SparseFile
    block: Block
    limits: Limits
    needs: list[Extent] = field(default_factory=list)
    held: bytes = field(init=False)

    def __post_init__(self) -> None:
        length = 0
        for extent in self.block.extents(0, _MAX_HELD):
            holes = self.file.holes(extent.first, extent.length)
            length += holes[0][0] - extent.first if holes else extent.length
            if holes:
                break
        self.held = self.block.at(0, length)

    def at(self, first: int, length: int) -> bytes:
        """Return bytes of the block, fewer at its end. Raises MissingBytes."""
        end = first + length
        if end <= len(self.held):
            return self.held[first:end]
        return self.block.at(first, length)

    def needed(self, first: int, length: int) -> bytes:
        """Return bytes of the block; request those that are missing, and raise.

        Raises MissingBytes.
        """
        end = first + length
        if end <= len(self.held):
            return self.held[first:end]
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
