"""Temporary folders, which are removed even if their process was killed."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from fpcrawler.feeds.locking import lock

_PREFIX = "fpcrawler-"
_OWNER = "owner"
_MIN_AGE = 3_600.0
"""Seconds in which a folder is kept: it may not be locked yet, or lie on a network
file system that hides the locks of other machines."""


@contextmanager
def scratch(purpose: str, parent: Path | None = None) -> Iterator[Path]:
    """Make a folder in ``parent`` (the system's own if None); remove it at the end.

    Its name is ``fpcrawler-PURPOSE-`` and random letters. Folders of processes that
    were killed are removed, too, whatever their purpose.
    """
    parent = parent or Path(gettempdir())
    remove_left(parent)
    with (
        TemporaryDirectory(prefix=f"{_PREFIX}{purpose}-", dir=parent) as name,
        Path(name, _OWNER).open("wb") as owner,
    ):
        with suppress(OSError):  # without locks, remove_left() removes nothing
            lock(owner.fileno(), Path(owner.name))
        yield Path(name)


def remove_left(parent: Path) -> None:
    """Remove the folders in ``parent`` that this user's killed processes left.

    A folder of a living process is locked. Links are not followed.
    """
    with suppress(OSError):  # the folder is missing or not mounted
        for left in parent.glob(f"{_PREFIX}*"):
            _remove_unowned(left)


def _remove_unowned(folder: Path) -> None:
    with suppress(OSError):  # locked by another process, or just removed
        status = folder.lstat()
        is_own = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
        if not is_own or time.time() - status.st_mtime < _MIN_AGE:
            return
        try:
            owner = os.open(folder / _OWNER, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            folder.rmdir()  # killed before it had an owner; else not of this kind
            return
        try:
            if lock(owner, folder / _OWNER):
                shutil.rmtree(folder)
        finally:
            os.close(owner)
