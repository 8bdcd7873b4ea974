"""Decide while a shard is performed whether it may go on."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from redis import RedisError
from redis.exceptions import LockError

if TYPE_CHECKING:
    from redis.lock import Lock

_logger = logging.getLogger(__name__)
_POLL = 0.2
"""Seconds between two checks while nothing else is done."""


class Stopped(Exception):
    """The shard is to be performed again: later, or by another worker."""


class Watch:
    """Lets a shard go on until an event is set."""

    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping

    def check(self) -> None:
        """Raise Stopped if the shard must end."""
        if self._stopping.is_set():
            raise Stopped


class Lease(Watch):
    """A lock in Redis on a chain of shards, which expires if it is not renewed.

    ``value``: what no other holder has ever had. If Redis lost the lock, it is acquired
    again, unless another worker acquired it first. If Redis is away for long, another
    worker may have it. Then the shard ends, so that its hosts are not crawled twice at
    the same time.
    """

    def __init__(self, lock: Lock, value: str, stopping: Event) -> None:
        super().__init__(stopping)
        self._lock = lock
        self._value = value
        self._seconds = float(lock.timeout or 0)
        self._end = 0.0
        self._released = Event()
        self._thread = Thread(target=self._live, daemon=True)

    def check(self) -> None:
        """Raise Stopped if another worker may have the lease, or the event is set."""
        if time.monotonic() > self._end:
            raise Stopped
        super().check()

    def take(self) -> bool:
        """Take the lease; False if another worker has it. Raises RedisError."""
        is_ours = self.renew()
        if is_ours:
            self._thread.start()
        return is_ours

    def renew(self) -> bool:
        """Renew the lease; False if another worker has it. Raises RedisError."""
        asked = time.monotonic()  # Redis counts from then on, or later
        try:
            is_ours: bool = self._lock.reacquire()
        except LockError:
            is_ours = self._lock.acquire(blocking=False, token=self._value)
        self._end = asked + self._seconds if is_ours else 0.0
        return is_ours

    def release(self) -> None:
        """Release the lease; if Redis cannot be reached, it expires by itself."""
        self._released.set()
        self._thread.join()
        with suppress(LockError, RedisError):
            self._lock.release()

    def _live(self) -> None:
        is_ours = True
        while is_ours and not self._released.wait(self._seconds / 4):
            try:
                is_ours = self.renew()
            except RedisError as error:
                _logger.info("lease not renewed: %s", error)


def wait(watch: Watch, seconds: float) -> None:
    """Wait for so long; raises Stopped."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        watch.check()
        time.sleep(min(left, _POLL))
    watch.check()
