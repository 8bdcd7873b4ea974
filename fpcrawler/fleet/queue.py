"""The fleet in Redis: queued shards, leases of running ones, known places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import msgspec
import redis
from dramatiq import Message
from dramatiq.common import dq_name
from redis.backoff import NoBackoff
from redis.retry import Retry

from fpcrawler.console.program import program
from fpcrawler.errors import BadInput
from fpcrawler.fleet.broker import NAMESPACE, QUEUE, FleetBroker, text_of
from fpcrawler.fleet.lease import Lease, shown_key
from fpcrawler.fleet.outcome import Outcome
from fpcrawler.fleet.places.place import PlaceUnavailable

ACTOR = "crawl_shard"
_FLEETS = f"{NAMESPACE}:fleets"
_TIMEOUT = 20.0
"""Seconds to wait for a reply of Redis; its machine may be down."""


class QueueUnavailable(PlaceUnavailable):
    """Redis does not respond, or has lost its data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A chain in the queue, from a shard on, whose next ``attempt`` it is."""

    place: str
    fleet: str
    shard: int
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A running shard: on which machine and process, since when (Unix time)."""

    shard: int
    attempt: int
    worker: str
    since: float


class Queue:
    """The fleet's queue and leases in Redis. Its methods raise RedisError."""

    def __init__(self, client: redis.Redis, *, lease: float) -> None:
        self.client = client
        self.lease_seconds = lease
        self.broker = FleetBroker(client, lease=lease)

    @classmethod
    def connect(cls, url: str, *, lease: float) -> Queue:
        """Connect to Redis; raises BadInput for a URL that is not one of Redis.

        Raises QueueUnavailable if Redis does not respond.
        """
        is_socket = url.startswith("unix:")
        try:
            client = redis.Redis.from_url(
                url,
                # No retries: Redis may have executed the first command. A second
                # fetch would return another message, and the first would be lost.
                retry=Retry(NoBackoff(), 0),
                socket_timeout=_TIMEOUT,
                socket_connect_timeout=_TIMEOUT,
                **({} if is_socket else {"socket_keepalive": True}),
            )
            client.ping()
        except (redis.RedisError, ValueError, TypeError, OSError) as error:
            is_away = isinstance(error, (redis.RedisError, OSError))
            raise (QueueUnavailable if is_away else BadInput)(
                f"Redis does not respond at {_without_password(url)} "
                f"({_reason(error, url)}); start it with 'redis-server', "
                f"use another with --redis redis://HOST:PORT, "
                f"or crawl without it: {program()} fleet run LIST --to DIR --local N."
            ) from error
        return cls(client, lease=lease)

    def put(self, ticket: Ticket, *, delay: float = 0) -> None:
        """Enqueue a chain; workers take it after ``delay`` seconds or later."""
        message: Message[Any] = Message(
            queue_name=QUEUE,
            actor_name=ACTOR,
            args=(),
            kwargs=asdict(ticket),
            options={},
        )
        self.broker.enqueue(message, delay=round(delay * 1000) or None)

    def waiting(self, place: str, fleet: str) -> set[int]:
        """Return the first shards of the queued or running chains of a fleet."""
        found: set[int] = set()
        # A delayed message is put into the main queue before it is removed here.
        for queue in (dq_name(QUEUE), QUEUE):
            key = f"{NAMESPACE}:{queue}.msgs"
            for _, text in self.client.hscan_iter(key, count=1_000):
                ticket = Ticket(**Message.decode(text).kwargs)
                if (ticket.place, ticket.fleet) == (place, fleet):
                    found.add(ticket.shard)
        return found

    def lease(self, place: str, fleet: str, chain: int, token: str) -> Lease:
        """Return a lease on a chain of shards, which is not yet taken.

        ``token``: what no other holder of the lease has ever had.
        """
        key = _key("lease", place, fleet, chain)
        return Lease(self.client, key, token, seconds=self.lease_seconds)

    def running(self, place: str, fleet: str, chains: list[range]) -> Iterator[Running]:
        """Yield the shards that a worker crawls now."""
        leases = (_key("lease", place, fleet, chain.start) for chain in chains)
        keys = [*map(shown_key, leases)]
        for start in range(0, len(keys), 1_000):
            for shown in self.client.mget(keys[start : start + 1_000]):
                if shown is not None:
                    yield msgspec.json.decode(shown, type=Running)

    def park(self, place: str, outcome: Outcome) -> None:
        """Note a shard that was given up, where its place refuses the outcome."""
        key = _key("parked", place, outcome.fleet)
        self.client.hset(key, str(outcome.shard), msgspec.json.encode(outcome))

    def parked(self, place: str, fleet: str) -> dict[int, Outcome]:
        """Return the shards that :meth:`park` has noted."""
        found = self.client.hgetall(_key("parked", place, fleet)).values()
        notes = (msgspec.json.decode(text, type=Outcome) for text in found)
        return {outcome.shard: outcome for outcome in notes}

    def forget_parked(self, place: str, fleet: str) -> None:
        """Forget what :meth:`park` has noted, so that it is crawled again."""
        self.client.delete(_key("parked", place, fleet))

    def register(self, place: str) -> None:
        """Note a place, so that commands find it without ``--to``."""
        self.client.sadd(_FLEETS, place)

    def places(self) -> list[str]:
        """Return the places that lists were submitted to."""
        return sorted(map(text_of, self.client.smembers(_FLEETS)))


def _key(kind: str, place: str, fleet: str, chain: int | None = None) -> str:
    name = sha256(f"{place} {fleet}".encode()).hexdigest()[:16]
    key = f"{NAMESPACE}:{kind}:{name}"
    return key if chain is None else f"{key}:{chain}"


def _without_password(url: str) -> str:
    """Remove all between ``//`` and the last ``@``, and the query."""
    secret, _, rest = url.rpartition("@")
    scheme, slashes, _ = secret.partition("//")
    return (f"{scheme}//{rest}" if slashes else rest).partition("?")[0]


def _reason(error: Exception, url: str) -> str:
    """Return the error's text, or its class if the text may have the password."""
    text = str(error)
    pieces = re.split(r"[/:@?#]", url.partition("//")[2].rpartition("@")[0])
    is_secret = any(piece and piece in text for piece in pieces)
    return type(error).__name__ if is_secret else text
