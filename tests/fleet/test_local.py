from __future__ import annotations

from threading import Event

import pytest

from fpcrawler.fleet.local import run_chains
from fpcrawler.fleet.performing import Again
from fpcrawler.fleet.watching import Stopped, Watch, wait

CHAINS = [range(3), range(3, 4), range(4, 5)]


def test_other_chains_use_the_process_until_a_retry_is_due() -> None:
    begun: list[tuple[int, int]] = []

    def perform(shard: int, attempt: int, _: Watch) -> Again | None:
        begun.append((shard, attempt))
        return Again(attempt=2, delay=0.3) if (shard, attempt) == (1, 1) else None

    run_chains(perform, CHAINS, 1, Event())
    assert begun == [(0, 1), (1, 1), (3, 1), (4, 1), (1, 2), (2, 1)]


def test_a_retry_that_is_due_comes_before_chains_that_have_not_begun() -> None:
    begun: list[tuple[int, int]] = []

    def perform(shard: int, attempt: int, _: Watch) -> Again | None:
        begun.append((shard, attempt))
        is_again = shard == 0 and attempt < 3
        return Again(attempt=attempt + 1, delay=0) if is_again else None

    run_chains(perform, CHAINS[:2], 1, Event())
    assert begun == [(0, 1), (0, 2), (0, 3), (1, 1), (2, 1), (3, 1)]


def test_a_stop_does_not_wait_for_a_retry() -> None:
    stopping = Event()

    def perform(*_: object) -> Again:
        stopping.set()
        return Again(attempt=2, delay=3_600)

    run_chains(perform, CHAINS[:1], 2, stopping)


def test_an_error_of_one_chain_ends_the_others() -> None:
    ended: list[int] = []

    def perform(shard: int, _: int, watch: Watch) -> None:
        if shard == 3:
            raise OSError("the disk is full")
        try:
            wait(watch, 60)
        except Stopped:
            ended.append(shard)
            raise

    with pytest.raises(OSError, match="the disk is full"):
        run_chains(perform, CHAINS, 2, Event())
    assert ended == [0]
