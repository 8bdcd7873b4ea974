"""Memory of a crawl against the length of its list.

``python -m benchmarks.memory [LINES …]`` crawls lists of so many URLs, each of
another image on one loopback server in a process of its own, and prints the
peak resident memory of the crawl.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.servers.http import serving

if TYPE_CHECKING:
    from tests.servers.http import Asked, Wire

LENGTHS = (1_000, 10_000, 100_000)
BASE = 100
"""Lines of the crawl that gives the base: all code is loaded, no list to speak of."""

BODY = b"\xff\xd8\xff" + bytes(10_238)
HEADERS: dict[str, str | int] = {
    "Content-Range": f"bytes 0-10240/{30_000}",
    "Content-Length": len(BODY),
}
CRAWL = """
import resource, sys
from scrapy.cmdline import execute
try:
    execute(["scrapy", "crawl", "images", *sys.argv[1:]])
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


async def app(asked: Asked, wire: Wire) -> None:
    """Serve the same sample under every name."""
    if asked.path == "/robots.txt":
        await wire.reply("404 Not Found", {"Content-Length": 0})
    else:
        await wire.reply("206 Partial Content", HEADERS, BODY)


def peak_of(url: str, lines: int, folder: Path) -> int:
    """Crawl a list of so many lines; return the peak in bytes."""
    listed = folder / "urls.txt"
    listed.write_text("".join(f"{url}/{number:07}.jpg\n" for number in range(lines)))
    feed = folder / "feed.jsonl"
    child = subprocess.run(
        [
            *(sys.executable, "-c", CRAWL, "-a", f"urls_file={listed}"),
            *("-O", str(feed), "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=16"),
        ],
        env={**os.environ, "SCRAPY_SETTINGS_MODULE": "fpcrawler.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    with feed.open() as records:
        kept = sum(1 for record in records if json.loads(record))
    if kept != lines:
        message = f"{kept} records of {lines} images"
        raise SystemExit(message)
    return int(child.stdout) * 1024


def main(lengths: list[int]) -> None:
    """Print a line for each length."""
    with serving(app) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = peak_of(server.url, BASE, folder)
        print(f"{BASE:>9,} lines  {base / 2**20:7.1f} MiB  (base)")
        for lines in lengths:
            peak = peak_of(server.url, lines, folder)
            each = (peak - base) / (lines - BASE)
            print(f"{lines:>9,} lines  {peak / 2**20:7.1f} MiB  {each:8.0f} B a line")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or list(LENGTHS))
