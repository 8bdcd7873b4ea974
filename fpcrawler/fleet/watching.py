"""Decide while a shard is performed whether it may go on."""

from __future__ import annotations

import time
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpcrawler.fleet.lease import Lease

_POLL = 0.2
"""Seconds between two checks while nothing else is done."""


class Stopped(Exception):
    """The shard is to be performed again: later, or by another worker."""


class Watch:
    """Lets a shard go on until an event is set, or as long as a lease is held.

    Once Redis is away for longer than the lease, another worker may have the chain.
    Then the crawl ends, so that its hosts are not crawled twice at the same time.
    """

    def __init__(self, *ending: Event, lease: Lease | None = None) -> None:
        self._ending = ending
        self._lease = lease

    def check(self) -> None:
        """Raise Stopped if the shard must end."""
        is_lost = self._lease is not None and not self._lease.is_held
        if is_lost or any(event.is_set() for event in self._ending):
            raise Stopped


def wait(watch: Watch, seconds: float) -> None:
    """Wait for so long; raises what ``watch`` raises."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        watch.check()
        time.sleep(min(left, _POLL))
    watch.check()
