"""``scrapy fleet run``: crawl the shards in processes of one machine."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING

from fpcrawler.errors import BadInput
from fpcrawler.feeds.locking import lock
from fpcrawler.fleet.crawling import Interruption
from fpcrawler.fleet.shard_runner import Step

if TYPE_CHECKING:
    from fpcrawler.fleet.manifest import Manifest
    from fpcrawler.fleet.places.place import Place
    from fpcrawler.fleet.shard_runner import ShardRunner


class Agenda:
    """A thread-safe queue of the shards to crawl now or later."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._changed = Condition()
        self._under_way = 0
        self._waiting: list[tuple[float, int, Step]] = []
        self._put = 0
        for step in steps:
            self._push(step)

    def take(self, stopping: Event) -> Step | None:
        """Wait for the next due step; None if none is left, or when stopping."""
        with self._changed:
            while not stopping.is_set():
                now = time.monotonic()
                if self._waiting and self._waiting[0][0] <= now:
                    self._under_way += 1
                    return heapq.heappop(self._waiting)[2]
                if not self._waiting and not self._under_way:
                    return None
                due = self._waiting[0][0] - now if self._waiting else 1.0
                self._changed.wait(min(due, 1.0))
        return None

    def done(self, steps: Iterable[Step]) -> None:
        """Note that a step has ended; add the steps that follow it."""
        with self._changed:
            self._under_way -= 1
            for step in steps:
                self._push(step)
            self._changed.notify_all()

    def _push(self, step: Step) -> None:
        self._put += 1  # due at the same time: first in, first out
        entry = (time.monotonic() + step.delay, self._put, step)
        heapq.heappush(self._waiting, entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWatch:
    """Interrupts a crawl when the whole run stops."""

    stopping: Event

    def interruption(self) -> Interruption | None:
        return Interruption.STOPPED if self.stopping.is_set() else None

    def may_store(self) -> bool:
        return True


class LocalFleet:
    """Crawls shards in threads; each waits for one child process."""

    def __init__(self, place: Place, manifest: Manifest, runner: ShardRunner) -> None:
        self.stopping = Event()
        self._place = place
        self._manifest = manifest
        self._runner = runner

    def run(self, heads: Iterable[int], processes: int) -> None:
        """Crawl all that is left, from ``heads`` on, or until ``stopping`` is set."""
        agenda = Agenda(Step(shard=number) for number in heads)
        threads = [
            Thread(target=self._work, args=[agenda], daemon=True)
            for _ in range(processes)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(1)  # a timeout, so that signals are handled

    def _work(self, agenda: Agenda) -> None:
        watch = StopWatch(stopping=self.stopping)
        while step := agenda.take(self.stopping):
            steps = [Step(shard=step.shard, attempt=step.attempt, delay=30)]
            try:
                steps = self._runner.perform(self._place, self._manifest, step, watch)
            finally:
                agenda.done(steps)


@contextmanager
def alone_at(place: Place) -> Iterator[None]:
    """Lock a place against other local runs; raises BadInput if it is locked.

    The lock file lies at the place, so every path to the place finds it.
    """
    place.make()
    path = place.lock_file()
    try:
        with _locked(path, place.uri):
            try:
                yield
            finally:
                path.unlink(missing_ok=True)
    finally:
        place.tidy()


@contextmanager
def _locked(path: Path, shown: str) -> Iterator[None]:
    while True:
        with path.open("ab") as file:
            try:
                is_ours = lock(file.fileno(), path)
            except FileNotFoundError:  # the previous owner has just removed it
                continue
            if not is_ours:
                raise BadInput(
                    f"{shown} is being crawled by another process; wait until it ends."
                )
            yield
            return
