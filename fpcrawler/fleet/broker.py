"""Dramatiq's broker on Redis; it loses no message when Redis restarts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import redis
from dramatiq import Consumer, Message, MessageProxy
from dramatiq.brokers.redis import RedisBroker
from dramatiq.common import dq_name
from dramatiq.errors import ConnectionClosed

NAMESPACE = "fpcrawler"
QUEUE = "shards"
_MAINTENANCE_CHANCE = 1_000_000
"""Out of a million: each command looks for workers that have died."""


class FleetBroker(RedisBroker):
    """Requeues messages that a broken connection left assigned to this worker.

    If the connection breaks during a fetch, Redis has assigned a message that the
    worker never received. The worker also forgets its delayed messages when the
    connection breaks. Redis would give both to other workers only after this one
    has ended. So each new consumer first puts them back into the queue.
    """

    def __init__(self, client: redis.Redis, *, lease: float) -> None:
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
        with _as_connection_error():
            self._requeue_lost(queue_name)
        consumer = super().consume(queue_name, prefetch, timeout)
        return _TrackingConsumer(consumer, self._held)

    def enqueue(
        self, message: Message[Any], *, delay: int | None = None
    ) -> Message[Any]:
        """Put a message into the queue; raises ConnectionClosed."""
        with _as_connection_error():
            return super().enqueue(message, delay=delay)

    def _requeue_lost(self, queue_name: str) -> None:
        key = f"{NAMESPACE}:__acks__.{self.broker_id}.{queue_name}"
        fetched = set(map(text_of, self.client.smembers(key)))
        # A new consumer of delayed messages has none yet, so all of them are lost.
        lost = fetched if queue_name == dq_name(QUEUE) else fetched - self._held
        if lost:
            self.do_requeue(queue_name, *lost)


class _TrackingConsumer(Consumer):
    """Notes which messages the worker has; Redis errors become ConnectionClosed."""

    def __init__(self, consumer: Consumer, held: set[str]) -> None:
        self._consumer = consumer
        self._held = held

    def __next__(self) -> MessageProxy | None:
        with _as_connection_error():
            message = next(self._consumer)
        if message is not None:
            self._held.add(message.options["redis_message_id"])
        return message

    def ack(self, message: MessageProxy) -> None:
        with _as_connection_error():
            self._consumer.ack(message)
        self._held.discard(message.options["redis_message_id"])

    def nack(self, message: MessageProxy) -> None:
        with _as_connection_error():
            self._consumer.nack(message)
        self._held.discard(message.options["redis_message_id"])

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        requeued = list(messages)
        with _as_connection_error():
            self._consumer.requeue(requeued)
        for message in requeued:
            self._held.discard(message.options["redis_message_id"])

    def close(self) -> None:
        self._consumer.close()


def text_of(name: bytes | str) -> str:
    """Decode a name that Redis returned as bytes."""
    return name if isinstance(name, str) else name.decode()


@contextmanager
def _as_connection_error() -> Iterator[None]:
    """Turn every Redis error into ConnectionClosed, which Dramatiq retries.

    Redis also replies with errors, for example while it loads its data.
    """
    try:
        yield
    except redis.RedisError as error:
        raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]
