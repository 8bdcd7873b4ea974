"""A SOCKS5 proxy that takes every name for one server, or for none."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Literal

from tests.servers.http import accepting, pump

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST_UNREACHABLE = b"\x04"


@contextmanager
def socks(
    port: int, *, does: Literal["connect", "refuse", "hang"] = "connect"
) -> Iterator[str]:
    """Pass on to a loopback port as RFC 1928 and RFC 1929 say; yields the proxy."""

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with closing(writer), suppress(OSError, asyncio.IncompleteReadError):
            _, methods = await reader.readexactly(2)
            await reader.readexactly(methods)
            writer.write(b"\x05\x02")
            for _ in ("version and user", "password"):
                length = (await reader.readexactly(1 + (_ != "password")))[-1]
                await reader.readexactly(length)
            writer.write(b"\x01\x00")
            *_, name_length = await reader.readexactly(5)
            await reader.readexactly(name_length + 2)
            if does == "hang":
                await reader.read()
            elif does == "refuse":
                writer.write(b"\x05" + HOST_UNREACHABLE + b"\x00\x01" + bytes(6))
                await reader.read()
            else:
                writer.write(b"\x05\x00\x00\x01" + bytes(6))
                there, back = await asyncio.open_connection("127.0.0.1", port)
                with closing(back):
                    await asyncio.gather(pump(reader, back), pump(there, writer))

    listener = socket.create_server(("127.0.0.1", 0))
    address, port_of_proxy = listener.getsockname()
    with accepting(listener, connected):
        yield f"socks5h://{address}:{port_of_proxy}"
