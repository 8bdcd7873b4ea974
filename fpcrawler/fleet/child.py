"""Run a crawl that ends with its worker and has a memory limit.

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
    """Kill this process when ``worker``, its parent (process ID), has ended.

    Linux does so even while the interpreter is busy in one long regex match. On
    other systems, a thread waits for the end of stdin, a pipe from the worker.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    Thread(target=_end_with_stdin, daemon=True).start()
    if os.getppid() != worker:  # it ended before prctl
        os.killpg(0, signal.SIGKILL)


def limit_memory(limit: int) -> None:
    """Limit private memory to ``limit`` bytes; beyond it, MemoryError is raised."""
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _end_with_stdin() -> None:
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    parent, memory = sys.argv[1:3]
    del sys.argv[1:3]
    die_with(int(parent))
    # A crawl multiplies no matrices, so OpenBLAS needs no thread per processor.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    limit_memory(int(memory))
    execute()
