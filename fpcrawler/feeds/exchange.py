"""Swap two files by one system call, where the system has it."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def exchange() -> Callable[[Path, Path], None] | None:
    """Return a function that swaps the names of two files; None if there is none.

    renameat2(2): "Atomically exchange oldpath and newpath." The function raises
    OSError, for example on a file system that cannot do that.
    """
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):  # not Linux
        return None

    def swap(first: Path, second: Path) -> None:
        names = (os.fsencode(first), os.fsencode(second))
        places = (_AT_FDCWD, names[0], _AT_FDCWD, names[1])
        if renameat2(*places, _RENAME_EXCHANGE):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(first), None, str(second))

    return swap
