"""A crawl that ends with the worker that started it, and within its memory.

``python -m fpcrawler.fleet.child WORKER_PID BYTES crawl images …``
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from threading import Thread

from scrapy.cmdline import execute

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with(worker: int) -> None:
    """Have this process killed when ``worker``, its parent, is gone.

    Linux does it even where the interpreter is busy in one long match. Else a
    thread waits for the end of stdin, whose other end the worker holds.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    Thread(target=_end_with_stdin, daemon=True).start()
    if os.getppid() != worker:  # it was gone before
        os.killpg(0, signal.SIGKILL)


def limit_memory(limit: int) -> None:
    """Let no more than ``limit`` bytes of private memory be taken; else MemoryError."""
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _end_with_stdin() -> None:
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    parent, memory = sys.argv[1:3]
    del sys.argv[1:3]
    die_with(int(parent))
    # Of libraries that multiply matrices on all processors a crawl has no need.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    limit_memory(int(memory))
    execute()
