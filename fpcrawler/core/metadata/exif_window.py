"""The file object for exifread: large reads are lazy, and the reads are limited."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, SupportsIndex, overload

if TYPE_CHECKING:
    from fpcrawler.core.file.sparse import SparseFile

MAX_READS = 100_000
"""The limit of reads of one file; more mean that exifread is in an endless loop."""

_LARGE_READ = 1_024


class TooManyReads(Exception):
    """exifread exceeded MAX_READS."""


class _LazyBytes(bytes):
    """A large piece of a file; bytes are read from the file when they are indexed.

    exifread reads whole segments and 4,000 bytes ahead, but uses a few of them. The
    others need not have been received.
    """

    _window: Window
    _first: int
    _length: int

    @classmethod
    def of(cls, window: Window, first: int, length: int) -> _LazyBytes:
        self = cls()
        self._window, self._first, self._length = window, first, length
        return self

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, key: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, key: slice, /) -> bytes: ...
    def __getitem__(self, key: SupportsIndex | slice, /) -> int | bytes:
        if isinstance(key, slice):
            first, end, _ = key.indices(self._length)
            return self._window.at(self._first + first, max(end - first, 0))
        first = range(self._length)[key]
        return self._window.at(self._first + first, 1)[0]


class Window(io.BufferedIOBase):
    """The file as exifread sees it; raises TooManyReads on an endless loop.

    A hostile file has a box of size 0, or a table of four thousand million entries.
    Each turn of exifread's loop costs a read, so the limit of reads ends it.
    """

    def __init__(self, file: SparseFile) -> None:
        self.file = file
        self._reads = 0

    def at(self, first: int, length: int) -> bytes:
        self._count()
        return self.file.at(first, length)

    def read(self, size: int | None = -1, /) -> bytes:
        self._count()
        if size is not None and 0 <= size <= _LARGE_READ:
            return self.file.read(size)
        first = self.file.tell()
        left = max(self.file.size - first, 0)
        length = left if size is None or size < 0 else min(size, left)
        self.file.seek(first + length)
        return _LazyBytes.of(self, first, length)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def _count(self) -> None:
        self._reads += 1
        if self._reads > MAX_READS:
            raise TooManyReads
