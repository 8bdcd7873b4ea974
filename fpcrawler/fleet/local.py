"""``scrapy fleet run``: perform the chains in threads of one process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from heapq import heappop, heappush
from pathlib import Path
from threading import Event, Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING

from fpcrawler.errors import BadInput
from fpcrawler.feeds.locking import lock
from fpcrawler.fleet.watching import Stopped, Watch

if TYPE_CHECKING:
    from fpcrawler.fleet.performing import Again
    from fpcrawler.fleet.places.place import Place


_POLL = 0.2
"""Seconds between two looks at what is to be retried."""


class _Turns:
    """Gives out chains: those whose retry is due, then those that have not begun."""

    def __init__(self, chains: Iterable[range]) -> None:
        self._fresh = iter(chains)
        self._later: list[tuple[float, int, int, int]] = []
        self._lock = Lock()

    def take(self, watch: Watch) -> tuple[range, int] | None:
        """Wait for a chain; return it and the attempt, None if none is left.

        Raises Stopped.
        """
        while True:
            watch.check()
            with self._lock:
                if self._later and self._later[0][0] <= monotonic():
                    _, start, stop, attempt = heappop(self._later)
                    return range(start, stop), attempt
                chain = next(self._fresh, None)
                if chain is not None:
                    return chain, 1
                if not self._later:
                    return None
            sleep(_POLL)

    def put_back(self, chain: range, again: Again) -> None:
        """Give out the rest of a chain again, after the delay."""
        due = monotonic() + again.delay
        with self._lock:
            heappush(self._later, (due, chain.start, chain.stop, again.attempt))


def run_chains(
    perform: Callable[[int, int, Watch], Again | None],
    chains: Iterable[range],
    processes: int,
    stopping: Event,
) -> None:
    """Perform the shards of chains until all have ended, or ``stopping`` is set.

    ``perform``: of a shard and an attempt. While a chain waits for a retry, its
    process performs others. Raises OSError, once the running crawls have ended, if
    the place or this machine still fails after all retries: other chains would fail
    like the first.
    """
    ending = Event()
    watch = Watch(stopping, ending)
    turns = _Turns(chains)

    def perform_all() -> None:
        try:
            while taken := turns.take(watch):
                chain, attempt = taken
                for shard in chain:
                    again = perform(shard, attempt, watch)
                    if again is not None:
                        turns.put_back(range(shard, chain.stop), again)
                        break
                    attempt = 1
        except Stopped:
            return
        except OSError:
            ending.set()
            raise

    with ThreadPoolExecutor(processes) as pool:
        working = [pool.submit(perform_all) for _ in range(processes)]
        while wait(working, timeout=1).not_done:
            pass  # between two waits, signals are handled
    for each in working:
        each.result()  # it may raise


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
