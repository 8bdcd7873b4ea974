"""``scrapy fleet work``: take shards from Redis, crawl them, enqueue the next."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock
from typing import TYPE_CHECKING, TypeVar

import dramatiq
from dramatiq.errors import BrokerConnectionError
from redis import RedisError

from fpcrawler.errors import BadInput
from fpcrawler.fleet.broker import QUEUE
from fpcrawler.fleet.crawling import Interruption
from fpcrawler.fleet.manifest import Manifest
from fpcrawler.fleet.places.opening import place_of
from fpcrawler.fleet.queue import ACTOR, Queue, Running, Ticket, worker_name
from fpcrawler.fleet.shard_runner import ShardRunner, Step

if TYPE_CHECKING:
    from fpcrawler.fleet.lease import Lease
    from fpcrawler.fleet.places.place import Place

_T = TypeVar("_T")
_logger = logging.getLogger(__name__)
_REDIS_RETRY_SECONDS = 1.0
"""Seconds between two attempts to reach Redis."""
_RETRY_DELAY = 30.0
"""Seconds until a shard is retried whose place cannot be reached."""
_STOP_MS = 120_000
"""Milliseconds in which running crawls may end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseWatch:
    """Interrupts a crawl when the worker stops or another worker has the shard.

    If Redis cannot be reached for long, another worker may have the shard. Then
    the crawl ends, so that its hosts are not crawled twice at the same time, and
    the shard is enqueued again once Redis responds.
    """

    lease: Lease
    stopping: Event

    def interruption(self) -> Interruption | None:
        if self.lease.is_lost:
            return Interruption.LOST
        has_to_stop = self.stopping.is_set() or self.lease.is_overdue
        return Interruption.STOPPED if has_to_stop else None

    def may_store(self) -> bool:
        return until_redis_answers(self.lease.confirm)


class Worker:
    """Runs Dramatiq's worker; each of its threads waits for one crawl."""

    def __init__(self, queue: Queue, runner: ShardRunner, processes: int) -> None:
        self.stopping = Event()
        self._queue = queue
        self._runner = runner
        self._fleets: dict[str, tuple[Place, Manifest]] = {}
        self._opening = Lock()
        declare = dramatiq.actor(
            actor_name=ACTOR, queue_name=QUEUE, broker=queue.broker
        )
        declare(self.take)
        self._worker = dramatiq.Worker(
            queue.broker, queues={QUEUE}, worker_threads=processes
        )
        # A busy worker prefetches nothing that an idle worker could crawl.
        self._worker.queue_prefetch = processes

    def run(self) -> None:
        """Work until ``stopping`` is set; then end the running crawls."""
        self._worker.start()
        self.stopping.wait()
        self._worker.stop(timeout=_STOP_MS)

    def take(self, **ticket: str | int) -> None:
        """Crawl a shard of the queue, then enqueue the next steps.

        Dramatiq removes the message only when this method returns. If it never
        returns, Dramatiq gives the message to another worker.
        """
        taken = Ticket(**ticket)  # type: ignore[arg-type]
        try:
            steps = self._steps(taken)
        except Exception:
            _logger.exception("shard %05d", taken.shard)
            steps = [Step(shard=taken.shard, attempt=taken.attempt, delay=_RETRY_DELAY)]
        for step in steps:
            following = Ticket(
                place=taken.place,
                fleet=taken.fleet,
                shard=step.shard,
                attempt=step.attempt,
            )
            until_redis_answers(lambda: self._queue.put(following, delay=step.delay))  # noqa: B023

    def _steps(self, ticket: Ticket) -> list[Step]:
        step = Step(shard=ticket.shard, attempt=ticket.attempt)
        again = Step(shard=ticket.shard, attempt=ticket.attempt, delay=_RETRY_DELAY)
        try:
            place, manifest = self._fleet(ticket)
        except (BadInput, OSError) as error:
            _logger.warning("shard %05d: %s", ticket.shard, error)
            return [again]
        if manifest.id != ticket.fleet:
            _logger.warning("%s has another list now; shard dropped", place.uri)
            return []
        lease = self._queue.lease(
            place.uri,
            manifest.id,
            manifest.chain_of[ticket.shard].start,
            Running(
                shard=ticket.shard,
                attempt=ticket.attempt,
                worker=worker_name(os.getpid()),
                since=time.time(),
            ),
        )
        if not until_redis_answers(lease.take):
            delay = self._queue.lease_seconds / 2
            return [Step(shard=ticket.shard, attempt=ticket.attempt, delay=delay)]
        try:
            watch = LeaseWatch(lease=lease, stopping=self.stopping)
            return self._runner.perform(place, manifest, step, watch)
        finally:
            # Release it before the next shard of the chain is enqueued.
            lease.release()

    def _fleet(self, ticket: Ticket) -> tuple[Place, Manifest]:
        """Return a place and its manifest; read it again if another fleet is meant."""
        with self._opening:
            known = self._fleets.get(ticket.place)
            if known is not None and known[1].id == ticket.fleet:
                return known
            place = place_of(ticket.place)
            manifest = Manifest.load(place)
            if manifest is None:
                raise BadInput(f"{ticket.place} has no manifest on this machine")
            self._fleets[ticket.place] = place, manifest
            return place, manifest


def until_redis_answers(ask: Callable[[], _T]) -> _T:
    """Call ``ask`` until Redis responds; otherwise a shard would be lost."""
    while True:
        try:
            return ask()
        except (RedisError, BrokerConnectionError) as error:
            _logger.info("Redis does not respond: %s", error)
            time.sleep(_REDIS_RETRY_SECONDS)
