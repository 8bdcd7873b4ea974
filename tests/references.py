"""What shows whether an object is freed as soon as nothing refers to it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


class Connection:
    """Stands for all that a request works with."""


@contextmanager
def without_collections() -> Iterator[None]:
    """Let only those objects be freed that nothing refers to; decorates a test."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
