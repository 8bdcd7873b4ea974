"""Standard streams, also those that the shell or their reader has closed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cache
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from fpcrawler.console.text import printable_json, printable_lines
from fpcrawler.core.web.masking import masked

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Lossy(FileIO):
    """A file that loses what cannot be written: its reader is gone, or a disk full.

    ``what``: the file in words, if the first loss is reported on stderr.
    """

    def __init__(self, descriptor: int, what: str, *, closefd: bool) -> None:
        super().__init__(descriptor, "w", closefd=closefd)
        self._what = what

    def write(self, data: ReadableBuffer) -> int:
        try:
            written = super().write(data)
        except OSError as error:
            written = None
            if self._what:
                _say_once(f"{self._what} cannot be written: {error.strerror}\n")
        return memoryview(data).nbytes if written is None else written


def open_standard_streams() -> None:
    """Make stderr a stream whose loss changes nothing; open what the shell closed.

    Scrapy and other libraries write to stderr, too. Without this, their error would
    change the exit code. A closed descriptor (``>&-``) would go to the next file that
    is opened, and could get the texts of libraries or of child processes.
    """
    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # gets the lowest number that is free
    if sys.stdout is None:
        # Opened for reading only: a write raises OSError, which is reported.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    elif sys.stderr is sys.__stderr__ and isinstance(sys.stderr, TextIOWrapper):
        # The process keeps descriptor 2, so that no other file gets it.
        sys.stderr = _text(_Lossy(sys.stderr.fileno(), "", closefd=False), sys.stderr)


def lossy(stream: TextIOWrapper, what: str) -> TextIOWrapper:
    """Return a stream to the same file that loses what cannot be written.

    The first loss is reported on stderr; ``what`` is the file in words. The given
    stream is closed.
    """
    copy = _text(_Lossy(os.dup(stream.fileno()), what, closefd=True), stream)
    stream.close()
    return copy


def _text(file: _Lossy, like: TextIOWrapper) -> TextIOWrapper:
    return TextIOWrapper(
        BufferedWriter(file),
        encoding=like.encoding,
        errors=like.errors,
        line_buffering=True,
    )


def for_log(text: str) -> str:
    """Return lines for stderr or a log: without control characters and secrets."""
    return printable_lines(masked(text))


def say(text: str) -> None:
    """Write lines to stderr, escaped and masked."""
    sys.stderr.write(for_log(text))
    sys.stderr.flush()


@cache
def _say_once(text: str) -> None:
    say(text)  # Scrapy opens its log more than once


def write_text(texts: Iterable[str]) -> None:
    """Write lines for people.

    Characters that control the terminal, or that it cannot encode, are escaped.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.writelines(map(printable_lines, texts))


def write_json(texts: Iterable[str]) -> None:
    """Write JSON for programs, in UTF-8 (RFC 8259 section 8.1).

    A person may look at it in a terminal, so control characters are escaped.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.writelines(map(printable_json, texts))


def discard_unwritten(stream: TextIO) -> None:
    """Discard buffered output, so that the flush at exit does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
