"""Decide while a chain of shards is performed whether it may go on."""

from __future__ import annotations

import time
from threading import Event

_POLL = 0.2
"""Seconds between two checks while nothing else is done."""


class ChainStopped(Exception):
    """This process has to end; the chain is to be continued."""


class ChainLost(Exception):
    """Another worker has the chain now, or the place has another list."""


class RetryLater(Exception):
    """A crawl failed, and is to be tried again.

    ``attempt``: the next one of ``shard``, in ``delay`` seconds or later. ``are_done``:
    whether all shards of the chain before it are done.
    """

    def __init__(self, shard: int, attempt: int, delay: float) -> None:
        super().__init__(shard, attempt, delay)
        self.shard = shard
        self.attempt = attempt
        self.delay = delay
        self.are_done = True


class Watch:
    """Decides whether a chain may go on: until one of the events is set."""

    def __init__(self, *ending: Event) -> None:
        self._ending = ending

    def check(self) -> None:
        """Raise ChainStopped or ChainLost if the chain must end."""
        if any(event.is_set() for event in self._ending):
            raise ChainStopped

    def begins(self, shard: int, attempt: int) -> None:
        """Show others which shard is crawled now; the first ``attempt`` is 1."""

    def may_store(self) -> bool:
        """Return whether this process still has the chain, so may store results."""
        return True


def wait(watch: Watch, seconds: float) -> None:
    """Wait for so long; raises what ``watch`` raises."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        watch.check()
        time.sleep(min(left, _POLL))
    watch.check()
