"""Crawl a shard and decide what comes next, for workers and local runs."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.console.text import count_in_words
from fpcrawler.fleet.crawling import Attempt, Failed, Interruption, Limits, Outcome
from fpcrawler.fleet.ledger import parked_of, result_of
from fpcrawler.fleet.manifest import Manifest, Parked, Result
from fpcrawler.fleet.queue import worker_name
from fpcrawler.fleet.shards import retry_delay

if TYPE_CHECKING:
    from fpcrawler.fleet.crawling import Watch
    from fpcrawler.fleet.places.place import Place

_logger = logging.getLogger(__name__)
_RETRY_DELAY = 30.0
"""Seconds until a retry if the place or the machine failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A shard to crawl next, in ``delay`` seconds."""

    shard: int
    attempt: int = 1
    delay: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The retries of a failed shard: how often, and the first delay in seconds."""

    times: int
    delay: float

    def steps(
        self, outcome: Outcome, step: Step, chain: range
    ) -> tuple[list[Step], bool]:
        """Return the steps to crawl next, and whether the shard is given up.

        A chain continues after a shard that is given up.
        """
        match outcome:
            case Result():
                return _following(step, chain), False
            case Failed() if step.attempt > self.times:
                return _following(step, chain), True
            case Failed():
                delay = retry_delay(step.attempt, self.delay)
                again = Step(shard=step.shard, attempt=step.attempt + 1, delay=delay)
                return [again], False
            case Interruption.STOPPED:
                return [Step(shard=step.shard, attempt=step.attempt)], False
        return [], False  # another worker has it


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardRunner:
    """Crawls shards within limits; reports the outcome of each in one line."""

    limits: Limits
    policy: Policy
    scratch: Path
    report: Callable[[str], None]

    def perform(
        self, place: Place, manifest: Manifest, step: Step, watch: Watch
    ) -> list[Step]:
        """Crawl a shard unless it is done; return the steps to crawl next."""
        try:
            return self._performed(place, manifest, step, watch)
        except OSError as error:  # the shard did not fail, so this is not an attempt
            _logger.warning("shard %05d: %s; retried later", step.shard, error)
            return [Step(shard=step.shard, attempt=step.attempt, delay=_RETRY_DELAY)]

    def _performed(
        self, place: Place, manifest: Manifest, step: Step, watch: Watch
    ) -> list[Step]:
        chain = manifest.chain_of[step.shard]
        outcome: Outcome | None = result_of(place, manifest, step.shard)
        if outcome is None and parked_of(place, manifest, step.shard) is not None:
            return _following(step, chain)  # retried only with --retry
        if outcome is None:
            outcome = Attempt(
                place=place,
                manifest=manifest,
                shard=step.shard,
                attempt=step.attempt,
                worker=worker_name(os.getpid()),
                limits=self.limits,
                scratch=self.scratch,
            ).run(watch)
            self._report(outcome, step)
        steps, is_given_up = self.policy.steps(outcome, step, chain)
        if is_given_up and isinstance(outcome, Failed) and manifest.is_at(place):
            Parked(
                fleet=manifest.id,
                shard=step.shard,
                reason=outcome.reason,
                attempts=step.attempt,
                worker=worker_name(os.getpid()),
                log=outcome.log,
            ).save(place)
        return steps

    def _report(self, outcome: Outcome, step: Step) -> None:
        name = f"shard {step.shard:05}"
        match outcome:
            case Result():
                self.report(
                    f"{name}: {count_in_words(outcome.records, 'record')} from "
                    f"{count_in_words(outcome.urls, 'URL')} "
                    f"in {outcome.seconds:,.0f} s"
                )
            case Failed():
                self.report(f"{name}: attempt {step.attempt} failed: {outcome.reason}")
            case Interruption.STOPPED:
                self.report(f"{name}: stopped, to be crawled again")
            case Interruption.LOST:
                self.report(f"{name}: taken over by another worker or another list")


def _following(step: Step, chain: range) -> list[Step]:
    return [Step(shard=number) for number in chain if number == step.shard + 1]
