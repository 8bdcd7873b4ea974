from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from fpcrawler.crawl.garbage import YOUNG_OBJECTS, collect_garbage_rarely


class Node:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def test_what_was_imported_is_not_looked_at_again() -> None:
    before = len(gc.get_objects())

    collect_garbage_rarely()

    assert gc.get_freeze_count() > before / 2
    assert len(gc.get_objects()) < before / 2


def test_cycles_are_still_freed() -> None:
    collect_garbage_rarely()
    gone = weakref.ref(Node())

    kept: list[list[int]] = [[] for _ in range(2 * YOUNG_OBJECTS)]

    assert kept
    assert gone() is None
