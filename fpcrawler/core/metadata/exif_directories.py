"""Read the directories of a TIFF block within limits; request the missing ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.tiff_directories import (
    Directory,
    Header,
    entries_at,
    following,
    read_directory,
)
from fpcrawler.core.file.sparse import MissingBytes
from fpcrawler.core.metadata.exif_bytes import DIRECTORY_ENTRIES, BlockBytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(slots=True)
class Directories:
    """The directories of one block.

    ``is_damaged``: one of them could not be read. ``is_cut``: a limit was reached.
    """

    source: BlockBytes
    header: Header
    is_damaged: bool = False
    is_cut: bool = False
    _counts: dict[int, int] = field(default_factory=dict)

    def chain(self, ifd: int) -> Iterator[int]:
        """Yield the offset of a directory, and of those that follow it."""
        seen: set[int] = set()
        while ifd and ifd not in seen:
            if self.source.limits.entries <= 0:
                self.is_cut = True
                return
            seen.add(ifd)
            yield ifd
            try:
                count = self._count(ifd)
            except MissingBytes:
                self.source.need_around(ifd, self.header.counter)
                return
            end = ifd + self.header.table_bytes(count)
            try:
                ifd = following(self.source, self.header, end)
            except MissingBytes:
                self.source.need_around(end, self.header.word)
                return

    def _count(self, ifd: int) -> int:
        count = self._counts.get(ifd)
        if count is None:
            count = entries_at(self.source, self.header, ifd)
        return count

    def _table_bytes(self, first: int, limit: int) -> int:
        """Return the length of a directory, as far as it is known."""
        try:
            count = entries_at(self.source, self.header, first)
        except MissingBytes:
            count = 0
        return self.header.table_bytes(min(count, limit))

    def with_chained(self, pointers: Sequence[object]) -> Iterator[object]:
        """Yield the sub-IFDs that a tag names, then those that follow one of them.

        TIFF Technical Note 1: each sub-IFD may be the first of a chain.
        """
        yield from pointers
        seen = set(pointers)
        for pointer in pointers:
            for ifd in self.chain(pointer) if isinstance(pointer, int) else ():
                if ifd not in seen:
                    seen.add(ifd)
                    yield ifd

    def at(self, first: int) -> Directory | None:
        """Return a directory; None if it is missing, beyond the block or a limit."""
        limits = self.source.limits
        limit = limits.entries
        if not 0 <= first < self.source.block.length:
            self.is_damaged = True
            return None
        if limit <= 0:
            self.is_cut = True
            return None
        try:
            directory = read_directory(self.source, self.header, first, limit)
        except MissingBytes:
            self.source.need_around(first, self._table_bytes(first, limit))
            return None
        self._counts[first] = directory.count
        limits.entries -= DIRECTORY_ENTRIES + directory.read
        self.is_damaged |= not directory.is_whole
        self.is_cut |= directory.read == limit < directory.count
        return directory
