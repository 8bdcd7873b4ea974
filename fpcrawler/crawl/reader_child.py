"""Read documents in a process of its own.

``python -m fpcrawler.crawl.reader_child SECONDS BYTES`` takes functions of modules and
their arguments from stdin, and writes to stdout what came of each, until stdin ends.
SECONDS of CPU time are for each call, BYTES for the address space.
"""

from __future__ import annotations

import pickle
import resource
import sys
from collections.abc import Callable
from time import process_time
from typing import IO, TypeAlias, cast

_Call: TypeAlias = tuple[Callable[..., object], tuple[object, ...]]

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


def _limit_cpu(seconds: int) -> None:
    """Let the kernel end this process after so much more CPU time, by SIGXCPU."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = int(process_time()) + 1 + seconds
    if hard == resource.RLIM_INFINITY or until < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def _answer(message: object) -> tuple[object, BaseException | None]:
    function, arguments = cast("_Call", message)
    try:
        return function(*arguments), None
    except Exception as error:  # noqa: BLE001 - it is passed on
        return None, error


def _serve(stdin: IO[bytes], stdout: IO[bytes], seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would hold a document
    try:
        while True:
            _limit_cpu(seconds)
            send(stdout, _answer(received(stdin)))
    except (EOFError, BrokenPipeError):
        pass  # the crawl has ended


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer, *map(int, sys.argv[1:]))
