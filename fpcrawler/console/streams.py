"""Standard streams that the shell has closed, or that nobody reads any more."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def replace_closed_streams() -> None:
    """Have streams where the shell gave none (``>&-``): Python's are None then."""
    if sys.stdout is None:
        # Nothing can be written to it, which is told when something is.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def say(text: str) -> None:
    """Write to stderr; an exit code must not depend on who reads that."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        forget_what_is_not_written(sys.stderr)


def forget_what_is_not_written(stream: TextIO) -> None:
    """Have the interpreter flush a stream to nowhere at its end, not fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
