"""The fleet in Redis: shards that wait, who is at which, and where fleets are."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import redis
from dramatiq import Message
from dramatiq.common import dq_name
from redis.backoff import NoBackoff
from redis.retry import Retry

from fpcrawler.errors import BadInput
from fpcrawler.fleet.broker import NAMESPACE, QUEUE, FleetBroker, text_of
from fpcrawler.fleet.lease import Lease

ACTOR = "crawl_shard"
_FLEETS = f"{NAMESPACE}:fleets"
_TIMEOUT = 20.0
"""Seconds for an answer of Redis; a machine that is gone gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A shard in the queue: of which fleet, where, and which attempt it will be."""

    place: str
    fleet: str
    shard: int
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A shard under way: on which machine and process, since when (Unix time)."""

    shard: int
    attempt: int
    worker: str
    since: float


class Queue:
    """Redis, as far as the fleet is concerned. Its methods raise RedisError."""

    def __init__(self, client: redis.Redis, *, lease: float) -> None:
        self.client = client
        self.lease_seconds = lease
        self.broker = FleetBroker(client, lease=lease)

    @classmethod
    def connect(cls, url: str, *, lease: float) -> Queue:
        """Return the queue of a Redis that answers; raises BadInput."""
        is_socket = url.startswith("unix:")
        try:
            client = redis.Redis.from_url(
                url,
                # A command that is sent again may have been done: it would fetch
                # a second message, and the first be nobody's.
                retry=Retry(NoBackoff(), 0),
                socket_timeout=_TIMEOUT,
                socket_connect_timeout=_TIMEOUT,
                **({} if is_socket else {"socket_keepalive": True}),
            )
            client.ping()
        except (redis.RedisError, ValueError, TypeError, OSError) as error:
            raise BadInput(
                f"Redis does not answer at {_without_password(url)} "
                f"({_reason(error, url)}); start it with 'redis-server', "
                f"name another with --redis redis://HOST:PORT, "
                f"or do without: scrapy fleet run LIST --to DIR --local N."
            ) from error
        return cls(client, lease=lease)

    def put(self, ticket: Ticket, *, delay: float = 0) -> None:
        """Put a shard into the queue, to be taken in ``delay`` seconds."""
        message: Message[Any] = Message(
            queue_name=QUEUE,
            actor_name=ACTOR,
            args=(),
            kwargs=asdict(ticket),
            options={},
        )
        self.broker.enqueue(message, delay=round(delay * 1000) or None)

    def waiting(self, place: str, fleet: str) -> dict[int, int]:
        """Return the shards of a fleet that are queued or under way, with attempts."""
        found: dict[int, int] = {}
        # One that waited for its time is put into the main queue before it leaves.
        for queue in (dq_name(QUEUE), QUEUE):
            key = f"{NAMESPACE}:{queue}.msgs"
            for _, text in self.client.hscan_iter(key, count=1_000):
                ticket = Ticket(**Message.decode(text).kwargs)
                if (ticket.place, ticket.fleet) == (place, fleet):
                    found[ticket.shard] = ticket.attempt
        return found

    def lease(self, place: str, fleet: str, chain: int, running: Running) -> Lease:
        """Return the right to crawl a chain of shards, which nobody may have yet."""
        token = json.dumps(asdict(running))
        key = _key(place, fleet, chain)
        return Lease(self.client, key, token, seconds=self.lease_seconds)

    def running(self, place: str, fleet: str, chains: list[range]) -> Iterator[Running]:
        """Yield the shards that a worker is at."""
        keys = [_key(place, fleet, chain.start) for chain in chains]
        for start in range(0, len(keys), 1_000):
            for token in self.client.mget(keys[start : start + 1_000]):
                if token is not None:
                    yield Running(**json.loads(token))

    def register(self, place: str) -> None:
        """Have a place found by who does not name it."""
        self.client.sadd(_FLEETS, place)

    def places(self) -> list[str]:
        """Return where lists were submitted to."""
        return sorted(map(text_of, self.client.smembers(_FLEETS)))


def worker_name(number: int) -> str:
    """Return what tells people which process of which machine it is."""
    return f"{socket.gethostname()}:{number}"


def _key(place: str, fleet: str, chain: int) -> str:
    name = sha256(f"{place} {fleet}".encode()).hexdigest()[:16]
    return f"{NAMESPACE}:lease:{name}:{chain}"


def _without_password(url: str) -> str:
    """Leave out what may be one: all between ``//`` and the last ``@``, options."""
    secret, _, rest = url.rpartition("@")
    scheme, slashes, _ = secret.partition("//")
    return (f"{scheme}//{rest}" if slashes else rest).partition("?")[0]


def _reason(error: Exception, url: str) -> str:
    """Return what an error says, or its name where that may have the password."""
    told = str(error)
    pieces = re.split(r"[/:@?#]", url.partition("//")[2].rpartition("@")[0])
    is_secret = any(piece and piece in told for piece in pieces)
    return type(error).__name__ if is_secret else told
