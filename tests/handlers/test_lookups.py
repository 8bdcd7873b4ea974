"""The names of one domain do not use all threads, whatever its servers do."""

from __future__ import annotations

import queue
import threading
from functools import partial

from fpcrawler.handlers.lookups import Lookups

LIMIT = 4
SILENT = [f"{number}.silent.example" for number in range(10)]


def test_a_domain_that_does_not_answer_leaves_threads_to_others() -> None:
    lookups, started = Lookups(LIMIT), queue.SimpleQueue[str]()
    for name in (*SILENT, "a.example", "b.A.example.", "c.example.org"):
        lookups.start(name, partial(started.put, name))

    def next_ones(number: int) -> set[str]:
        return {started.get(timeout=60) for _ in range(number)}

    assert next_ones(LIMIT) == {*SILENT[:2], "a.example", "b.A.example."}
    lookups.ended("a.example")
    assert next_ones(1) == {"c.example.org"}
    lookups.ended("b.A.example.")
    lookups.ended(SILENT[0])
    assert next_ones(1) == {SILENT[2]}
    assert started.empty()


def test_a_look_up_that_hangs_does_not_keep_the_process() -> None:
    threads = set(threading.enumerate())
    hangs = threading.Event()

    def hang() -> None:
        hangs.wait(60)

    Lookups(LIMIT).start("a.example", hang)
    (started,) = set(threading.enumerate()) - threads
    is_daemon = started.daemon
    hangs.set()
    started.join()

    assert is_daemon
