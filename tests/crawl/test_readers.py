"""Slow documents wait; those of other sites do not wait for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from fpcrawler.crawl.failures import DocumentTooSlow
from fpcrawler.crawl.readers import Readers

MEMORY = 300 * 1024 * 1024
ENDLESS: Callable[[], object] = partial(sum, range(10**12))
QUICK: Callable[[], object] = partial(max, 1, 2)


async def outcomes(seconds: float, documents: list[tuple[str, bool]]) -> list[str]:
    """Return the hosts of documents, which are quick or not, as they are read."""
    readers = Readers(seconds, MEMORY)
    ended: list[str] = []

    async def read(host: str, *, is_quick: bool) -> None:
        try:
            await readers.read(host, QUICK if is_quick else ENDLESS)
            ended.append(host)
        except DocumentTooSlow:
            ended.append(f"{host} is too slow")

    async with asyncio.TaskGroup() as tasks:
        for host, is_quick in documents:
            tasks.create_task(read(host, is_quick=is_quick))
    readers.close()
    return ended


def test_a_quick_document_waits_for_no_slow_one_of_a_known_site() -> None:
    slow = [f"127.0.2.{number}" for number in range(1, 5)]
    documents = [*((host, False) for host in slow), ("a.example", True)]
    ended = asyncio.run(outcomes(0.7, documents))

    assert ended[0] == "a.example"
    assert sorted(ended[1:]) == [f"{host} is too slow" for host in slow]


def test_a_document_that_is_cancelled_gives_its_turn_back() -> None:
    async def read() -> object:
        readers = Readers(60, MEMORY)
        endless = [
            asyncio.create_task(readers.read(f"{number}.example", ENDLESS))
            for number in range(4)
        ]
        await asyncio.sleep(0)
        for task in endless:
            task.cancel()
        result = await readers.read("a.example", QUICK)
        readers.close()
        return result

    assert asyncio.run(read()) == max(1, 2)


@pytest.mark.parametrize("seconds", [0.2, 0.7])
def test_a_document_beyond_the_limit_fails_by_name(seconds: float) -> None:
    assert asyncio.run(outcomes(seconds, [("a", False)])) == ["a is too slow"]
