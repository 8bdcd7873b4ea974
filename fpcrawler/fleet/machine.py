"""Name the machine and the process that crawl."""

from __future__ import annotations

import os
import socket


def machine_name() -> str:
    """Return the name by which a manifest knows this machine."""
    return socket.gethostname()


def worker_name() -> str:
    """Return a readable name: the machine and the process ID."""
    return f"{machine_name()}:{os.getpid()}"
