"""Standard streams that the shell or their reader has closed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from io import TextIOWrapper
from typing import TextIO


def replace_closed_streams() -> None:
    """Open the streams that the shell closed (``>&-``); Python sets them to None."""
    if sys.stdout is None:
        # Opened for reading only: a write raises OSError, which is reported.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def say(text: str) -> None:
    """Write to stderr; ignore errors, as they must not change the exit code."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        discard_unwritten(sys.stderr)


def write_text(texts: Iterable[str]) -> None:
    """Write text for people; escape characters that the terminal cannot encode."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.writelines(texts)


def write_json(texts: Iterable[str]) -> None:
    """Write JSON for programs, in UTF-8 (RFC 8259 section 8.1)."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.writelines(texts)


def discard_unwritten(stream: TextIO) -> None:
    """Discard buffered output, so that the flush at exit does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
