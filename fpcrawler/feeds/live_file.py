"""A file that grows by complete writes, and that one crawl at a time may write."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.feeds.locking import lock

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class FeedInUse(OSError):
    """Another crawl is writing the feed."""


class LiveFile(FileIO):
    """An unbuffered file: each write goes to the operating system immediately.

    A write adds all its bytes, or none and raises OSError: the disk can be full in
    the middle of a record. Raises FeedInUse if another crawl is writing the file.
    """

    def __init__(self, path: Path, *, append: bool) -> None:
        super().__init__(path, "ab")  # "wb" would truncate it before it is locked
        self.path = path
        self._is_regular = stat.S_ISREG(os.fstat(self.fileno()).st_mode)
        try:
            if self._is_regular:
                reserve(self.fileno(), path)
                if not append:
                    self.truncate(0)
        except OSError:
            self.close()
            raise

    def write(self, data: ReadableBuffer) -> int:
        rest = memoryview(data).cast("B")
        length = len(rest)
        start = os.fstat(self.fileno()).st_size
        try:
            while rest:
                rest = rest[super().write(rest) or 0 :]
        except OSError:
            if self._is_regular:
                self.truncate(start)
            raise
        return length

    def begins_with(self, line: bytes) -> bool:
        """Return whether ``line`` is the first line of the file."""
        if not self._is_regular:
            return False
        with self.path.open("rb") as file:
            return file.read(len(line) + 2).rstrip(b"\r\n") == line


def reserve(descriptor: int, path: Path) -> None:
    """Lock an open file until it is closed; raises FeedInUse.

    Does nothing where the file system does not support locks, or the file was removed.
    """
    try:
        is_ours = lock(descriptor, path)
    except OSError:
        return
    if not is_ours:
        raise FeedInUse(f"{path} is being written by another crawl")


def check_free(path: Path) -> None:
    """Raise FeedInUse if another crawl is writing the file."""
    with suppress(FileNotFoundError, PermissionError), path.open("rb") as file:
        reserve(file.fileno(), path)
