"""``scrapy fleet run``: perform the chains in threads of one process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from itertools import islice
from math import inf
from time import monotonic, sleep
from typing import TYPE_CHECKING

from fpcrawler.errors import BadInput
from fpcrawler.feeds.locking import lock
from fpcrawler.fleet.watching import Stopped, Watch

if TYPE_CHECKING:
    from threading import Event

    from fpcrawler.fleet.performing import Again
    from fpcrawler.fleet.places.place import Place


_POLL = 0.2
"""Seconds between two looks at what is to be retried, and at signals."""


def _performed(
    perform: Callable[[int, int, Watch], Again | None], chain: range, watch: Watch
) -> Iterator[float]:
    """Perform the shards in turn; before each retry, yield the seconds until then."""
    for shard in chain:
        attempt = 1
        while again := perform(shard, attempt, watch):
            attempt = again.attempt
            yield again.delay


def run_chains(
    perform: Callable[[int, int, Watch], Again | None],
    chains: Iterable[range],
    processes: int,
    stopping: Event,
) -> None:
    """Perform the shards of chains until all have ended, or ``stopping`` is set.

    ``perform``: of a shard and an attempt. While a chain waits for a retry, its
    process performs others; of those that are due, the earlier chain goes first.
    Raises OSError if the place or this machine still fails after all retries: other
    chains would fail like the first. Then ``stopping`` is set, and nothing runs.
    """
    watch = Watch(stopping)
    due = dict.fromkeys((_performed(perform, each, watch) for each in chains), 0.0)
    running: dict[Future[float | None], Iterator[float]] = {}
    with suppress(Stopped), ThreadPoolExecutor(processes) as pool:
        try:
            while due:
                now = monotonic()
                ready = (chain for chain, at in due.items() if at <= now)
                for chain in [*islice(ready, processes - len(running))]:
                    due[chain] = inf
                    running[pool.submit(next, chain, None)] = chain
                if not running:
                    watch.check()
                    sleep(_POLL)
                for crawl in wait(running, _POLL, FIRST_COMPLETED).done:
                    chain = running.pop(crawl)
                    if (delay := crawl.result()) is None:
                        del due[chain]
                    else:
                        due[chain] = monotonic() + delay
        except BaseException:
            stopping.set()  # the pool waits for what runs
            raise


@contextmanager
def alone_at(place: Place) -> Iterator[None]:
    """Lock a place against other local runs; raises BadInput if it is locked.

    The lock file lies at the place, so every path to the place finds it.
    """
    place.make()
    path, is_ours = place.lock_file(), False
    try:
        with path.open("ab") as file:
            with suppress(FileNotFoundError):  # the other has just removed it
                is_ours = lock(file.fileno(), path)
            if not is_ours:
                raise BadInput(
                    f"{place.uri} is being crawled by another process; "
                    "wait until it ends."
                )
            try:
                yield
            finally:
                path.unlink(missing_ok=True)
    finally:
        place.tidy()
