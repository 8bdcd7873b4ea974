"""A SOCKS5 proxy that connects every name to one server, or refuses."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from tests.servers.http import accepting, pump

USER_AND_PASSWORD, SUCCEEDED, HOST_UNREACHABLE = 2, 0, 4
NO_METHOD = 0xFF
EXTENDED_ERRORS = (0xF0, 0xF2, 0xF7)
"""Replies of Tor on a port with ExtendedErrors (proposal 304), as Tor Browser's."""


@contextmanager
def socks(
    port: int, *, method: int = USER_AND_PASSWORD, code: int | None = SUCCEEDED
) -> Iterator[str]:
    """Forward to a loopback port by RFC 1928 and RFC 1929; yields the proxy's URL.

    ``method``: the authentication method that it selects. ``code``: its reply to a
    request; None means that it never replies.
    """

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with closing(writer), suppress(OSError, asyncio.IncompleteReadError):
            _, methods = await reader.readexactly(2)
            await reader.readexactly(methods)
            writer.write(bytes([5, method]))
            for _ in ("version and user", "password"):
                length = (await reader.readexactly(1 + (_ != "password")))[-1]
                await reader.readexactly(length)
            writer.write(b"\x01\x00")
            *_, name_length = await reader.readexactly(5)
            await reader.readexactly(name_length + 2)
            if code is None:
                await reader.read()
                return
            writer.write(bytes([5, code, 0, 1, *bytes(6)]))
            if code != SUCCEEDED:
                await reader.read()
            else:
                there, back = await asyncio.open_connection("127.0.0.1", port)
                with closing(back):
                    await asyncio.gather(pump(reader, back), pump(there, writer))

    listener = socket.create_server(("127.0.0.1", 0))
    address, port_of_proxy = listener.getsockname()
    with accepting(listener, connected):
        yield f"socks5h://{address}:{port_of_proxy}"
