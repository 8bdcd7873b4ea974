"""What a server sees of the crawl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.files import folder
from tests.servers.http import serving
from tests.servers.nginx import free_port
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from tests.conftest import Crawl


def test_requests_ask_for_what_they_need_and_tell_little(crawl: Crawl) -> None:
    with serving(folder(GALLERY)) as server:
        crawl("-a", f"urls={server.url}/index.html")
    robots, page, *images = server.asked

    assert (robots.path, page.path) == ("/robots.txt", "/index.html")
    assert "range" not in page.headers
    for image in images:
        assert image.headers["range"] == "bytes=0-10240"
        assert image.headers["accept-encoding"] == "identity"
        assert image.headers["referer"] == f"{server.url}/index.html"
    assert len({asked.headers["user-agent"] for asked in server.asked}) == 1
    assert "Mozilla/5.0" in page.headers["user-agent"]
    assert all("cookie" not in asked.headers for asked in server.asked)


def test_a_user_agent_of_ones_own(crawl: Crawl) -> None:
    with serving(folder(GALLERY)) as server:
        crawl("-a", f"urls={server.url}/harbour.jpg", "-s", "USER_AGENT=me/1.0")

    assert {asked.headers["user-agent"] for asked in server.asked} == {"me/1.0"}


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
