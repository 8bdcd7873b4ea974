"""Lock a file for one process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def lock(descriptor: int, path: Path) -> bool:
    """Lock an open file until it is closed; return whether this process has the lock.

    False: another process has it, or has just given the name to another file. Raises
    FileNotFoundError if ``path`` was removed since it was opened, another OSError where
    the file system does not support locks.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.path.samestat(os.fstat(descriptor), path.stat())
