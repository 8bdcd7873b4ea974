"""Measure a crawl's memory by the length of its list, of pages and of sites.

``python -m benchmarks.memory [LINES …]`` crawls lists of LINES images of one
loopback server, then pages with many images and sites with many pages. Each crawl
runs in its own process. It prints the peak resident memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.servers.http import serving

if TYPE_CHECKING:
    from tests.servers.http import Asked, Wire

LENGTHS = (1_000, 10_000, 100_000)
PAGE_SIZES = (10, 1_000, 10_000)
SITE_SIZES = (100, 1_000, 10_000)
BASE = 100
"""Lines of the base crawl: all code is loaded, but the list is short."""

BODY = b"\xff\xd8\xff" + bytes(10_238)
HEADERS: dict[str, str | int] = {
    "Content-Range": f"bytes 0-10240/{30_000}",
    "Content-Length": len(BODY),
}
CRAWL = """
import re, sys
from scrapy.cmdline import execute
try:
    execute(["scrapy", "crawl", "images", *sys.argv[1:]])
finally:
    # The peak of getrusage() includes that of the parent process.
    with open("/proc/self/status") as status:
        print(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1])
"""


LINKS = 10
"""Pages that a page of the site links to."""


async def app(asked: Asked, wire: Wire) -> None:
    """Serve an image under every name, and ``/page/IMAGES`` and ``/site/PAGES/N``."""
    kind, _, rest = asked.path[1:].partition("/")
    if asked.path == "/robots.txt":
        await wire.reply("404 Not Found", {"Content-Length": 0})
    elif kind == "page":
        await _reply_page(
            wire, "".join(f"<img src=/{n}.jpg>" for n in range(int(rest)))
        )
    elif kind == "site":
        await _reply_page(wire, _page_of_site(*map(int, rest.split("/"))))
    else:
        await wire.reply("206 Partial Content", HEADERS, BODY)


async def _reply_page(wire: Wire, body: str) -> None:
    data = f"<!DOCTYPE html>{body}".encode()
    headers: dict[str, str | int] = {"Content-Type": "text/html"}
    await wire.reply("200 OK", {**headers, "Content-Length": len(data)}, data)


def _page_of_site(pages: int, number: int) -> str:
    """Return page ``number`` of a tree of pages, each with one image."""
    first = number * LINKS + 1
    linked = range(first, min(first + LINKS, pages))
    links = "".join(f"<a href=/site/{pages}/{page}>" for page in linked)
    return f"{links}<img src=/{pages}-{number}.jpg>"


def peak_of(urls: Iterable[str], images: int, folder: Path, *arguments: str) -> int:
    """Crawl a list that leads to ``images`` images; return the peak in bytes."""
    listed = folder / "urls.txt"
    listed.write_text("".join(f"{url}\n" for url in urls))
    feed = folder / "feed.jsonl"
    child = subprocess.run(
        [
            *(sys.executable, "-c", CRAWL, "-a", f"urls_file={listed}"),
            *("-O", str(feed), "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=16"),
            *arguments,
        ],
        env={**os.environ, "SCRAPY_SETTINGS_MODULE": "fpcrawler.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    with feed.open() as records:
        kept = sum(1 for record in records if json.loads(record))
    if kept != images:
        raise SystemExit(f"{kept} records of {images} images")
    return int(child.stdout) * 1024


def main(lengths: list[int]) -> None:
    """Print a line for each length, page and site."""
    with serving(app) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def listed(lines: int) -> int:
            urls = (f"{server.url}/{number:07}.jpg" for number in range(lines))
            return peak_of(urls, lines, folder)

        base = listed(BASE)
        print(f"{BASE:>9,} lines  {_mib(base)}  (base)")
        for lines in lengths:
            peak = listed(lines)
            each = (peak - base) / (lines - BASE)
            print(f"{lines:>9,} lines  {_mib(peak)}  {each:8.0f} B per line")
        for images in PAGE_SIZES:
            peak = peak_of([f"{server.url}/page/{images}"], images, folder)
            print(f"{images:>9,} images of a page  {_mib(peak)}")
        for pages in SITE_SIZES:
            url = f"{server.url}/site/{pages}/0"
            peak = peak_of([url], pages, folder, "-a", "depth=9")
            print(f"{pages:>9,} pages of a site  {_mib(peak)}")


def _mib(peak: int) -> str:
    return f"{peak / 2**20:7.1f} MiB"


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or list(LENGTHS))
