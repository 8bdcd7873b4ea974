"""Ctrl-C while DuckDB is at work."""

from __future__ import annotations

import signal
import socket
from contextlib import contextmanager
from threading import Thread, current_thread, main_thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection


@contextmanager
def interruptible(connection: DuckDBPyConnection) -> Iterator[None]:
    """Let ctrl-C end a query of ``connection`` at once.

    The query then raises ``duckdb.InterruptException``, or what follows it
    KeyboardInterrupt. Left to itself DuckDB looks for signals between its tasks:
    reading 2 GB took 10 to 35 s to end.
    """
    if current_thread() is not main_thread():  # others get no signals
        yield
        return
    told, telling = socket.socketpair()
    telling.settimeout(0)
    before = signal.set_wakeup_fd(telling.fileno(), warn_on_full_buffer=False)
    watcher = Thread(target=_watch, args=(told, connection), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        telling.close()
        watcher.join()
        told.close()


def _watch(told: socket.socket, connection: DuckDBPyConnection) -> None:
    """Interrupt for each SIGINT that is told, until nothing more can be."""
    while signals := told.recv(64):
        if signal.SIGINT in signals:
            connection.interrupt()
