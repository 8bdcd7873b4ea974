"""All that a command writes to files, those it deletes included, as strace saw it."""

from __future__ import annotations

import os
import re
import shutil
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

needs_strace = pytest.mark.skipif(
    not shutil.which("strace"), reason="strace is not installed"
)

_WRITES = ("write", "pwrite64", "writev", "pwritev", "pwritev2")
_REFUSED = ("sendfile", "copy_file_range", "splice", "io_uring_setup")
"""Calls that write what strace does not show. They fail, and programs use others."""
_CALL = re.compile(r"\d+ +(\w+)\((.*)")
_DESCRIPTOR = re.compile(r"\d+<(\\x2f[^>]*)>(?:\(deleted\))?")
_TEXT = re.compile(r'(?:[0-9a-f]>(?:\(deleted\))?, |iov_base=)"((?:\\x[0-9a-f]{2})*)"')
_NO_FILE = ("/dev/", "/proc/", "/memfd:")
"""Devices, the kernel, and memory: Linux keeps files of /dev/shm in memory only."""


@dataclass(frozen=True, slots=True)
class Writes:
    """All writes of a command.

    ``files``: path to all bytes written there, in order. ``mapped``: files that are
    written as memory, which strace does not show.
    """

    files: dict[str, bytes]
    mapped: set[str]


def traced(trace: Path) -> tuple[str, ...]:
    """Return the command that runs another one, and notes its writes in ``trace``."""
    calls = f"trace={','.join((*_WRITES, 'mmap'))},{','.join(_REFUSED)}"
    refused = f"inject={','.join(_REFUSED)}:error=ENOSYS"
    shown = ("-y", "-xx", "-s", str(2**28), "-e", calls, "-e", refused)
    return ("strace", "-f", "-qq", "--seccomp-bpf", *shown, "-o", str(trace))


def writes_of(trace: Path) -> Writes:
    """Read what ``traced`` noted, by all processes that the command started."""
    parts: defaultdict[str, list[bytes]] = defaultdict(list)
    mapped = set()
    with trace.open(encoding="ascii") as lines:
        for line in lines:
            call = _CALL.match(line)
            if call is None:  # the end of a call that began in an earlier line
                continue
            name, arguments = call.groups()
            path = _path(arguments)
            if path is None or name in _REFUSED:
                continue
            if name != "mmap":
                parts[path] += map(_bytes, _TEXT.findall(arguments))
            elif "MAP_SHARED" in arguments and "PROT_WRITE" in arguments:
                mapped.add(path)
    return Writes({path: b"".join(each) for path, each in parts.items()}, mapped)


def _path(arguments: str) -> str | None:
    """Return the file that is written to; None for a socket, a pipe or a terminal."""
    descriptor = _DESCRIPTOR.search(arguments)
    if descriptor is None:
        return None
    path = os.fsdecode(_bytes(descriptor[1]))
    return None if path.startswith(_NO_FILE) else path


def _bytes(digits: str) -> bytes:
    return bytes.fromhex(digits.replace("\\x", ""))
