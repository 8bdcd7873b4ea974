"""Temporary folders of a fleet, which are removed even if their process was killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fpcrawler.feeds import scratch as folders
from fpcrawler.feeds.scratch import remove_left

__all__ = ["remove_left", "scratch"]


@contextmanager
def scratch(parent: Path | None = None) -> Iterator[Path]:
    """Make a folder in ``parent`` (the system's own if None); remove it at the end."""
    with folders.scratch("fleet", parent) as folder:
        yield folder
