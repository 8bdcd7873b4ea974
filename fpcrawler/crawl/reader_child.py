"""Read documents in a process of its own.

``python -m fpcrawler.crawl.reader_child BYTES NICENESS PARENT`` takes functions of
modules, with their arguments and their seconds of CPU time, from stdin, and writes to
stdout what came of each, until stdin ends. BYTES are for the address space, NICENESS is
that of nice(2), PARENT the process whose end ends this one.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from typing import IO, TypeAlias, cast

_Call: TypeAlias = tuple[float, Callable[..., object], tuple[object, ...]]

_PR_SET_PDEATHSIG = 1  # prctl(2)

_LENGTH = 8
"""Bytes of the number before each message."""


def send(stream: IO[bytes], message: object) -> None:
    """Write a message."""
    data = pickle.dumps(message)
    stream.write(len(data).to_bytes(_LENGTH, "big"))
    stream.write(data)
    stream.flush()


def received(stream: IO[bytes]) -> object:
    """Read a message; raises EOFError if there is none, or if it is cut."""
    length = int.from_bytes(stream.read(_LENGTH), "big")
    data = stream.read(length)
    if not length or len(data) < length:
        raise EOFError
    return pickle.loads(data)  # noqa: S301 - both ends are ours


def _end_with(parent: int) -> None:
    """Let the kernel end this process when the thread that started it ends.

    A crawl that is killed cannot end its children, and a child that is at work does not
    see that stdin has ended. Only Linux can do this.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it had ended before
        sys.exit()


def _answer(message: object) -> tuple[object, BaseException | None]:
    seconds, function, arguments = cast("_Call", message)
    # SIGPROF ends this process. RLIMIT_CPU would do, but counts in whole seconds.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return function(*arguments), None
    except Exception as error:  # noqa: BLE001 - it is passed on
        return None, error


def _serve(stdin: IO[bytes], stdout: IO[bytes], memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would hold a document
    try:
        while True:
            send(stdout, _answer(received(stdin)))
            signal.setitimer(signal.ITIMER_PROF, 0)
    except (EOFError, BrokenPipeError):
        pass  # the crawl has ended


if __name__ == "__main__":
    _memory, _niceness, _parent = map(int, sys.argv[1:])
    _end_with(_parent)
    os.nice(_niceness)
    _serve(sys.stdin.buffer, sys.stdout.buffer, _memory)
