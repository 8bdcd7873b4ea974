"""A small web server; the test decides every byte that it sends."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.servers.namespaces import Namespace

STEP = 16 * 1024
"""Bytes between two checks whether the client still reads."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was received."""

    path: str
    headers: dict[str, str]
    peer: str = ""

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last byte of the Range header, inclusive; None without one.

        None of several ranges too: RFC 9110 section 14.2 lets a server ignore them.
        """
        value = self.headers.get("range")
        if value is None or "," in value:
            return None
        first, _, last = value.removeprefix("bytes=").partition("-")
        return int(first), int(last)


@dataclass(slots=True)
class Wire:
    """The connection to the client; counts the bytes that were sent."""

    writer: asyncio.StreamWriter
    sent: int = 0

    async def send(self, data: bytes) -> None:
        for at in range(0, len(data), STEP):
            chunk = data[at : at + STEP]
            self.writer.write(chunk)
            await self.writer.drain()
            self.sent += len(chunk)

    async def reply(
        self, status: str, headers: dict[str, str | int], body: bytes = b""
    ) -> None:
        """Send a whole response with just these headers and Connection: close."""
        lines = [f"HTTP/1.1 {status}", *(f"{k}: {v}" for k, v in headers.items())]
        head = "\r\n".join([*lines, "Connection: close", "", ""])
        await self.send(head.encode() + body)


class App(Protocol):
    """Handles a request."""

    async def __call__(self, asked: Asked, wire: Wire, /) -> None:
        """Send a response, or none."""


@dataclass(slots=True)
class Server:
    """A running server: the requests it received, the bytes it sent by path."""

    port: int
    scheme: str = "http"
    address: str = "127.0.0.1"
    asked: list[Asked] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)

    @property
    def url(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{host}:{self.port}"


@contextmanager
def serving(
    app: App,
    *,
    tls: ssl.SSLContext | None = None,
    address: str = "127.0.0.1",
    port: int = 0,
    namespace: Namespace | None = None,
) -> Iterator[Server]:
    """Serve ``app`` at an address of this machine, or of a network namespace."""
    listen = namespace.listen if namespace else socket.create_server
    listener = listen((address, port))
    port = listener.getsockname()[1]
    server = Server(port=port, scheme="https" if tls else "http", address=address)

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        wire = Wire(writer)
        path = "?"
        try:
            asked = await _read_request(reader, writer.get_extra_info("peername")[0])
            path = asked.path
            server.asked.append(asked)
            await app(asked, wire)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has closed, or the test is over
        finally:
            server.sent[path] += wire.sent
            with suppress(OSError):
                writer.close()

    with accepting(listener, connected, tls=tls):
        yield server


@contextmanager
def accepting(
    listener: socket.socket,
    connected: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    *,
    tls: ssl.SSLContext | None = None,
) -> Iterator[None]:
    """Call ``connected`` for every connection, in an event loop in a thread."""
    loop = asyncio.new_event_loop()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep a reference to the task, which nothing else may hold."""
        task = asyncio.current_task()
        held.add(task)
        try:
            await connected(reader, writer)
        finally:
            held.discard(task)

    async def run() -> None:
        server = await asyncio.start_server(hold, sock=listener, ssl=tls)
        await stop.wait()
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    held: set[asyncio.Task[None] | None] = set()
    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Copy all data from ``source`` to ``sink``, and the end of file."""
    while data := await source.read(64 * 1024):
        sink.write(data)
        await sink.drain()
    sink.write_eof()


async def _read_request(reader: asyncio.StreamReader, peer: str) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return Asked(
        path=first.split(" ")[1],
        headers={name.lower(): value.strip() for name, _, value in pairs},
        peer=peer,
    )
