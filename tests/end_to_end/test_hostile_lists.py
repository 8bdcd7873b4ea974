"""A list from the web that never ends does not keep the crawl from ending."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import pytest

from fpcrawler.input.sources import MAX_INVALID_LINES
from tests.servers.http import STEP, Asked, Wire, serving
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.crawls import Crawl

ENDLESS = {
    "/lines": b"neither a URL nor a path\n" * 1_000,
    "/line": bytes(STEP).replace(b"\0", b"x"),
}


async def endless(asked: Asked, wire: Wire) -> None:
    headers: dict[str, str | int] = {"Content-Type": "text/plain"}
    await wire.reply("200 OK", headers)
    if asked.path == "/stalls":
        await wire.send(
            b"http://127.0.0.1:1/a.jpg\n" * 20_000
        )  # more than is read at once
        await asyncio.sleep(3_600)
    while True:
        await wire.send(ENDLESS[asked.path])


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/lines", f"{MAX_INVALID_LINES} invalid lines"),
        ("/line", "a line has more than 64 MB"),
    ],
)
def test_a_list_without_an_end_is_refused(crawl: Crawl, path: str, reason: str) -> None:
    with serving(endless) as server:
        crawled = crawl("-a", f"urls_file={server.url}{path}", timeout=60)

    assert crawled.exit_code == 1
    assert reason in crawled.stderr
    assert "Traceback" not in crawled.stderr


def test_a_signal_ends_a_crawl_whose_list_stalls(crawl: Crawl) -> None:
    with serving(endless) as server:

        def stop(pid: int) -> None:
            # Once before the crawl, once in it.
            wait_until(lambda: len(server.asked) == 2)
            os.kill(pid, signal.SIGTERM)

        list_url = f"{server.url}/stalls"
        crawled = crawl("-a", f"urls_file={list_url}", meanwhile=stop, timeout=25)

    assert crawled.exit_code == 3
    assert "Traceback" not in crawled.stderr
