"""The fleet in Redis: queued shards, leases of running ones, known places."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import msgspec
from dramatiq import Message
from dramatiq.common import dq_name
from redis import ConnectionPool, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from fpcrawler.console.program import program
from fpcrawler.core.web.passwords import shown
from fpcrawler.errors import BadInput
from fpcrawler.fleet.broker import NAMESPACE, QUEUE, Client, FleetBroker
from fpcrawler.fleet.lease import Lease, Running
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
    """A chain in the queue, from a shard on, whose next ``attempt`` it is.

    Two tickets of one chain do no harm: done shards are skipped, and the lease of the
    chain lets one worker at a time perform it.
    """

    place: str
    fleet: str
    shard: int
    attempt: int = 1


class Queue:
    """The fleet's queue and leases in Redis. Its methods raise RedisError."""

    def __init__(self, client: Client, *, lease: float) -> None:
        self.client = client
        self.lease_seconds = lease
        self.broker = FleetBroker(client, lease=lease)

    @classmethod
    def connect(cls, url: str, *, lease: float) -> Queue:
        """Connect to Redis; raises BadInput for a URL that is not one of Redis.

        Raises QueueUnavailable if Redis does not respond.
        """
        keeps = {} if url.startswith("unix:") else {"socket_keepalive": True}
        try:
            pool = ConnectionPool.from_url(
                _checked(url),
                # No retries: Redis may have executed the first command. A second
                # fetch would return another message, and the first would be lost.
                retry=Retry(NoBackoff(), 0),
                socket_timeout=_TIMEOUT,
                socket_connect_timeout=_TIMEOUT,
                **keeps,
            )
            client = Client(connection_pool=pool)
            client.ping()
        except (ValueError, TypeError) as error:
            raise BadInput(
                "--redis or FLEET_REDIS is not a URL of Redis; use "
                "redis://HOST:PORT or redis://:PASSWORD@HOST:PORT, with '/', '?', '#' "
                "and '@' of the password written as %2F, %3F, %23 and %40."
            ) from error
        except (RedisError, OSError) as error:
            raise QueueUnavailable(
                f"Redis does not respond at {shown(url).partition('?')[0]} ({error}); "
                f"start it with 'redis-server', use another with "
                f"--redis redis://HOST:PORT, or crawl without it: "
                f"{program()} fleet run LIST --to DIR --local N."
            ) from error
        return cls(client, lease=lease)

    def put(self, ticket: Ticket, delay: float = 0) -> None:
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

    def lease(self, place: str, fleet: str, chain: int, running: Running) -> Lease:
        """Return a lease on a chain of shards, which is not yet taken."""
        key = _key("lease", place, fleet, chain)
        return Lease(self.client, key, running, seconds=self.lease_seconds)

    def running(self, place: str, fleet: str, chains: list[range]) -> Iterator[Running]:
        """Yield the shards that a worker crawls now."""
        keys = [_key("lease", place, fleet, chain.start) for chain in chains]
        for start in range(0, len(keys), 1_000):
            for value in self.client.mget(keys[start : start + 1_000]):
                if value is not None:
                    yield msgspec.json.decode(value, type=Running)

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
        return sorted(map(os.fsdecode, self.client.smembers(_FLEETS)))


def _key(kind: str, place: str, fleet: str, chain: int | None = None) -> str:
    name = sha256(f"{place} {fleet}".encode()).hexdigest()[:16]
    key = f"{NAMESPACE}:{kind}:{name}"
    return key if chain is None else f"{key}:{chain}"


def _checked(url: str) -> str:
    """Return the URL; raises ValueError if a password has ended its host too early."""
    parts = urlsplit(url)
    if "@" in f"{parts.path}{parts.query}{parts.fragment}":
        raise ValueError(url)
    return url
