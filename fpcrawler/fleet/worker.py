"""``scrapy fleet work``: takes shards from Redis, crawls them, puts back the rest."""

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
_PATIENCE = 1.0
"""Seconds between two tries of what Redis has to do."""
_AWAY = 30.0
"""Seconds until a shard is taken again whose place does not answer."""
_STOP_MS = 120_000
"""Milliseconds for crawls to end what is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseWatch:
    """Lets a crawl go on until the worker stops or another has the shard.

    Where Redis is away for long, another may have it: then the crawl ends, for
    the sake of its hosts, and the shard goes back once Redis is there.
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
    """Dramatiq's worker; each of its threads waits for one crawl."""

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
        # A worker that is busy keeps no shard from another that is not.
        self._worker.queue_prefetch = processes

    def run(self) -> None:
        """Work until told to stop; then end what is under way."""
        self._worker.start()
        self.stopping.wait()
        self._worker.stop(timeout=_STOP_MS)

    def take(self, **ticket: str | int) -> None:
        """Crawl a shard of the queue. Whatever happens, the queue has it until then.

        Dramatiq forgets a message when this returns, and gives it to another
        worker if it does not.
        """
        taken = Ticket(**ticket)  # type: ignore[arg-type]
        try:
            steps = self._steps(taken)
        except Exception:
            _logger.exception("shard %05d", taken.shard)
            steps = [Step(shard=taken.shard, attempt=taken.attempt, delay=_AWAY)]
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
        again = Step(shard=ticket.shard, attempt=ticket.attempt, delay=_AWAY)
        try:
            place, manifest = self._fleet(ticket)
        except (BadInput, OSError) as error:
            _logger.warning("shard %05d: %s", ticket.shard, error)
            return [again]
        if manifest.id != ticket.fleet:
            _logger.warning("%s has another list now; a shard is dropped", place.uri)
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
            # Before the next shard of the chain is in the queue.
            lease.release()

    def _fleet(self, ticket: Ticket) -> tuple[Place, Manifest]:
        """Return a place and its manifest, read again if it is not the one meant."""
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
    """Ask Redis until it answers: what it does not know of would be lost."""
    while True:
        try:
            return ask()
        except (RedisError, BrokerConnectionError) as error:
            _logger.info("Redis does not answer: %s", error)
            time.sleep(_PATIENCE)
