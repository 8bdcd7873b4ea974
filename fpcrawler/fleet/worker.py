"""``scrapy fleet work``: take chains of shards from Redis and perform them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event, Lock
from typing import TYPE_CHECKING

import dramatiq
from redis import RedisError

from fpcrawler.errors import BadInput
from fpcrawler.fleet.manifest import Manifest
from fpcrawler.fleet.performing import NotParked, PlaceRefuses
from fpcrawler.fleet.places.opening import place_of
from fpcrawler.fleet.program import OtherProgram
from fpcrawler.fleet.queue import ACTOR, QUEUE, Queue, Ticket
from fpcrawler.fleet.watching import Stopped

if TYPE_CHECKING:
    from fpcrawler.fleet.outcome import Outcome
    from fpcrawler.fleet.performing import Performer
    from fpcrawler.fleet.places.place import Place

_logger = logging.getLogger(__name__)
_REDIS_RETRY_SECONDS = 1.0
"""Seconds between two attempts to reach Redis."""
_STOP_MS = 120_000
"""Milliseconds in which running crawls may end."""


@dataclass(slots=True)
class Worker:
    """Runs Dramatiq's worker; each of its threads performs one chain.

    ``check``: raises OtherProgram for a manifest that this machine must not crawl, and
    PlaceRefuses for a place that stores nothing.
    """

    queue: Queue
    performer: Performer
    check: Callable[[Place, Manifest], None]
    stopping: Event
    _refusal: OtherProgram | PlaceRefuses | None = None
    _fleets: dict[str, tuple[Place, Manifest]] = field(default_factory=dict)
    _opening: Lock = field(default_factory=Lock)

    def run(self, processes: int) -> None:
        """Work until ``stopping`` is set; then end the running crawls.

        Raises OtherProgram if a list was submitted with another program, and
        PlaceRefuses if its place stores nothing.
        """
        dramatiq.actor(actor_name=ACTOR, queue_name=QUEUE, broker=self.queue)(self.take)
        worker = dramatiq.Worker(self.queue, queues={QUEUE}, worker_threads=processes)
        # A busy worker prefetches nothing that an idle worker could crawl.
        worker.queue_prefetch = processes
        worker.start()
        self.stopping.wait()
        worker.stop(timeout=_STOP_MS)
        if self._refusal is not None:
            raise self._refusal

    def take(self, **fields: str | int) -> None:
        """Perform a chain of the queue; enqueue what is left of it.

        Dramatiq removes the message only when this method returns. If it never
        returns, Dramatiq gives the message to another worker.
        """
        ticket = Ticket(**fields)  # type: ignore[arg-type]
        left: tuple[Ticket, float] | None = ticket, self.queue.lease_seconds / 2
        try:
            left = self._performed(ticket)
        except (OtherProgram, PlaceRefuses) as error:
            self._refusal = error
            self.stopping.set()
        except Stopped:
            if self.stopping.is_set():
                left = ticket, 0.0
        except Exception as error:
            is_bug = not isinstance(error, (BadInput, OSError, RedisError))
            _logger.warning("shard %05d: %s", ticket.shard, error, exc_info=is_bug)
        if left is not None:
            _persistently(partial(self.queue.put, *left))

    def _performed(self, ticket: Ticket) -> tuple[Ticket, float] | None:
        """Perform a chain; return what is left of it, and the seconds until then."""
        place, manifest = self._fleet(ticket)
        if manifest.id != ticket.fleet:
            _logger.warning("%s has another list now; chain dropped", place.uri)
            return None
        chain = manifest.chain_of[ticket.shard]
        while ticket.shard in chain:
            lease = self.queue.lease(ticket, chain.start, self.stopping)
            if not lease.take():
                return ticket, self.queue.lease_seconds / 2
            after = replace(ticket, shard=ticket.shard + 1, attempt=1)
            try:
                again = self.performer.perform(
                    place, manifest, ticket.shard, ticket.attempt, lease
                )
            except NotParked as error:
                self._park(place, error.outcome)
                return (after, 0.0) if after.shard in chain else None
            finally:
                lease.release()
            if again is not None:
                return replace(ticket, attempt=again.attempt), again.delay
            ticket = after
        return None

    def _park(self, place: Place, outcome: Outcome) -> None:
        """Note in Redis what the place refuses; check it before the next crawl."""
        _logger.warning("shard %05d: %s", outcome.shard, outcome.parked)
        _persistently(partial(self.queue.park, place.uri, outcome))
        self._fleets.pop(place.uri, None)

    def _fleet(self, ticket: Ticket) -> tuple[Place, Manifest]:
        """Return a place and its manifest; read it again if another fleet is meant."""
        with self._opening:
            known = self._fleets.get(ticket.place)
            if known is not None and known[1].id == ticket.fleet:
                return known
            place = place_of(ticket.place)
            manifest = Manifest.of(place)
            if manifest.id == ticket.fleet:
                self.check(place, manifest)
            self._fleets[ticket.place] = place, manifest
            return place, manifest


def _persistently(tell: Callable[[], None]) -> None:
    """Call ``tell`` until Redis responds; otherwise a chain would be lost."""
    while True:
        try:
            return tell()
        except RedisError as error:
            _logger.info("Redis does not respond: %s", error)
            time.sleep(_REDIS_RETRY_SECONDS)
