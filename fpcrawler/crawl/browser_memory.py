"""Limit the memory of each process that shows pages."""

from __future__ import annotations

import os
import resource
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def limit_renderers(limit: int) -> None:
    """Let no renderer of a Chromium below this process write to more than ``limit``.

    ``limit`` is in bytes; renderers that start later inherit it. A page whose scripts
    need more crashes, as in a browser. Chromium's own limit counts only the objects of
    scripts, and address space cannot be limited: V8 reserves terabytes. Only Linux can
    limit another process.
    """
    for process in _descendants(os.getpid()):
        with suppress(OSError):  # it has ended
            if b"--type=" in Path(f"/proc/{process}/cmdline").read_bytes():
                resource.prlimit(process, resource.RLIMIT_DATA, (limit, limit))


def _descendants(parent: int) -> Iterator[int]:
    children = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # proc(5): the name, in brackets, may have any characters.
            after_name = entry.read_bytes().rpartition(b")")[2].split()
            children[int(after_name[1])].append(int(entry.parent.name))
    left = [parent]
    while left:
        found = children[left.pop()]
        left += found
        yield from found
