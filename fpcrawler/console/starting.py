"""What ctrl-C does while the program starts."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.program import program

if TYPE_CHECKING:
    from types import FrameType

_STDERR = 2


def end_on_ctrl_c() -> None:
    """Let ctrl-C end the process with one line, unless it is ignored or handled.

    A KeyboardInterrupt would print where the interpreter imports modules.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, end_at_start)


def end_at_start(_number: int, _frame: FrameType | None) -> None:
    """Say that the command was stopped, and end the process; it holds nothing yet."""
    line = "\n" if sys.stderr is not None and sys.stderr.isatty() else ""
    with suppress(OSError):
        os.write(_STDERR, f"{line}{program()}: stopped before the start\n".encode())
    os._exit(ExitCode.STOPPED)
