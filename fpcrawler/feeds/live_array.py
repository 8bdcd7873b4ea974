"""JSON arrays: one in a file, valid after every record, and one for streams."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO

from fpcrawler.feeds.exchange import exchange
from fpcrawler.feeds.live_file import check_free, reserve

_OPENING = b"["
_CLOSING = b"\n]\n"
_ARRAY_START = re.compile(rb"\s*\[")
_ARRAY_END = re.compile(rb"([^\s,])\s*\]\s*\Z")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_TAIL_BYTES = 4_096
_DEPTH = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


class NotAnArray(ValueError):
    """The file to append to does not hold a JSON array."""


class LiveArray:
    """A JSON array in a file that is complete and valid at every moment.

    A kill can interrupt a write of more than one memory page, in whatever order its
    bytes are written. So each record goes to a hidden copy of the file, and then the
    two swap their names in one atomic step. The former file is the hidden copy now;
    it lacks one record until the next one comes. A reader that opens the file finds
    a complete array, and can read it until the second next record comes. A kill
    leaves the copy beside the file, as ``.NAME.0`` or ``.NAME.1``. Raises FeedInUse
    if another crawl is writing the file.
    """

    def __init__(self, path: Path, *, append: bool) -> None:
        # A symbolic link is followed: the rename must replace its target.
        self.path = path.resolve()
        self._hidden_name, self._spare = _copies_of(self.path)
        self._backlog = b""
        check_free(self.path)
        end = _end_of_array(self.path) if append else _Ending(0, is_empty=True)
        self._is_empty = end.is_empty
        shown = _ArrayFile(self._spare, like=self.path, end=end.offset)
        self._hidden = _ArrayFile(self._hidden_name, like=self.path, end=end.offset)
        self._spare.replace(self.path)
        self._shown: _ArrayFile | None = shown
        self._exchange = exchange()
        self._begin_to_swap(shown)

    def append(self, record: bytes) -> None:
        """Add one JSON value; after this call the file holds it.

        Raises OSError, for example if the disk is full; the file stays unchanged.
        """
        if self._shown is not None and self._exchange is None:
            self._link_spare()
        addition = (b"\n" if self._is_empty else b",\n") + record
        self._hidden.add(self._backlog + addition)
        self._is_empty = False
        if self._shown is None:
            return
        self._swap(self._shown)
        self._backlog = addition

    def finish(self) -> None:
        """Do nothing: the array is already complete."""

    def close(self) -> None:
        """Close the files and remove the hidden copy."""
        for file in (self._hidden, self._shown):
            if file is not None:
                file.close()
        for name in (self._hidden_name, self._spare):
            name.unlink(missing_ok=True)

    def _begin_to_swap(self, shown: _ArrayFile) -> None:
        """Find out how the two files, which are equal so far, can swap their names."""
        if self._exchange is not None:
            try:
                self._swap(shown)
            except OSError:  # a file system, such as NFS, that cannot exchange names
                self._exchange = None
            else:
                return
        try:
            self._link_spare()
        except OSError:  # nor has it links: write in place
            shown.close()
            self._hidden_name.replace(self.path)
            self._shown = None

    def _swap(self, shown: _ArrayFile) -> None:
        if self._exchange is not None:
            self._exchange(self._hidden_name, self.path)
        else:
            self._hidden_name.replace(self.path)
            self._hidden_name, self._spare = self._spare, self._hidden_name
        self._hidden, self._shown = shown, self._hidden

    def _link_spare(self) -> None:
        """Give the shown file a second name, as the next rename takes its first."""
        self._spare.unlink(missing_ok=True)
        os.link(self.path, self._spare)


class _ArrayFile:
    """One of the two files: values up to ``end``, then the closing bracket."""

    def __init__(self, path: Path, *, like: Path, end: int) -> None:
        """Copy the first ``end`` bytes of ``like``, its values (0: none)."""
        path.unlink(missing_ok=True)  # left by a kill
        if end:
            shutil.copyfile(like, path)
        self._file = path.open("r+b" if end else "w+b", buffering=0)
        reserve(self._file.fileno(), path)
        if like.exists():
            shutil.copymode(like, path)
        self._end = end
        self._file.truncate(end)
        self.add(b"" if end else _OPENING)

    def add(self, values: bytes) -> None:
        """Write values in place of the closing bracket, the bracket after them."""
        try:
            self._write(values + _CLOSING)
        except OSError:
            self._file.truncate(self._end)
            self._write(_CLOSING)
            raise
        self._end += len(values)

    def close(self) -> None:
        self._file.close()

    def _write(self, data: bytes) -> None:
        at, rest = self._end, memoryview(data)
        while rest:
            written = os.pwrite(self._file.fileno(), rest, at)
            at, rest = at + written, rest[written:]


class StreamArray:
    """A JSON array written sequentially: for S3, a pipe or gzip."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._separator = _OPENING + b"\n"

    def append(self, record: bytes) -> None:
        """Add one JSON value."""
        self._file.write(self._separator + record)
        self._separator = b",\n"

    def finish(self) -> None:
        """Close the array."""
        opening = _OPENING if self._separator.startswith(_OPENING) else b""
        self._file.write(opening + _CLOSING)


def check_array(path: Path) -> None:
    """Raise NotAnArray if ``path`` exists and cannot be appended to as an array."""
    _end_of_array(path)


def _copies_of(path: Path) -> tuple[Path, Path]:
    first, second = (path.with_name(f".{path.name}.{number}") for number in (0, 1))
    return first, second


@dataclass(frozen=True, slots=True)
class _Ending:
    """The end offset of the last value of an array, and whether it is empty."""

    offset: int
    is_empty: bool


def _end_of_array(path: Path) -> _Ending:
    """Return the end of the array in a file; raises NotAnArray."""
    if not path.exists() or not path.stat().st_size:
        return _Ending(0, is_empty=True)
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        match = _ARRAY_END.search(text, max(0, len(text) - _TAIL_BYTES))
        if match is None or not _is_one_array(text):
            raise NotAnArray(
                f"{path} does not hold a JSON array, so it cannot be appended to."
            )
        return _Ending(match.start() + 1, is_empty=match[1] == _OPENING)


def _is_one_array(text: mmap) -> bool:
    """Return whether brackets match, and no value follows the first array."""
    if not _ARRAY_START.match(text):
        return False
    depth, is_over = 0, False
    for token in _TOKEN.finditer(text):
        if is_over:
            return False
        depth += _DEPTH.get(token[0], 0)
        is_over = not depth
    return is_over
