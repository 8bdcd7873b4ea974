"""A file that grows by whole pieces, and whose name one crawl has at a time."""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class FeedInUse(OSError):
    """Another crawl is writing the feed."""


class LiveFile(FileIO):
    """An unbuffered file: what was written is on its way to the disk.

    A write adds all it is given or nothing, and raises OSError: the disk may be
    full in the middle of a record. Raises FeedInUse if another has the file.
    """

    def __init__(self, path: Path, *, append: bool) -> None:
        super().__init__(path, "ab")  # opened for writing alone it would be emptied
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
        begin = os.fstat(self.fileno()).st_size
        try:
            while rest:
                rest = rest[super().write(rest) or 0 :]
        except OSError:
            if self._is_regular:
                self.truncate(begin)
            raise
        return length

    def begins_with(self, line: bytes) -> bool:
        """Tell whether this is the first line of the file."""
        if not self._is_regular:
            return False
        with self.path.open("rb") as file:
            return file.read(len(line) + 2).rstrip(b"\r\n") == line


def reserve(descriptor: int, path: Path) -> None:
    """Have an open file to oneself until it is closed; raises FeedInUse.

    Where the file system knows no locks nothing is reserved.
    """
    message = f"{path} is being written by another crawl"
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise FeedInUse(message) from error
    except OSError:
        return
    with suppress(FileNotFoundError):
        if not os.path.samestat(os.fstat(descriptor), path.stat()):
            raise FeedInUse(message)  # has just given the name to another file


def check_free(path: Path) -> None:
    """Raise FeedInUse if another crawl is writing the file."""
    with suppress(FileNotFoundError, PermissionError), path.open("rb") as file:
        reserve(file.fileno(), path)
