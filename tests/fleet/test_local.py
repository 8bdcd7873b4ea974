from __future__ import annotations

from threading import Event

from fpcrawler.fleet.local import run_chains
from fpcrawler.fleet.watching import RetryLater, Watch

CHAINS = [range(3), range(3, 4), range(4, 5)]


def test_other_chains_use_the_process_until_a_retry_is_due() -> None:
    begun: list[tuple[int, int]] = []

    def perform(chain: range, _: Watch, attempt: int) -> bool:
        begun.append((chain.start, attempt))
        if (chain.start, attempt) == (0, 1):
            raise RetryLater(1, 2, 0.3)
        return True

    assert run_chains(perform, CHAINS, 1, Event())
    assert begun == [(0, 1), (3, 1), (4, 1), (1, 2)]


def test_a_retry_that_is_due_comes_before_chains_that_have_not_begun() -> None:
    begun: list[tuple[int, int]] = []

    def perform(chain: range, _: Watch, attempt: int) -> bool:
        begun.append((chain.start, attempt))
        if chain.start == 0 and attempt < 3:
            raise RetryLater(0, attempt + 1, 0)
        return chain.start != 3

    assert not run_chains(perform, CHAINS, 1, Event())
    assert begun == [(0, 1), (0, 2), (0, 3), (3, 1), (4, 1)]


def test_a_stop_does_not_wait_for_a_retry() -> None:
    stopping = Event()

    def perform(*_: object) -> bool:
        stopping.set()
        raise RetryLater(0, 2, 3_600)

    assert not run_chains(perform, CHAINS[:1], 2, stopping)
