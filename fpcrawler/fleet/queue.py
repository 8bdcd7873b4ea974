"""The fleet in Redis: queued chains, leases of running shards, known places."""

from __future__ import annotations

import os
import time
from dataclasses import asdict, dataclass
from hashlib import sha256
from threading import Event
from typing import TYPE_CHECKING, Any

import msgspec
from dramatiq import Consumer, Message
from dramatiq.brokers.redis import RedisBroker
from dramatiq.common import dq_name
from redis.lock import Lock

from fpcrawler.fleet.machine import worker_name
from fpcrawler.fleet.outcome import Outcome
from fpcrawler.fleet.watching import Lease

if TYPE_CHECKING:
    from fpcrawler.fleet.client import Client
    from fpcrawler.fleet.manifest import Manifest

ACTOR = "crawl_shard"
QUEUE = "shards"
_NAMESPACE = "fpcrawler"
_FLEETS = f"{_NAMESPACE}:fleets"


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


@dataclass(frozen=True, slots=True)
class Running:
    """A running shard: on which machine and process, since when (Unix time)."""

    shard: int
    attempt: int
    worker: str
    since: float


class Queue(RedisBroker):
    """Dramatiq's broker, with leases and notes; its methods raise RedisFailed.

    If the connection breaks during a fetch, Redis has assigned a message that the
    worker never received. The worker also forgets its delayed messages when the
    connection breaks. Redis would give both to other workers only after this one
    has ended. So each new consumer first puts them back into the queue.
    """

    client: Client

    def __init__(self, client: Client, *, lease: float) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            client=client,
            middleware=[],
            namespace=_NAMESPACE,
            # Out of a million: each command looks for workers that have died.
            maintenance_chance=1_000_000,
            heartbeat_timeout=round(lease * 1000),
        )
        self.lease_seconds = lease
        self._held: set[str] = set()

    def consume(
        self, queue_name: str, prefetch: int = 1, timeout: int = 5000
    ) -> Consumer:
        """Return a consumer; first requeue what the previous one left."""
        # A new consumer of delayed messages has none yet, so all of them are lost.
        held = set() if queue_name == dq_name(QUEUE) else self._held
        assigned = f"{_NAMESPACE}:__acks__.{self.broker_id}.{queue_name}"
        for name in self.client.smembers(assigned):
            text = self.client.hget(f"{_NAMESPACE}:{queue_name}.msgs", name)
            if not text or Message.decode(os.fsencode(text)).message_id not in held:
                self.do_requeue(queue_name, name)
        consumer = super().consume(queue_name, prefetch, timeout)
        # A chain that began before the connection broke is still performed.
        consumer.queued_message_ids = held  # type: ignore[attr-defined]
        return consumer

    def put(self, ticket: Ticket, delay: float = 0) -> None:
        """Enqueue a chain; workers take it after ``delay`` seconds or later."""
        message: Message[Any] = Message(QUEUE, ACTOR, (), asdict(ticket), options={})
        self.enqueue(message, delay=round(delay * 1000) or None)

    def waiting(self, place: str, fleet: str) -> set[int]:
        """Return the first shards of the queued or running chains of a fleet."""
        found: set[int] = set()
        # A delayed message is put into the main queue before it is removed here.
        for name in (dq_name(QUEUE), QUEUE):
            key = f"{_NAMESPACE}:{name}.msgs"
            for _, text in self.client.hscan_iter(key, count=1_000):
                ticket = Ticket(**Message.decode(text).kwargs)
                if (ticket.place, ticket.fleet) == (place, fleet):
                    found.add(ticket.shard)
        return found

    def lease(self, ticket: Ticket, chain: int, stopping: Event) -> Lease:
        """Return a lease on the chain of a ticket, which is not yet taken."""
        running = Running(ticket.shard, ticket.attempt, worker_name(), time.time())
        key = _key("lease", ticket.place, ticket.fleet, chain)
        lock = Lock(self.client, key, timeout=self.lease_seconds, thread_local=False)
        return Lease(lock, msgspec.json.encode(running).decode(), stopping)

    def running(self, place: str, manifest: Manifest) -> list[Running]:
        """Return the shards that a worker crawls now."""
        starts = (chain.start for chain in manifest.chains)
        keys = [_key("lease", place, manifest.id, start) for start in starts]
        texts = [text for text in self.client.mget(keys) if text is not None]
        return [msgspec.json.decode(text, type=Running) for text in texts]

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


def _key(kind: str, place: str, fleet: str, *chain: int) -> str:
    name = sha256(f"{place} {fleet}".encode()).hexdigest()[:16]
    return ":".join(map(str, (_NAMESPACE, kind, name, *chain)))
