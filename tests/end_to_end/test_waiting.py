"""Hosts that ask to wait: they are waited for, and others need not."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.servers.files import folder
from tests.servers.http import Asked, Wire, serving
from tests.servers.nginx import nginx
from tests.servers.quirks import GALLERY
from tests.servers.socks import socks
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.crawls import Crawl
    from tests.servers.http import App

ZONE = "limit_req_zone $binary_remote_addr zone=z:1m rate=50r/s;"
LIMIT = "limit_req zone=z burst=40 nodelay;"
IMAGES = 60


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(
            "limit_req_status 429; add_header Retry-After 1 always;",
            id="RFC 6585 4: 429 with Retry-After",
        ),
        pytest.param("", id="nginx limit_req: 503 without Retry-After"),
    ],
)
def test_every_image_of_a_server_with_a_limit_is_read(
    crawl: Crawl, tmp_path: Path, more: str
) -> None:
    root = page(tmp_path / "www", images=IMAGES)
    with nginx(tmp_path / "nginx", root, http=ZONE, server_block=LIMIT + more) as url:
        crawled = crawl("-a", f"urls={url}/index.html")

    assert len(crawled.records) == IMAGES
    assert all(record["picture_sha256"] for record in crawled.records)
    assert "retry/count" not in crawled.stats


class RefusesFirst:
    """Refuses the first request for each part of each file, then serves them."""

    def __init__(self, app: App, *, status: str = "429 Too Many Requests") -> None:
        self.app, self.status = app, status
        self.asked: Counter[tuple[str, str]] = Counter()

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        part = asked.path, asked.headers.get("range", "")
        self.asked[part] += 1
        if self.asked[part] == 1:
            # In the past, as the server sees it: so the crawl's own wait counts.
            date = "Sun, 29 Nov 2026 12:00:00 GMT"
            headers: dict[str, str | int] = {"Date": date, "Retry-After": date}
            await wire.reply(self.status, {**headers, "Content-Length": 0})
        else:
            await self.app(asked, wire)


async def always(asked: Asked, wire: Wire, *, seconds: int) -> None:
    """Refuse all but robots.txt."""
    if asked.path == "/robots.txt":
        await wire.reply("404 Not Found", {"Content-Length": 0})
        return
    headers: dict[str, str | int] = {"Retry-After": seconds, "Content-Length": 0}
    await wire.reply("503 Service Unavailable", headers)


def page(root: Path, *, images: int = 1) -> Path:
    """Make a page whose style sheet and tags name images; return its folder."""
    root.mkdir()
    tags = [f'<img src="{number}.jpg">' for number in range(images)]
    style = '<link rel="stylesheet" href="a.css">'
    (root / "index.html").write_text("<!DOCTYPE html>" + style + "".join(tags))
    (root / "a.css").write_text("p { background: url(styled.jpg) }")
    picture = (GALLERY / "night.png").read_bytes()
    for name in (*map(str, range(images)), "styled"):
        (root / f"{name}.jpg").write_bytes(picture)
    return root


def test_all_kinds_of_requests_wait(crawl: Crawl, tmp_path: Path) -> None:
    app = RefusesFirst(folder(page(tmp_path / "www")))
    with serving(app) as server:
        settings = {"FOLLOW_STYLESHEETS": True, "RETRY_TIMES": 0}
        crawled = crawl("-a", f"urls={server.url}/index.html", settings=settings)

    whole = {path for path, part in app.asked if not part}
    assert whole == {"/robots.txt", "/index.html", "/a.css"}
    assert {part for _, part in app.asked} > {"", "bytes=0-10240"}  # and a further one
    assert set(app.asked.values()) == {2}
    assert len(crawled.records) == 2
    assert all(record["picture_sha256"] for record in crawled.records)
    assert all(record["requests"]["sample"] == 1 for record in crawled.records)


def test_an_onion_is_waited_for(crawl: Crawl, tmp_path: Path) -> None:
    host = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid"
    app = RefusesFirst(folder(page(tmp_path / "www")))
    with serving(app) as server, socks(server.port) as proxy:
        settings = {"TOR_PROXIES": proxy, "RETRY_TIMES": 0}
        crawled = crawl("-a", f"urls=http://{host}.onion/0.jpg", settings=settings)

    assert [record["tor"] for record in crawled.records] == [True]
    assert set(app.asked.values()) == {2}


@pytest.mark.parametrize(
    ("seconds", "timeout"),
    [
        pytest.param(3600, 600, id="it asks for more than HOST_TIMEOUT"),
        pytest.param(1, 2.5, id="it goes on to refuse"),
    ],
)
def test_a_host_that_only_refuses_is_given_up(
    crawl: Crawl, seconds: int, timeout: float
) -> None:
    with serving(partial(always, seconds=seconds)) as server:
        urls = " ".join(f"{server.url}/{number}.jpg" for number in range(200))
        crawled = crawl("-a", f"urls={urls}", settings={"HOST_TIMEOUT": timeout})

    assert crawled.stats["images/failed/HostTimeout"] == 200
    assert crawled.exit_code == 4  # every request failed
    assert len(server.asked) < 20
    assert "log_count/ERROR" not in crawled.stats


def test_a_redirect_leads_to_the_slot_of_its_host(crawl: Crawl, tmp_path: Path) -> None:
    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path == "/0.jpg":
            there = f"{refuses.url}/0.jpg"
            await wire.reply("302 Found", {"Location": there, "Content-Length": 0})
        else:
            await files(asked, wire)

    files = folder(page(tmp_path / "www", images=3))
    refusing = partial(always, seconds=3600)
    with serving(app) as server, serving(refusing, address="127.0.0.2") as refuses:
        urls = " ".join(f"{server.url}/{number}.jpg" for number in range(3))
        settings = {"PRIVATE_ADDRESSES": "allow", "CONCURRENT_REQUESTS": 1}
        crawled = crawl("-a", f"urls={urls}", settings=settings)

    assert crawled.failed == {f"{server.url}/0.jpg": "HostTimeout"}
    assert len(crawled.records) == 2


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param("", id="its requests fill neither list nor downloader"),
        pytest.param("bytes=0-10240", id="its images do not fill the scraper"),
    ],
)
def test_other_hosts_go_on_while_one_is_waited_for(
    crawl: Crawl, tmp_path: Path, refused: str
) -> None:
    """The first host of the list refuses, until the second one has sent its images."""
    sent = 0

    async def ready(asked: Asked, wire: Wire) -> None:
        nonlocal sent
        sent += asked.headers.get("range") == "bytes=0-10240"
        await files(asked, wire)

    async def late(asked: Asked, wire: Wire) -> None:
        is_served = asked.headers.get("range", "") == refused
        if sent < 30 and not is_served and asked.path != "/robots.txt":
            await always(asked, wire, seconds=1)
        else:
            await files(asked, wire)

    files = folder(page(tmp_path / "www", images=30))
    with serving(late) as first, serving(ready, address="127.0.0.2") as second:
        lines = [f"{first.url}/{number % 30}.jpg?{number}" for number in range(100)]
        lines += [f"{second.url}/{number}.jpg" for number in range(30)]
        (tmp_path / "urls.txt").write_text("\n".join(lines))
        settings = {
            "URLS_AHEAD": 50,
            "CONCURRENT_REQUESTS": 16,
            "SCRAPER_SLOT_MAX_ACTIVE_SIZE": 50_000,
            "HOST_TIMEOUT": 30,
        }
        crawled = crawl(settings=settings)

    assert len(crawled.records) == 130
    assert all(record["picture_sha256"] for record in crawled.records)


def test_a_crawl_that_is_stopped_while_it_waits_ends_and_loses_nothing(
    crawl: Crawl, tmp_path: Path
) -> None:
    files = folder(page(tmp_path / "www", images=30))
    with serving(partial(always, seconds=500)) as server:
        urls = [f"{server.url}/{number}.jpg" for number in range(30)]
        (tmp_path / "urls.txt").write_text("\n".join(urls))

        def stop(pid: int) -> None:
            wait_until(lambda: len(server.asked) > 2)
            time.sleep(0.5)
            os.kill(pid, signal.SIGTERM)

        stopped = crawl(settings={"JOBDIR": "job"}, meanwhile=stop)
        port = server.port
    with serving(files, port=port) as server:
        crawled = crawl(settings={"JOBDIR": "job"})

    assert stopped.exit_code == 3
    assert not stopped.failed
    assert len(crawled.records) == 30


def test_autothrottle_still_sets_the_delay(crawl: Crawl, tmp_path: Path) -> None:
    with serving(folder(page(tmp_path / "www"))) as server:
        settings = {
            "AUTOTHROTTLE_ENABLED": True,
            "AUTOTHROTTLE_START_DELAY": 0.1,
            "AUTOTHROTTLE_DEBUG": True,
        }
        crawled = crawl("-a", f"urls={server.url}/0.jpg", settings=settings)

    assert "slot: 127.0.0.1 | conc:" in crawled.stderr
    assert len(crawled.records) == 1
