"""What a child process reads stays within its limits."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fpcrawler.crawl.failures import DocumentTooLarge
from fpcrawler.crawl.reader_process import ReaderProcess
from tests.waiting import wait_until

SECONDS = 20.0
MEMORY = 300 * 1024 * 1024


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    process = ReaderProcess(MEMORY)
    yield process
    process.kill()


def test_functions_are_called_one_after_the_other(child: ReaderProcess) -> None:
    assert [child.call(SECONDS, max, 1, number) for number in range(3)] == [1, 1, 2]


def test_what_a_function_raises_is_raised(child: ReaderProcess) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        child.call(SECONDS, int, "x")


def test_a_function_that_needs_more_memory_fails_by_name(child: ReaderProcess) -> None:
    with pytest.raises(DocumentTooLarge):
        child.call(SECONDS, bytes, MEMORY)
    assert child.call(SECONDS, max, 1, 2) == 2


AT_WORK = 10
"""Ticks of CPU time that only the endless call needs."""

PARENT = f"""
from fpcrawler.crawl.reader_process import ReaderProcess
child = ReaderProcess({MEMORY})
child.call(9, max, 1, 2)
print(child._child.pid, flush=True)
child.call(60, sum, range(10**12))
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux ends it with its parent"
)
def test_a_child_at_work_ends_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = Path(f"/proc/{parent.stdout.readline().strip()}")
        begun = ticks(child)
        wait_until(lambda: ticks(child) > begun + AT_WORK)
        parent.kill()
    wait_until(lambda: not is_running(child))


def ticks(process: Path) -> int:
    """Return the CPU time that a process has used in its own code (proc(5): utime)."""
    return int((process / "stat").read_text().rpartition(")")[2].split()[11])


def is_running(process: Path) -> bool:
    try:
        # proc(5): Z is the state of what has ended, but was not waited for.
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
