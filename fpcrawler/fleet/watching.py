"""Decide while a shard is performed whether its driver may go on."""

from __future__ import annotations

import time
from threading import Event

_POLL = 0.2
"""Seconds between two checks while nothing else is done."""


class Stopped(Exception):
    """This process must end, or another has the chain; the shard is to be redone."""


class Watch:
    """Decides whether a shard may go on: until one of the events is set."""

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
