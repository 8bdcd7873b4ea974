"""The right of one worker to a chain of shards, as long as it gives signs of life."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from redis import RedisError
from redis.exceptions import LockError
from redis.lock import Lock

if TYPE_CHECKING:
    import redis

_logger = logging.getLogger(__name__)


class Lease:
    """A lock in Redis that ends ``seconds`` after the last sign of life.

    Where Redis came back without it, it is taken anew; ``is_lost`` says that
    another was faster.
    """

    def __init__(
        self, client: redis.Redis, key: str, token: str, *, seconds: float
    ) -> None:
        self.is_lost = False
        self._lock = Lock(client, key, timeout=seconds, thread_local=False)
        self._token = token
        self._seconds = seconds
        self._last = 0.0
        self._ended = Event()
        self._thread = Thread(target=self._live, daemon=True)

    @property
    def is_overdue(self) -> bool:
        """Tell whether Redis was not reached for so long that others may have it."""
        return time.monotonic() > self._last + self._seconds

    def take(self) -> bool:
        """Take the lease; False if somebody has it."""
        self._last = time.monotonic()
        if not self._lock.acquire(blocking=False, token=self._token):
            return False
        self._thread.start()
        return True

    def confirm(self) -> bool:
        """Tell whether the lease is held, by asking; raises RedisError."""
        if not self.is_lost:
            self._renew()
        return not self.is_lost

    def release(self) -> None:
        """Let others have it; if Redis is away, when its time is over."""
        self._ended.set()
        self._thread.join()
        with suppress(LockError, RedisError):
            self._lock.release()

    def _live(self) -> None:
        while not self._ended.wait(self._seconds / 4) and not self.is_lost:
            try:
                self._renew()
            except RedisError as error:
                _logger.info("no sign of life to Redis: %s", error)

    def _renew(self) -> None:
        asked = time.monotonic()
        try:
            self._lock.reacquire()
        except LockError:
            is_taken = self._lock.acquire(blocking=False, token=self._token)
            self.is_lost = not is_taken
        self._last = asked  # Redis counts from then on, at the earliest
