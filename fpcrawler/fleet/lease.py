"""A lease on a chain of shards: one worker at a time, renewed while it lives."""

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
    """A lock in Redis that expires ``seconds`` after its last renewal.

    If Redis lost the lock, it is acquired again; ``is_lost`` is True if another
    worker acquired it first. What the holder shows expires with it.
    """

    def __init__(
        self, client: redis.Redis, key: str, token: str, *, seconds: float
    ) -> None:
        self.is_lost = False
        self._client = client
        self._shown_key = shown_key(key)
        self._shown = b""
        self._lock = Lock(client, key, timeout=seconds, thread_local=False)
        self._token = token
        self._seconds = seconds
        self._last = 0.0
        self._ended = Event()
        self._thread = Thread(target=self._live, daemon=True)

    @property
    def is_overdue(self) -> bool:
        """Whether the last renewal is so old that another worker may have the lease."""
        return time.monotonic() > self._last + self._seconds

    def take(self) -> bool:
        """Take the lease; False if another worker has it."""
        self._last = time.monotonic()
        if not self._lock.acquire(blocking=False, token=self._token):
            return False
        self._thread.start()
        return True

    def show(self, text: bytes) -> None:
        """Show ``text`` to others; if Redis is away, with the next renewal."""
        self._shown = text
        with suppress(RedisError):
            self._show()

    def confirm(self) -> bool:
        """Renew the lease; return whether it is held. Raises RedisError."""
        if not self.is_lost:
            self._renew()
        return not self.is_lost

    def release(self) -> None:
        """Release the lease; if Redis cannot be reached, it expires by itself."""
        self._ended.set()
        self._thread.join()
        with suppress(LockError, RedisError):
            self._lock.release()
            self._client.delete(self._shown_key)

    def _live(self) -> None:
        while not self._ended.wait(self._seconds / 4) and not self.is_lost:
            try:
                self._renew()
            except RedisError as error:
                _logger.info("lease not renewed: %s", error)

    def _renew(self) -> None:
        asked = time.monotonic()
        try:
            self._lock.reacquire()
        except LockError:
            is_taken = self._lock.acquire(blocking=False, token=self._token)
            self.is_lost = not is_taken
        self._last = asked  # Redis counts from then on, or later
        if self._shown and not self.is_lost:
            self._show()

    def _show(self) -> None:
        seconds = round(self._seconds * 1000)
        self._client.set(self._shown_key, self._shown, px=seconds)


def shown_key(key: str) -> str:
    """Return the key under which the holder of a lease shows what it does."""
    return f"{key}:shown"
