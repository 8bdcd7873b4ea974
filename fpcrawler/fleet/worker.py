"""``scrapy fleet work``: take shards from Redis and perform them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from threading import Event, Lock
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

import dramatiq
import msgspec
from dramatiq.errors import BrokerConnectionError
from redis import RedisError

from fpcrawler.errors import BadInput
from fpcrawler.fleet.broker import QUEUE
from fpcrawler.fleet.machine import worker_name
from fpcrawler.fleet.manifest import Manifest
from fpcrawler.fleet.performing import NotParked, PlaceRefuses
from fpcrawler.fleet.places.opening import place_of
from fpcrawler.fleet.program import OtherProgram
from fpcrawler.fleet.queue import ACTOR, Queue, Running, Ticket
from fpcrawler.fleet.watching import Stopped, Watch

if TYPE_CHECKING:
    from fpcrawler.fleet.lease import Lease
    from fpcrawler.fleet.performing import Performer
    from fpcrawler.fleet.places.place import Place

_T = TypeVar("_T")
_logger = logging.getLogger(__name__)
_REDIS_RETRY_SECONDS = 1.0
"""Seconds between two attempts to reach Redis."""
_RETRY_DELAY = 30.0
"""Seconds until a chain is retried whose place cannot be reached."""
_STOP_MS = 120_000
"""Milliseconds in which running crawls may end."""


class LeaseWatch(Watch):
    """Ends a shard when the worker stops or another worker has the chain.

    If Redis cannot be reached for long, another worker may have the chain. Then
    the crawl ends, so that its hosts are not crawled twice at the same time, and
    the chain is enqueued again once Redis responds.
    """

    def __init__(self, lease: Lease, stopping: Event) -> None:
        super().__init__(stopping)
        self.lease = lease

    def check(self) -> None:
        if self.lease.is_lost or self.lease.is_overdue:
            raise Stopped
        super().check()


class Worker:
    """Runs Dramatiq's worker; each of its threads performs one shard.

    ``check``: raises OtherProgram for a manifest that this machine must not crawl, and
    PlaceRefuses for a place that stores nothing.
    """

    def __init__(
        self,
        queue: Queue,
        performer: Performer,
        check: Callable[[Place, Manifest], None],
        stopping: Event,
    ) -> None:
        self.stopping = stopping
        self.refusal: OtherProgram | PlaceRefuses | None = None
        self._queue = queue
        self._performer = performer
        self._check = check
        self._fleets: dict[str, tuple[Place, Manifest]] = {}
        self._opening = Lock()
        declare = dramatiq.actor(
            actor_name=ACTOR, queue_name=QUEUE, broker=queue.broker
        )
        declare(self.take)

    def run(self, processes: int) -> None:
        """Work until ``stopping`` is set; then end the running crawls.

        Raises OtherProgram if a list was submitted with another program, and
        PlaceRefuses if its place stores nothing.
        """
        worker = dramatiq.Worker(
            self._queue.broker, queues={QUEUE}, worker_threads=processes
        )
        # A busy worker prefetches nothing that an idle worker could crawl.
        worker.queue_prefetch = processes
        worker.start()
        self.stopping.wait()
        worker.stop(timeout=_STOP_MS)
        if self.refusal is not None:
            raise self.refusal

    def take(self, **fields: str | int) -> None:
        """Perform a shard of the queue; enqueue the next one of its chain.

        Dramatiq removes the message only when this method returns. If it never
        returns, Dramatiq gives the message to another worker.
        """
        ticket = Ticket(**fields)  # type: ignore[arg-type]
        try:
            again = self._performed(ticket)
        except (OtherProgram, PlaceRefuses) as error:
            self.refusal, again = error, (ticket, 0.0)
            self.stopping.set()
        except (BadInput, OSError) as error:
            _logger.warning("shard %05d: %s", ticket.shard, error)
            again = ticket, _RETRY_DELAY
        except Exception:
            _logger.exception("shard %05d", ticket.shard)
            again = ticket, _RETRY_DELAY
        if again is not None:
            rest, delay = again
            until_redis_answers(lambda: self._queue.put(rest, delay=delay))

    def _performed(self, ticket: Ticket) -> tuple[Ticket, float] | None:
        """Perform a shard; return the next ticket of its chain, and its delay."""
        place, manifest = self._fleet(ticket)
        if manifest.id != ticket.fleet:
            _logger.warning("%s has another list now; chain dropped", place.uri)
            return None
        chain = manifest.chain_of[ticket.shard]
        token = uuid4().hex
        lease = self._queue.lease(place.uri, manifest.id, chain.start, token)
        if not until_redis_answers(lease.take):
            return ticket, self._queue.lease_seconds / 2
        watch = LeaseWatch(lease, self.stopping)
        lease.show(_as_running(ticket))
        try:
            again = self._performer.perform(
                place, manifest, ticket.shard, ticket.attempt, watch
            )
        except Stopped:
            return ticket, 0.0
        except NotParked as error:
            _logger.warning("%s", error)
            outcome = error.outcome
            until_redis_answers(lambda: self._queue.park(place.uri, outcome))
            again = None
        finally:
            # Release it before the chain is enqueued again.
            lease.release()
        if again is not None:
            return replace(ticket, attempt=again.attempt), again.delay
        follower = replace(ticket, shard=ticket.shard + 1, attempt=1)
        return (follower, 0.0) if follower.shard < chain.stop else None

    def _fleet(self, ticket: Ticket) -> tuple[Place, Manifest]:
        """Return a place and its manifest; read it again if another fleet is meant."""
        with self._opening:
            known = self._fleets.get(ticket.place)
            if known is not None and known[1].id == ticket.fleet:
                return known
            place = place_of(ticket.place)
            manifest = Manifest.of(place)
            if manifest.id == ticket.fleet:
                self._check(place, manifest)
            self._fleets[ticket.place] = place, manifest
            return place, manifest


def _as_running(ticket: Ticket) -> bytes:
    running = Running(
        shard=ticket.shard,
        attempt=ticket.attempt,
        worker=worker_name(),
        since=time.time(),
    )
    return msgspec.json.encode(running)


def until_redis_answers(ask: Callable[[], _T]) -> _T:
    """Call ``ask`` until Redis responds; otherwise a chain would be lost."""
    while True:
        try:
            return ask()
        except (RedisError, BrokerConnectionError) as error:
            _logger.info("Redis does not respond: %s", error)
            time.sleep(_REDIS_RETRY_SECONDS)
