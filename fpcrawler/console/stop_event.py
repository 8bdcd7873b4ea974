"""The first signal stops a command; a second one ends its process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from threading import Event
from types import FrameType

from fpcrawler.console.exit_codes import ExitCode


def stop_by_signal(report: Callable[[str], None]) -> Event:
    """Return an event that the first ctrl-C or SIGTERM sets, with a line to the user.

    A second signal ends the process, and children that end with it, as STOPPED.
    """
    stopping = Event()

    def stop(_: int, __: FrameType | None) -> None:
        if stopping.is_set():
            os._exit(ExitCode.STOPPED)
        stopping.set()
        report("stopping; a second signal stops immediately")

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return stopping
