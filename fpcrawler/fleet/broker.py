"""Dramatiq's broker on Redis; it loses no message when Redis restarts."""

from __future__ import annotations

from typing import Any

import redis
from dramatiq import Consumer, Message
from dramatiq.brokers.redis import RedisBroker
from dramatiq.common import dq_name
from dramatiq.errors import ConnectionClosed
from redis.exceptions import NoScriptError

NAMESPACE = "fpcrawler"
QUEUE = "shards"
_MAINTENANCE_CHANCE = 1_000_000
"""Out of a million: each command looks for workers that have died."""


class RedisFailed(redis.ConnectionError, ConnectionClosed):
    """Redis does not respond, or responds with an error.

    Dramatiq tries again after a broken connection only. So an error that Redis replies
    with, for example while it loads its data, counts as one.
    """


class Client(redis.Redis):
    """A client whose every error is RedisFailed."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send a command; return the reply."""
        try:
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except NoScriptError:  # redis-py sends the script, then the command again
            raise
        except redis.RedisError as error:
            raise RedisFailed(str(error)) from error


class FleetBroker(RedisBroker):
    """Requeues messages that a broken connection left assigned to this worker.

    If the connection breaks during a fetch, Redis has assigned a message that the
    worker never received. The worker also forgets its delayed messages when the
    connection breaks. Redis would give both to other workers only after this one
    has ended. So each new consumer first puts them back into the queue.
    """

    def __init__(self, client: Client, *, lease: float) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            client=client,
            middleware=[],
            namespace=NAMESPACE,
            maintenance_chance=_MAINTENANCE_CHANCE,
            heartbeat_timeout=round(lease * 1000),
        )
        self._held: set[str] = set()

    def consume(
        self, queue_name: str, prefetch: int = 1, timeout: int = 5000
    ) -> Consumer:
        """Return a consumer; first requeue what the previous one left."""
        # A new consumer of delayed messages has none yet, so all of them are lost.
        held = set() if queue_name == dq_name(QUEUE) else self._held
        self._requeue_others(queue_name, held)
        consumer = super().consume(queue_name, prefetch, timeout)
        # A chain that began before the connection broke is still performed.
        consumer.queued_message_ids = held  # type: ignore[attr-defined]
        return consumer

    def _requeue_others(self, queue_name: str, held: set[str]) -> None:
        key = f"{NAMESPACE}:__acks__.{self.broker_id}.{queue_name}"
        fetched = [*self.client.smembers(key)]
        if not fetched:
            return
        texts = self.client.hmget(f"{NAMESPACE}:{queue_name}.msgs", fetched)
        lost = [
            name
            for name, text in zip(fetched, texts, strict=True)
            if text is None or Message.decode(text).message_id not in held
        ]
        if lost:
            self.do_requeue(queue_name, *lost)
