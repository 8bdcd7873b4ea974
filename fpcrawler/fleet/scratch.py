"""Temporary folders, which are removed even if their process was killed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from fpcrawler.feeds.locking import lock

_PREFIX = "fpcrawler-fleet-"
_LOCK = "owner"
_MIN_AGE = 3_600.0
"""Seconds in which a folder is kept: it may not be locked yet, or lie on a network
file system that hides the locks of other machines."""


@contextmanager
def scratch(parent: Path | None = None) -> Iterator[Path]:
    """Make a folder in ``parent`` (the system's own if None); remove it at the end.

    Folders of processes that were killed are removed, too.
    """
    parent = parent or Path(gettempdir())
    remove_left(parent)
    with (
        TemporaryDirectory(prefix=_PREFIX, dir=parent) as name,
        Path(name, _LOCK).open("wb") as owner,
    ):
        lock(owner.fileno(), Path(owner.name))
        yield Path(name)


def remove_left(parent: Path) -> None:
    """Remove the folders in ``parent`` whose processes were killed."""
    with suppress(OSError):  # the folder is missing or not mounted
        for left in parent.glob(f"{_PREFIX}*"):
            _remove_unowned(left)


def _remove_unowned(folder: Path) -> None:
    with suppress(OSError):  # locked by another process, or just removed
        if time.time() - folder.stat().st_mtime < _MIN_AGE:
            return
        with (folder / _LOCK).open("rb") as owner:
            if lock(owner.fileno(), folder / _LOCK):
                shutil.rmtree(folder)
