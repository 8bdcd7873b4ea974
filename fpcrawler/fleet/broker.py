"""Dramatiq's broker on Redis, made to lose nothing when Redis goes and comes."""

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
_ALWAYS = 1_000_000
"""A million of a million commands look for workers that are gone."""


class FleetBroker(RedisBroker):
    """Gives back what a broken connection left between Redis and a worker.

    A message whose fetch Redis did, but could not answer, belongs to a worker that
    does not know of it; those that wait for their time are forgotten by the worker
    when the connection breaks. Redis would give them to others only once this
    worker is gone. So they go back to the queue whenever a consumer starts again.
    """

    def __init__(self, client: redis.Redis, *, lease: float) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            client=client,
            middleware=[],
            namespace=NAMESPACE,
            maintenance_chance=_ALWAYS,
            heartbeat_timeout=round(lease * 1000),
        )
        self._held: set[str] = set()

    def consume(
        self, queue_name: str, prefetch: int = 1, timeout: int = 5000
    ) -> Consumer:
        """Return a consumer, after what the one before it left has gone back."""
        with _as_connection_error():
            self._give_back(queue_name)
        consumer = super().consume(queue_name, prefetch, timeout)
        return _NotingConsumer(consumer, self._held)

    def enqueue(
        self, message: Message[Any], *, delay: int | None = None
    ) -> Message[Any]:
        """Put a message into the queue; raises ConnectionClosed."""
        with _as_connection_error():
            return super().enqueue(message, delay=delay)

    def _give_back(self, queue_name: str) -> None:
        key = f"{NAMESPACE}:__acks__.{self.broker_id}.{queue_name}"
        fetched = set(map(text_of, self.client.smembers(key)))
        # Of those that wait for their time, a consumer that starts has none.
        lost = fetched if queue_name == dq_name(QUEUE) else fetched - self._held
        if lost:
            self.do_requeue(queue_name, *lost)


class _NotingConsumer(Consumer):
    """Notes which messages the worker has; each failure of Redis is one it knows."""

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
        given_back = list(messages)
        with _as_connection_error():
            self._consumer.requeue(given_back)
        for message in given_back:
            self._held.discard(message.options["redis_message_id"])

    def close(self) -> None:
        self._consumer.close()


def text_of(name: bytes | str) -> str:
    """Return what Redis gives as bytes."""
    return name if isinstance(name, str) else name.decode()


@contextmanager
def _as_connection_error() -> Iterator[None]:
    """Make every failure of Redis the one that a worker waits for the end of.

    Redis also answers with errors: while it loads its data, for one.
    """
    try:
        yield
    except redis.RedisError as error:
        raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]
