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
from fpcrawler.fleet.watching import ChainLost, ChainStopped, RetryLater, Watch

if TYPE_CHECKING:
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

        Raises what ``watch`` raises.
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

    def put_back(self, chain: range, later: RetryLater) -> None:
        """Give out the rest of a chain again, after the delay."""
        due = monotonic() + later.delay
        with self._lock:
            heappush(self._later, (due, later.shard, chain.stop, later.attempt))


def run_chains(
    perform: Callable[[range, Watch, int], bool],
    chains: Iterable[range],
    processes: int,
    stopping: Event,
) -> bool:
    """Perform chains until all have ended, or until ``stopping`` is set.

    While a chain waits for a retry, its process performs others. Returns whether all
    shards are done. Raises OSError, once the running crawls have ended, if the place
    or this machine still fails after all retries: other chains would fail like the
    first.
    """
    ending = Event()
    watch = Watch(stopping, ending)
    turns = _Turns(chains)

    def perform_all() -> bool:
        are_done = True
        try:
            while taken := turns.take(watch):
                chain, attempt = taken
                try:
                    are_done &= perform(chain, watch, attempt)
                except RetryLater as later:
                    are_done &= later.are_done
                    turns.put_back(chain, later)
                except ChainLost:
                    are_done = False
        except ChainStopped:
            return False
        except OSError:
            ending.set()
            raise
        return are_done

    with ThreadPoolExecutor(processes) as pool:
        working = [pool.submit(perform_all) for _ in range(processes)]
        while wait(working, timeout=1).not_done:
            pass  # between two waits, signals are handled
    results = [each.result() for each in working]  # all of them: one may raise
    return all(results)


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
