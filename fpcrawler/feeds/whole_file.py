"""Write a file completely or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)
"""Errors of file systems without hard links."""


@contextmanager
def whole_file(
    path: Path,
    partial: Path | None = None,
    *,
    is_synced: bool = False,
    replaces: bool = True,
) -> Iterator[Path]:
    """Yield a hidden file to write to; give it the name ``path`` after the body.

    If the body raises, an existing file stays unchanged. ``partial``: the hidden file,
    on the same file system; by default ``.NAME.part`` beside ``path``. ``is_synced``:
    the file is on the disk before it has its name. Raises FileExistsError if the file
    exists and ``replaces`` is False, or if it is a device, a pipe or a folder.
    """
    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, "not a regular file", str(path))
    partial = partial or partial_of(path)
    try:
        yield partial
        if is_synced:
            _sync(partial)
        if replaces:
            partial.replace(path)
        else:
            _link(partial, path)
        if is_synced:
            _sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def partial_of(path: Path) -> Path:
    """Return the hidden file beside ``path`` that becomes it."""
    return path.with_name(f".{path.name}.part")


def _link(partial: Path, path: Path) -> None:
    """Rename a file without replacing another; raises FileExistsError."""
    try:
        path.hardlink_to(partial)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if path.exists():
            raise FileExistsError(path) from error
        partial.replace(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
