"""Read images over HTTP, and print how long each takes by length of the first range.

``python -m benchmarks.first_range.client BASE_URL CONNECTIONS ROUNDS`` reads the sizes
and paths of the images from standard input, one in each line. Standard output is JSON:
for each image, by "kept" and "new" connections, the seconds by length.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from math import inf
from typing import TYPE_CHECKING

import aiohttp

from benchmarks.first_range import LENGTHS
from benchmarks.first_range.reading import read

if TYPE_CHECKING:
    from fpcrawler.core.file.extents import Extent

Times = dict[str, list[float]]
"""``kept`` and ``new`` connections to the seconds of each length."""


class Client:
    """Reads images one after the other, like one of a crawl's connections."""

    def __init__(self, base: str, rounds: int) -> None:
        self._base = base
        self._rounds = rounds

    async def times(self, images: Sequence[tuple[int, str]]) -> list[Times]:
        """Return the times of each image."""
        made = []
        async with aiohttp.ClientSession() as session:
            for size, path in images:
                kept = await self._shortest(path, size, session)
                made.append({"kept": kept, "new": await self._shortest(path, size)})
        return made

    async def _shortest(
        self, path: str, size: int, session: aiohttp.ClientSession | None = None
    ) -> list[float]:
        """Return the shortest time of each length: other work only lengthens them.

        The lengths take turns, so that whatever slows the machine slows all of them.
        Without a ``session``, every reading opens connections of its own.
        """
        best = [inf] * len(LENGTHS)
        for _ in range(self._rounds):
            for number, length in enumerate(LENGTHS):
                async with _kept_or_new(session) as used:
                    seconds = await self._seconds(used, path, size, length)
                best[number] = min(best[number], seconds)
        return best

    async def _seconds(
        self, session: aiohttp.ClientSession, path: str, size: int, length: int
    ) -> float:
        async def fetch_one(extent: Extent) -> bytes:
            asked = {"Range": f"bytes={extent.first}-{extent.end - 1}"}
            async with session.get(self._base + path, headers=asked) as response:
                return await response.read()

        async def fetch(extents: Sequence[Extent]) -> list[bytes]:
            return await asyncio.gather(*map(fetch_one, extents))

        started = time.monotonic()
        await read(size, length, fetch)
        return time.monotonic() - started


def _kept_or_new(
    session: aiohttp.ClientSession | None,
) -> AbstractAsyncContextManager[aiohttp.ClientSession]:
    return nullcontext(session) if session else aiohttp.ClientSession()


async def main(base: str, connections: int, rounds: int) -> None:
    """Print the times of all images."""
    lines = [line.rstrip("\n").split("\t") for line in sys.stdin]
    images = [(int(size), path) for size, path in lines]
    client = Client(base, rounds)
    shares = [images[number::connections] for number in range(connections)]
    made = await asyncio.gather(*map(client.times, shares))
    times = [made[n % connections][n // connections] for n in range(len(images))]
    json.dump(times, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
