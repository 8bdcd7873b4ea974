"""Signals to stop while DuckDB is at work."""

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
"""Seconds for the watcher to end; an interpreter that ends lets it run no more."""


@contextmanager
def interruptible(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let a signal to stop end a query of ``connection`` at once.

    Such are ctrl-C and SIGTERM, where Python handles them. The query then raises
    ``duckdb.InterruptException``, or what follows it what the handler raises, but not
    both. Left to itself DuckDB looks for signals between its tasks: reading 2 GB took
    10 to 35 s to end.
    """
    if current_thread() is not main_thread():  # others get no signals
        yield
        return
    told, telling = socket.socketpair()
    telling.settimeout(0)
    before = signal.set_wakeup_fd(telling.fileno(), warn_on_full_buffer=False)
    watcher = Thread(target=_watch, args=(told, connection), daemon=True)
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
        telling.close()
        watcher.join(_PATIENCE)
        told.close()


def _watch(told: socket.socket, connection: duckdb.DuckDBPyConnection) -> None:
    """Interrupt for each signal that is told, until nothing more can be."""
    while signals := told.recv(64):
        if any(number in signals for number in _STOPPING):
            # A signal that comes before or behind all queries ends the database.
            with suppress(duckdb.ConnectionException):
                connection.interrupt()


def _once(
    handler: Callable[[int, FrameType | None], object],
) -> Callable[[int, FrameType | None], None]:
    """Pass a signal on, unless DuckDB's exception for it is on its way.

    Python calls handlers between two of its instructions. After a query that was
    interrupted the first of these is in the ``__exit__`` of what was entered
    before: a second exception there would leave that undone.
    """

    def handle(number: int, frame: FrameType | None) -> None:
        if not isinstance(sys.exception(), duckdb.InterruptException):
            handler(number, frame)

    return handle
