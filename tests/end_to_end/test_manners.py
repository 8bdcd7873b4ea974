"""What a server sees of the crawl."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.servers.files import folder
from tests.servers.http import Asked, Wire, serving
from tests.servers.nginx import free_port
from tests.servers.quirks import GALLERY
from tests.servers.socks import socks

if TYPE_CHECKING:
    from tests.crawls import Crawl


def test_requests_ask_for_what_they_need_and_reveal_little(crawl: Crawl) -> None:
    with serving(folder(GALLERY)) as server:
        crawl("-a", f"urls={server.url}/index.html")
    robots, page, *images = server.asked

    assert (robots.path, page.path) == ("/robots.txt", "/index.html")
    assert "range" not in page.headers
    samples = [one for one in images if one.headers["range"] == "bytes=0-10240"]
    assert {image.path for image in images} == {sample.path for sample in samples}
    for image in images:
        assert image.headers["accept-encoding"] == "identity"
        assert image.headers["referer"] == f"{server.url}/index.html"
    assert len({asked.headers["user-agent"] for asked in server.asked}) == 1
    assert "Mozilla/5.0" in page.headers["user-agent"]
    assert all("cookie" not in asked.headers for asked in server.asked)


def test_a_user_agent_of_ones_own(crawl: Crawl) -> None:
    with serving(folder(GALLERY)) as server:
        crawl("-a", f"urls={server.url}/harbour.jpg", "-s", "USER_AGENT=me/1.0")

    assert {asked.headers["user-agent"] for asked in server.asked} == {"me/1.0"}


class Busy:
    """Responds slowly; counts the requests that are open at the same time."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.page = "".join(f'<img src="/{number}.jpg">' for number in range(40))

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.05)
        self.now -= 1
        if asked.path == "/":
            headers: dict[str, str | int] = {"Content-Type": "text/html"}
            await wire.reply("200 OK", headers, self.page.encode())
        else:
            await wire.reply("404 Not Found", {"Content-Length": 0})


@pytest.mark.parametrize("limit", [1, 4])
def test_a_slow_server_gets_no_more_at_once_than_allowed(
    crawl: Crawl, limit: int
) -> None:
    busy = Busy()
    with serving(busy) as server:
        settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": limit}
        crawled = crawl("-a", f"urls={server.url}/", settings=settings)

    assert len(server.asked) == 1 + 1 + 40
    assert busy.most == limit
    assert crawled.unaccounted == {"images": 0, "pages": 0}


def test_an_onion_has_a_limit_of_its_own(crawl: Crawl) -> None:
    busy, host = Busy(), "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid"
    with serving(busy) as server, socks(server.port) as proxy:
        settings = {"TOR_PROXIES": proxy, "TOR_CONCURRENT_REQUESTS_PER_ONION": 6}
        crawl("-a", f"urls=http://{host}.onion/", settings=settings)

    assert len(server.asked) == 1 + 1 + 40
    assert busy.most == 6


def test_robots_may_be_left_unasked(crawl: Crawl) -> None:
    with serving(folder(GALLERY)) as server:
        crawl("-a", f"urls={server.url}/harbour.jpg", "-s", "ROBOTSTXT_OBEY=False")

    assert [asked.path for asked in server.asked] == ["/harbour.jpg"]


def test_an_unreachable_host_is_one_line(crawl: Crawl) -> None:
    urls = f"urls=https://nowhere.invalid/a.jpg http://127.0.0.1:{free_port()}/a.jpg"
    crawled = crawl("-a", urls, log_level="WARNING")
    lines = [line for line in crawled.stderr.splitlines() if "WARNING" in line]

    assert sorted(crawled.failed.values()) == [
        "CannotResolveHostError",
        "DownloadConnectionRefusedError",
    ]
    assert len(lines) == 2
    assert "Traceback" not in crawled.stderr
