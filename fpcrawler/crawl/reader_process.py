"""The parent's end of a process that reads documents."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar, cast

from fpcrawler.crawl.failures import DocumentTooLarge, DocumentTooSlow
from fpcrawler.crawl.reader_child import received, send

_Result = TypeVar("_Result")


class ReaderProcess:
    """Calls functions in the child, one after the other; blocks until each returns.

    ``memory`` bytes are for the child; ``niceness``: that of nice(2). The child ends
    with the thread that starts it.
    """

    def __init__(self, memory: int, niceness: int = 0) -> None:
        child = "fpcrawler.crawl.reader_child"
        self._child = subprocess.Popen(  # noqa: S603 - it is our own module
            [sys.executable, "-m", child, *map(str, (memory, niceness, os.getpid()))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            start_new_session=True,  # ctrl-C in a terminal is for the crawl
        )

    def call(
        self, seconds: float, function: Callable[..., _Result], *arguments: object
    ) -> _Result:
        """Return what a function of a module returns, or raise what it raises.

        Raises DocumentTooSlow if it needs more than ``seconds`` of CPU time, and
        DocumentTooLarge if it needs more memory. After any of these, kill the child.
        """
        child = self._child
        assert child.stdin is not None  # noqa: S101 - both are pipes
        assert child.stdout is not None  # noqa: S101
        try:
            send(child.stdin, (seconds, function, arguments))
            answer = received(child.stdout)
        except (OSError, EOFError):
            is_slow = child.wait() == -signal.SIGPROF
            raise (DocumentTooSlow if is_slow else DocumentTooLarge) from None
        result, error = cast("tuple[_Result, Exception | None]", answer)
        if isinstance(error, MemoryError):
            raise DocumentTooLarge from None
        if error is not None:
            raise error
        return result

    def kill(self) -> None:
        """End the child at once; a call that waits for it fails."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with suppress(OSError):  # what is still buffered cannot be sent
                    pipe.close()
