"""Decide while a chain of shards is performed whether it may go on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event
from typing import Protocol

_POLL = 0.2
"""Seconds between two checks while nothing else is done."""


class ChainStopped(Exception):
    """This process has to end; the chain is to be continued."""


class ChainLost(Exception):
    """Another worker has the chain now, or the place has another list."""


class Watch(Protocol):
    """Decides whether a chain may go on."""

    def check(self) -> None:
        """Raise ChainStopped or ChainLost if the chain must end."""

    def begins(self, shard: int, attempt: int) -> None:
        """Note which shard is crawled now; the first ``attempt`` is 1."""

    def may_store(self) -> bool:
        """Return whether this process still has the chain, so may store results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWatch:
    """Stops a chain with the whole process, or because another chain failed."""

    stopping: Event
    ending: Event

    def check(self) -> None:
        if self.stopping.is_set() or self.ending.is_set():
            raise ChainStopped

    def begins(self, shard: int, attempt: int) -> None:
        """Do nothing: nobody else can see the chains of this process."""

    def may_store(self) -> bool:
        return True


def wait(watch: Watch, seconds: float) -> None:
    """Wait for so long; raises what ``watch`` raises."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        watch.check()
        time.sleep(min(left, _POLL))
    watch.check()
