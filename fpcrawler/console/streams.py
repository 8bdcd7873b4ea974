"""Standard streams that the shell or their reader has closed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from io import TextIOWrapper
from typing import TextIO

from fpcrawler.console.text import printable_json, printable_lines
from fpcrawler.core.web.masking import masked


def replace_closed_streams() -> None:
    """Open the streams that the shell closed (``>&-``); Python sets them to None."""
    if sys.stdout is None:
        # Opened for reading only: a write raises OSError, which is reported.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def for_log(text: str) -> str:
    """Return lines for stderr or a log: without control characters and secrets."""
    return printable_lines(masked(text))


def say(text: str) -> None:
    """Write lines to stderr, escaped and masked.

    Errors are ignored, as they must not change the exit code.
    """
    try:
        sys.stderr.write(for_log(text))
        sys.stderr.flush()
    except OSError:
        discard_unwritten(sys.stderr)


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
