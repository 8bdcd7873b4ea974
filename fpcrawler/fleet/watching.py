"""Decide while a shard is performed whether it may go on."""

from __future__ import annotations

import time
from threading import Event

_POLL = 0.2
"""Seconds between two checks while nothing else is done."""


class Stopped(Exception):
    """The shard is to be performed again: later, or by another worker."""


class Watch:
    """Lets a shard go on until an event is set."""

    def __init__(self, *ending: Event) -> None:
        self._ending = ending

    def check(self) -> None:
        """Raise Stopped if the shard must end."""
        if any(event.is_set() for event in self._ending):
            raise Stopped


def wait(watch: Watch, seconds: float) -> None:
    """Wait for so long; raises Stopped."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        watch.check()
        time.sleep(min(left, _POLL))
    watch.check()
