"""``scrapy fleet run``: perform the chains in threads of one process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from fpcrawler.errors import BadInput
from fpcrawler.feeds.locking import lock
from fpcrawler.fleet.watching import ChainLost, ChainStopped, Watch

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place


def run_chains(
    perform: Callable[[range, Watch], bool],
    chains: Iterable[range],
    processes: int,
    stopping: Event,
) -> bool:
    """Perform chains until all have ended, or until ``stopping`` is set.

    Returns whether all their shards are done. Raises OSError, once the running crawls
    have ended, if the place or this machine still fails after all retries: other
    chains would fail like the first.
    """
    ending = Event()
    watch = Watch(stopping, ending)

    def performed(chain: range) -> bool:
        try:
            return perform(chain, watch)
        except (ChainStopped, ChainLost):
            return False
        except OSError:
            ending.set()
            raise

    with ThreadPoolExecutor(processes) as pool:
        all_performed = [pool.submit(performed, chain) for chain in chains]
        while wait(all_performed, timeout=1).not_done:
            pass  # between two waits, signals are handled
    results = [each.result() for each in all_performed]  # all of them: one may raise
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
