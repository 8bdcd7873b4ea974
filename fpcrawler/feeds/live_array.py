"""JSON arrays in files: one that is whole at every moment, one for streams."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO

from fpcrawler.feeds.live_file import check_free, reserve

_OPENING = b"["
_CLOSING = b"\n]\n"
_ARRAY_START = re.compile(rb"\s*\[")
_ARRAY_END = re.compile(rb"([^\s,])\s*\]\s*\Z")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_TAIL_BYTES = 4_096
_DEPTH = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


class NotAnArray(ValueError):
    """A file that is to be continued does not hold a JSON array."""


class LiveArray:
    """A JSON array in a file that is complete and valid at every moment.

    A kill can cut a write of more than one memory page in two, whatever the
    order of its bytes. So each record goes to a hidden twin of the file, which
    then takes the file's name in one step of the file system; the former file
    becomes the twin, one record behind until the next. Whoever opens the file
    finds a whole array, and may read it until the next but one record comes.
    A kill leaves the twin beside the file, as ``.NAME.0`` or ``.NAME.1``.
    Raises FeedInUse if another crawl has the file.
    """

    def __init__(self, path: Path, *, append: bool) -> None:
        # A link is followed: the name that is taken must be the file's own.
        self.path = path.resolve()
        self._twin, self._spare = _twins_of(self.path)
        self._backlog = b""
        check_free(self.path)
        end = _end_of_array(self.path) if append else _Ending(0, is_empty=True)
        self._is_empty = end.is_empty
        shown = _ArrayFile(self._spare, like=self.path, end=end.offset)
        self._hidden = _ArrayFile(self._twin, like=self.path, end=end.offset)
        self._spare.replace(self.path)
        self._shown: _ArrayFile | None = shown
        try:
            self._link_spare()
        except OSError:  # a file system without links: write in place
            shown.close()
            self._twin.replace(self.path)
            self._shown = None

    def append(self, record: bytes) -> None:
        """Add one JSON value; when this returns, the file has it.

        Raises OSError, for one if the disk is full; the file stays as it was.
        """
        addition = (b"\n" if self._is_empty else b",\n") + record
        self._hidden.add(self._backlog + addition)
        self._is_empty = False
        if self._shown is None:
            return
        self._twin.replace(self.path)
        self._hidden, self._shown = self._shown, self._hidden
        self._twin, self._spare = self._spare, self._twin
        self._link_spare()
        self._backlog = addition

    def finish(self) -> None:
        """Nothing is owed: the array is whole."""

    def close(self) -> None:
        """Let the files go and remove the twin."""
        for file in (self._hidden, self._shown):
            if file is not None:
                file.close()
        for name in (self._twin, self._spare):
            name.unlink(missing_ok=True)

    def _link_spare(self) -> None:
        """Give the shown file its hidden name, before it loses the other."""
        self._spare.unlink(missing_ok=True)
        os.link(self.path, self._spare)


class _ArrayFile:
    """One of the two files: values up to ``end``, then the closing bracket."""

    def __init__(self, path: Path, *, like: Path, end: int) -> None:
        """Copy the values of ``like`` that reach to ``end`` (0: it has none)."""
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
        self._file.seek(self._end)
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]


class StreamArray:
    """A JSON array written once from front to end: for S3, a pipe, gzip."""

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
    """Raise NotAnArray if ``path`` exists and cannot be continued as an array."""
    _end_of_array(path)


def _twins_of(path: Path) -> tuple[Path, Path]:
    first, second = (path.with_name(f".{path.name}.{number}") for number in (0, 1))
    return first, second


@dataclass(frozen=True, slots=True)
class _Ending:
    """Where the last value of an array ends, and whether there is none."""

    offset: int
    is_empty: bool


def _end_of_array(path: Path) -> _Ending:
    """Look through a file for the end of the one array that it has to hold."""
    if not path.exists() or not path.stat().st_size:
        return _Ending(0, is_empty=True)
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        match = _ARRAY_END.search(text, max(0, len(text) - _TAIL_BYTES))
        if match is None or not _is_one_array(text):
            raise NotAnArray(
                f"{path} does not hold a JSON array, so nothing can be added to it."
            )
        return _Ending(match.start() + 1, is_empty=match[1] == _OPENING)


def _is_one_array(text: mmap) -> bool:
    """Tell whether brackets match and none follows the first one's end."""
    if not _ARRAY_START.match(text):
        return False
    depth, is_over = 0, False
    for token in _TOKEN.finditer(text):
        if is_over:
            return False
        depth += _DEPTH.get(token[0], 0)
        is_over = not depth
    return is_over
