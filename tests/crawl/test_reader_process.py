"""What a child process reads stays within its limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fpcrawler.crawl.failures import DocumentTooLarge
from fpcrawler.crawl.reader_process import ReaderProcess

MEMORY = 300 * 1024 * 1024


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    process = ReaderProcess(20, MEMORY)
    yield process
    process.kill()


def test_functions_are_called_one_after_the_other(child: ReaderProcess) -> None:
    assert [child.call(max, 1, number) for number in range(3)] == [1, 1, 2]


def test_what_a_function_raises_is_raised(child: ReaderProcess) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        child.call(int, "x")


def test_a_function_that_needs_more_memory_fails_by_name(child: ReaderProcess) -> None:
    with pytest.raises(DocumentTooLarge):
        child.call(bytes, MEMORY)
    assert child.call(max, 1, 2) == 2
