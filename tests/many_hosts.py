"""A crawl of many hosts that all keep their connections open."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from typing import TYPE_CHECKING

from fpcrawler.settings import EXTENSIONS
from tests.crawls import Crawled, run_crawl
from tests.servers.dns import named_network
from tests.servers.http import accepting
from tests.servers.inward import PUBLIC
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from pathlib import Path

_PHOTO = (GALLERY / "night.png").read_bytes()
_OBSERVERS = {"tests.observer.Observer": 900, "tests.observer.Descriptors": 901}


def crawl_hosts(
    home: Path, hosts: int, descriptors: int, **settings: object
) -> Crawled:
    """Crawl an image of each host; ``descriptors`` is the hard limit, half the soft.

    The stat ``test/descriptors`` is the peak of open descriptors.
    """
    names = [f"host-{number}.example" for number in range(hosts)]
    (home / "urls.txt").write_text("\n".join(f"http://{name}/a.png" for name in names))
    zone = {name: [(PUBLIC,)] for name in names}
    limit = f"--nofile={descriptors // 2}:{descriptors}"
    with (
        named_network(home, [PUBLIC], zone) as (inside, _),
        accepting(inside.listen((PUBLIC, 80)), _keep_answering),
    ):
        return run_crawl(
            home,
            settings={
                "EXTENSIONS": json.dumps({**EXTENSIONS, **_OBSERVERS}),
                **settings,
            },
            prefix=inside.command("prlimit", limit),
            timeout=120 + hosts,
        )


async def _keep_answering(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Send ranges of the photo for as long as the client wants, and no robots.txt."""
    with closing(writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_answer(head.decode("latin-1")))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has closed, or the test is over


def _answer(head: str) -> bytes:
    _, has_range, rest = head.partition("Range: bytes=")
    if not has_range:
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    first, last = map(int, rest.partition("\r\n")[0].split("-"))
    body = _PHOTO[first : last + 1]
    span = f"bytes {first}-{first + len(body) - 1}/{len(_PHOTO)}"
    fields = f"Content-Range: {span}\r\nContent-Length: {len(body)}\r\n\r\n"
    return f"HTTP/1.1 206 Partial Content\r\n{fields}".encode() + body
