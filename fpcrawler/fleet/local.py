"""``scrapy fleet run``: perform the chains in threads of one process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from threading import Event, Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.errors import BadInput
from fpcrawler.feeds.locking import lock
from fpcrawler.fleet.watching import Stopped, Watch

if TYPE_CHECKING:
    from fpcrawler.fleet.performing import Again
    from fpcrawler.fleet.places.place import Place


_POLL = 0.2
"""Seconds between two looks at what is to be retried."""


class _Turn(NamedTuple):
    """The next shard of a chain; ``due``: a time of the monotonic clock."""

    rank: int
    shard: int
    stop: int
    attempt: int
    due: float

    def next(self, again: Again | None) -> Iterator[_Turn]:
        """Yield what comes after this turn, unless the chain ends with it."""
        if again is not None:
            due = monotonic() + again.delay
            yield self._replace(attempt=again.attempt, due=due)
        elif self.shard + 1 < self.stop:
            yield self._replace(shard=self.shard + 1, attempt=1)


def run_chains(
    perform: Callable[[int, int, Watch], Again | None],
    chains: Iterable[range],
    processes: int,
    stopping: Event,
) -> None:
    """Perform the shards of chains until all have ended, or ``stopping`` is set.

    ``perform``: of a shard and an attempt. While a chain waits for a retry, its
    process performs others; of those that are due, the earlier chain goes first.
    Raises OSError, once the running crawls have ended, if the place or this machine
    still fails after all retries: other chains would fail like the first.
    """
    ending, changing = Event(), Lock()
    watch = Watch(stopping, ending)
    waiting = [_Turn(rank, c.start, c.stop, 1, 0) for rank, c in enumerate(chains)]

    def perform_due() -> None:
        now = monotonic()
        with changing:
            turn = min((turn for turn in waiting if turn.due <= now), default=None)
            if turn is not None:
                waiting.remove(turn)
        if turn is None:
            sleep(_POLL)
            return
        again = perform(turn.shard, turn.attempt, watch)
        with changing:
            waiting.extend(turn.next(again))

    def perform_all() -> None:
        try:
            while waiting:  # what others perform, they go on with
                watch.check()
                perform_due()
        except Stopped:
            return
        except Exception:
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
