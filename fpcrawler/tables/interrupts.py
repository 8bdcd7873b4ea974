"""Stop a query of DuckDB by a signal."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread, current_thread, main_thread
from types import FrameType

import duckdb

_STOPPING = (signal.SIGINT, signal.SIGTERM)
_PATIENCE = 1.0
"""Seconds to wait for the watcher thread; an interpreter that exits stops it."""


@contextmanager
def interruptible(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Make ctrl-C and SIGTERM end a query of ``connection`` immediately.

    This holds for signals that Python handles. Either the query raises
    ``duckdb.InterruptException``, or the code after it raises the exception of the
    handler, but not both. Without this, DuckDB checks for signals only between its
    tasks: reading 2 GB took 10 to 35 s to stop.
    """
    if current_thread() is not main_thread():  # only the main thread gets signals
        yield
        return
    receiver, sender = socket.socketpair()
    sender.settimeout(0)
    before = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
    watcher = Thread(target=_watch, args=(receiver, connection), daemon=True)
    watcher.start()
    handlers = {number: signal.getsignal(number) for number in _STOPPING}
    for number, handler in handlers.items():
        if callable(handler):
            signal.signal(number, _once(handler))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            if callable(handler):
                signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        sender.close()
        watcher.join(_PATIENCE)
        receiver.close()


def _watch(receiver: socket.socket, connection: duckdb.DuckDBPyConnection) -> None:
    """Interrupt the query for each signal, until the other end is closed."""
    while signals := receiver.recv(64):
        if any(number in signals for number in _STOPPING):
            # The connection may be closed already.
            with suppress(duckdb.ConnectionException):
                connection.interrupt()


def _once(
    handler: Callable[[int, FrameType | None], object],
) -> Callable[[int, FrameType | None], None]:
    """Return a handler that skips a signal while DuckDB's exception for it is raised.

    Python calls handlers between two instructions. After an interrupted query the
    next instruction is in the ``__exit__`` of an outer block. A second exception there
    would skip its cleanup.
    """

    def handle(number: int, frame: FrameType | None) -> None:
        if not isinstance(sys.exception(), duckdb.InterruptException):
            handler(number, frame)

    return handle
