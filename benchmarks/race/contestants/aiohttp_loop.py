"""The least that Python can do: an aiohttp loop and exifread, without any care."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import uvloop

from benchmarks.race.contestants.lists import image_urls, record
from benchmarks.race.heat import HEAD

if TYPE_CHECKING:
    from benchmarks.race.heat import Heat


def command(heat: Heat) -> list[str]:
    """Return the command of this module."""
    listed = [str(heat.urls_file), f"{heat.are_pages:d}", str(heat.connections)]
    return [sys.executable, "-m", __name__, *listed]


async def main(urls: list[str], tasks: int) -> None:
    """Write each record as a line."""
    with Path("feed.jsonl").open("w") as feed:  # noqa: ASYNC230 - the least
        connector = aiohttp.TCPConnector(limit=tasks)
        headers = {"Range": HEAD, "Accept-Encoding": "identity"}
        async with aiohttp.ClientSession(connector=connector, headers=headers) as web:

            async def read(waiting: Iterator[str]) -> None:
                for url in waiting:
                    async with web.get(url) as response:
                        head = await response.read()
                        size = response.headers["Content-Range"].rpartition("/")[2]
                        feed.write(json.dumps(record(url, int(size), head)) + "\n")

            waiting = iter(urls)
            await asyncio.gather(*(read(waiting) for _ in range(tasks)))


if __name__ == "__main__":
    uvloop.run(main(image_urls(sys.argv[1], sys.argv[2]), int(sys.argv[3])))
