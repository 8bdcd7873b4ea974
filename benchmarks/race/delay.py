"""Relay connections and hold each request back for a while.

``python -m benchmarks.race.delay PORT SERVER_PORT MILLISECONDS``: a network with a
round trip of that length, for a server that answers at once. A connection is opened
without delay.
"""

from __future__ import annotations

import asyncio
import sys

import uvloop

_PIECE = 65_536


async def main(port: int, server_port: int, delay: float) -> None:
    """Relay all connections to ``port``; ``delay`` in seconds."""
    loop = asyncio.get_running_loop()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, requests = await asyncio.open_connection("127.0.0.1", server_port)
        back = asyncio.create_task(_copy(answers, writer))
        while data := await reader.read(_PIECE):
            loop.call_later(delay, requests.write, data)
        loop.call_later(delay, requests.close)
        await back

    server = await asyncio.start_server(relay, "0.0.0.0", port, backlog=4_096)  # noqa: S104 - all of 127.0.0.0/8
    await server.serve_forever()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_PIECE):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # the client had enough
    finally:
        writer.close()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 1_000))
