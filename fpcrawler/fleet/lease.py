"""A lease on a chain of shards: one worker at a time, renewed while it lives."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING

import msgspec
from redis import RedisError
from redis.exceptions import LockError
from redis.lock import Lock

if TYPE_CHECKING:
    import redis

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A running shard: on which machine and process, since when (Unix time)."""

    shard: int
    attempt: int
    worker: str
    since: float


class Lease:
    """A lock in Redis that expires ``seconds`` after its last renewal.

    Its value is ``running``, which no other holder has ever had. If Redis lost the
    lock, it is acquired again, unless another worker acquired it first.
    """

    def __init__(
        self, client: redis.Redis, key: str, running: Running, *, seconds: float
    ) -> None:
        self._lock = Lock(client, key, timeout=seconds, thread_local=False)
        self._value = msgspec.json.encode(running).decode()
        self._seconds = seconds
        self._end = 0.0
        self._released = Event()
        self._thread = Thread(target=self._live, daemon=True)

    @property
    def is_held(self) -> bool:
        """Whether no other worker can have the lease."""
        return time.monotonic() < self._end

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
