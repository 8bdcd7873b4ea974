"""Standard streams that the shell or their reader has closed."""

from __future__ import annotations

import os
import sys
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


def discard_unwritten(stream: TextIO) -> None:
    """Discard buffered output, so that the flush at exit does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
