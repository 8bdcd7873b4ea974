"""How a command ended."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell is told."""

    FINISHED = 0
    BAD_INPUT = 1
    STOPPED = 3
    FAILED = 4
    TOR_UNAVAILABLE = 5
