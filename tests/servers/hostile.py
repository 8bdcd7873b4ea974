"""Many hosts on addresses of loopback: those that serve, and those that only hold."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from math import inf

from tests.servers.http import accepting
from tests.servers.quirks import GALLERY

PHOTO = (GALLERY / "harbour.jpg").read_bytes()
TWO_RANGES = (GALLERY / "night.png").read_bytes()
"""An image of which a further range is requested."""

GOOD, SILENT, SLOW = 4, 2, 3
"""The last number of an address: its host serves, never responds, or serves the first
range of an image only."""

SLOW_SECONDS = 2.5
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def hosts_of(kind: int, number: int) -> list[str]:
    """Return addresses of hosts; those of all kinds are mixed when sorted."""
    return [f"127.{1 + at // 250}.{1 + at % 250}.{kind}" for at in range(number)]


@dataclass(slots=True)
class Network:
    """All hosts of 127.0.0.0/8 at one port, and what happened when."""

    port: int
    holds: float
    good: float = inf
    """The bad hosts hold what they are asked for so many seconds, or until so many
    ranges of good hosts were sent."""

    held: int = 0
    """Requests that bad hosts hold, or have held."""

    served: list[tuple[float, str]] = field(default_factory=list)
    """The time and the host of each range that was sent."""

    _are_served: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop = field(init=False)

    def urls(self, kind: int, *, hosts: int, images: int) -> list[str]:
        """Return the URLs of images, in turn from each host."""
        addresses = hosts_of(kind, hosts)
        return [
            f"http://{address}:{self.port}/{number}.jpg"
            for number in range(images)
            for address in addresses
        ]

    def release(self) -> None:
        """Let the bad hosts go on; they serve what they held, and all else."""
        self._loop.call_soon_threadsafe(self._are_served.set)

    async def handle(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer the requests of one connection."""
        self._loop = asyncio.get_running_loop()
        host = writer.get_extra_info("sockname")[0]
        with closing(writer):
            try:
                while head := await reader.readuntil(b"\r\n\r\n"):
                    await self._answer(host, head.decode("latin-1"), writer)
            except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass  # the client has closed, or the test is over

    async def _answer(self, host: str, head: str, writer: asyncio.StreamWriter) -> None:
        kind = int(host.rpartition(".")[2])
        if kind == SILENT:
            await self._hold(3600)
        _, has_range, rest = head.partition("Range: bytes=")
        if not has_range:
            writer.write(_NOT_FOUND)
            return
        first, last = map(int, rest.partition("\r\n")[0].split("-"))
        if kind == SLOW and first:
            await self._hold(self.holds)
        photo = TWO_RANGES if kind == SLOW else PHOTO
        body = photo[first : last + 1]
        span = f"bytes {first}-{first + len(body) - 1}/{len(photo)}"
        fields = f"Content-Range: {span}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(f"HTTP/1.1 206 Partial Content\r\n{fields}".encode() + body)
        self.served.append((time.monotonic(), host))
        self.good -= kind == GOOD
        if self.good <= 0:
            self._are_served.set()

    async def _hold(self, seconds: float) -> None:
        self.held += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(self._are_served.wait(), seconds)


@contextmanager
def network(*, holds: float = SLOW_SECONDS, good: float = inf) -> Iterator[Network]:
    """Serve at each address of loopback."""
    listener = socket.create_server(("0.0.0.0", 0), backlog=4_096)
    hosts = Network(listener.getsockname()[1], holds, good)
    with accepting(listener, hosts.handle):
        yield hosts
