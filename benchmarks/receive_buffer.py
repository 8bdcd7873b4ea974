"""Measure what a limit of the receive buffer saves, and what it costs.

``python -m benchmarks.receive_buffer`` reads the first range of a server that ignores
Range and sends 64 MiB, and closes. It prints how many bytes this kernel received, and
how many the server had written by then, into its own send buffer too. Then it reads a
page of 3 MiB whole. Each with the default buffer, with SO_RCVBUF before and after
connect, and with TCP_WINDOW_CLAMP; over loopback, and over a network with a round trip
of 20 and 200 ms (``benchmarks.round_trip``), as root.
"""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from statistics import median

from benchmarks.round_trip import FAR, HERE, far_away
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from tests.commands import environment

LIMIT = 256 * 1_024
"""Linux doubles the value of SO_RCVBUF (socket(7))."""
ENDLESS, PAGE = 64 << 20, 3 << 20
DELAYS_MS = (20, 200)
RUNS = 5
_BUSY_SECONDS = 0.05
"""The time that the event loop may need until it closes the connection."""

_REQUEST = b"GET / HTTP/1.1\r\n\r\n"
_HEAD = b"HTTP/1.1 200 OK\r\n\r\n"
_CHUNK = 65_536
_BYTES_RECEIVED = 128
"""Offset of ``tcpi_bytes_received``, 8 bytes, in linux/tcp.h's struct tcp_info."""

Option = Callable[[socket.socket], None]


def _nothing(_: socket.socket) -> None:
    pass


def _receive_buffer(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LIMIT // 2)


def _window_clamp(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_WINDOW_CLAMP, LIMIT)


OPTIONS: dict[str, tuple[Option, Option]] = {
    "default": (_nothing, _nothing),
    "SO_RCVBUF before connect": (_receive_buffer, _nothing),
    "SO_RCVBUF after connect": (_nothing, _receive_buffer),
    "TCP_WINDOW_CLAMP": (_nothing, _window_clamp),
}


@contextmanager
def sending(address: str, length: int) -> Iterator[tuple[int, list[int]]]:
    """Send ``length`` bytes to one client; yields the port, and what was written."""
    written: list[int] = []

    def run() -> None:
        connection, _ = listener.accept()
        sent = 0
        with connection, suppress(OSError):  # the client has closed
            connection.recv(_CHUNK)
            connection.sendall(_HEAD)
            while sent < length:
                sent += connection.send(bytes(min(_CHUNK, length - sent)))
        written.append(sent)

    with socket.create_server((address, 0)) as listener:
        server = threading.Thread(target=run)
        server.start()
        yield listener.getsockname()[1], written
        server.join()


def read(address: tuple[str, int], options: tuple[Option, Option], wanted: int) -> int:
    """Read ``wanted`` bytes, then close; return what the kernel had received."""
    before, after = options
    with socket.socket() as connection:
        before(connection)
        connection.connect(address)
        after(connection)
        connection.sendall(_REQUEST)
        got = -len(_HEAD)
        while got < wanted:
            got += len(connection.recv(_CHUNK))
        if wanted < PAGE:
            time.sleep(_BUSY_SECONDS)
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    received: int = struct.unpack_from("Q", info, _BYTES_RECEIVED)[0]
    return received


def measure(name: str, client: str, server: str) -> None:
    """Print a line for each option."""
    for option, options in OPTIONS.items():
        received, written, seconds = [], [], []
        for _ in range(RUNS):
            with sending(server, ENDLESS) as (port, sent):
                received.append(read((client, port), options, SAMPLE_BYTES))
            written += sent
            with sending(server, PAGE) as (port, _):
                started = time.monotonic()
                read((client, port), options, PAGE)
                seconds.append(time.monotonic() - started)
        print(
            f"{name:<10}{option:<26}{median(received):>10,.0f}{median(written):>11,.0f}"
            f"{min(seconds):>8.2f}",
            flush=True,
        )


def main() -> None:
    """Print the table."""
    print(f"{'':<36}{'received':>10}{'written':>11}{'page, s':>8}", flush=True)
    measure("loopback", "127.0.0.1", "127.0.0.1")
    for delay in DELAYS_MS:
        with far_away(delay) as inside:
            again = [sys.executable, "-m", "benchmarks.receive_buffer", f"{delay} ms"]
            subprocess.run(inside.command(*again), env=environment(), check=True)


if __name__ == "__main__":
    if sys.argv[1:]:
        measure(sys.argv[1], FAR, HERE)
    else:
        main()
