"""``scrapy fleet work``: take chains of shards from Redis and perform them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from threading import Event, Lock
from typing import TYPE_CHECKING, ParamSpec

import dramatiq
from redis import RedisError

from fpcrawler.errors import BadInput
from fpcrawler.fleet.broker import QUEUE
from fpcrawler.fleet.lease import Running
from fpcrawler.fleet.machine import worker_name
from fpcrawler.fleet.manifest import Manifest
from fpcrawler.fleet.performing import Again, NotParked, PlaceRefuses
from fpcrawler.fleet.places.opening import place_of
from fpcrawler.fleet.program import OtherProgram
from fpcrawler.fleet.queue import ACTOR, Queue, Ticket
from fpcrawler.fleet.watching import Stopped, Watch

if TYPE_CHECKING:
    from fpcrawler.fleet.performing import Performer
    from fpcrawler.fleet.places.place import Place

_P = ParamSpec("_P")
_logger = logging.getLogger(__name__)
_REDIS_RETRY_SECONDS = 1.0
"""Seconds between two attempts to reach Redis."""
_STOP_MS = 120_000
"""Milliseconds in which running crawls may end."""


class Worker:
    """Runs Dramatiq's worker; each of its threads performs one chain.

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
        self._queue = queue
        self._pause = queue.lease_seconds / 2
        self._performer = performer
        self._check = check
        self._stopping = stopping
        self._refusal: OtherProgram | PlaceRefuses | None = None
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
        self._stopping.wait()
        worker.stop(timeout=_STOP_MS)
        if self._refusal is not None:
            raise self._refusal

    def take(self, **fields: str | int) -> None:
        """Perform a chain of the queue; enqueue it again if it could not end.

        Dramatiq removes the message only when this method returns. If it never
        returns, Dramatiq gives the message to another worker.
        """
        ticket = Ticket(**fields)  # type: ignore[arg-type]
        try:
            again = self._performed(ticket)
        except (OtherProgram, PlaceRefuses) as error:
            self._refusal, again = error, (ticket, 0.0)
            self._stopping.set()
        except NotParked as error:
            _logger.warning("%s", error)
            _persistently(self._queue.park, ticket.place, error.outcome)
            self._fleets.pop(ticket.place, None)  # check it before the next crawl
            again = None
        except Stopped:
            again = ticket, 0.0 if self._stopping.is_set() else self._pause
        except Exception as error:
            is_bug = not isinstance(error, (BadInput, OSError, RedisError))
            _logger.warning("shard %05d: %s", ticket.shard, error, exc_info=is_bug)
            again = ticket, self._pause
        if again is not None:
            _persistently(self._queue.put, *again)

    def _performed(self, ticket: Ticket) -> tuple[Ticket, float] | None:
        """Perform a chain; return what is left of it, and the seconds until then."""
        place, manifest = self._fleet(ticket)
        if manifest.id != ticket.fleet:
            _logger.warning("%s has another list now; chain dropped", place.uri)
            return None
        attempt = ticket.attempt
        for shard in range(ticket.shard, manifest.chain_of[ticket.shard].stop):
            again = self._attempt(place, manifest, shard, attempt)
            if again is not None:
                return replace(ticket, shard=shard, attempt=again.attempt), again.delay
            attempt = 1
        return None

    def _attempt(
        self, place: Place, manifest: Manifest, shard: int, attempt: int
    ) -> Again | None:
        """Perform a shard unless another worker has its chain."""
        chain = manifest.chain_of[shard].start
        running = Running(
            shard=shard, attempt=attempt, worker=worker_name(), since=time.time()
        )
        lease = self._queue.lease(place.uri, manifest.id, chain, running)
        if not lease.take():
            return Again(attempt=attempt, delay=self._pause)
        watch = Watch(self._stopping, lease=lease)
        try:
            return self._performer.perform(place, manifest, shard, attempt, watch)
        finally:
            lease.release()

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


def _persistently(
    tell: Callable[_P, None], *given: _P.args, **named: _P.kwargs
) -> None:
    """Call ``tell`` until Redis responds; otherwise a chain would be lost."""
    while True:
        try:
            return tell(*given, **named)
        except RedisError as error:
            _logger.info("Redis does not respond: %s", error)
            time.sleep(_REDIS_RETRY_SECONDS)
