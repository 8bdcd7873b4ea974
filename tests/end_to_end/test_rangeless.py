"""Servers that fail only when asked for a range: their images are read without."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.crawls import Crawled, run_crawl
from tests.servers.http import Asked, Server, Wire, serving
from tests.servers.quirks import CHUNK, PHOTO, SAMPLE
from tests.servers.rangeless import FAILURES, Failure, app

if TYPE_CHECKING:
    from tests.crawls import Crawl

IMAGES = 8
PLAIN = 3
"""Images in a row that a host sends only without Range, until it gets none."""


def url_of(server: Server, failure: Failure) -> str:
    """Return the image of a failure, at a host of its own."""
    host = f"127.1.0.{FAILURES.index(failure) + 1}"
    return f"http://{host}:{server.port}/{failure.name}/0.jpg"


@pytest.fixture(scope="module")
def crawled(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Server, Crawled]:
    """One crawl of one image of each failure."""
    with serving(app, address="0.0.0.0") as server:
        urls = " ".join(url_of(server, failure) for failure in FAILURES)
        return server, run_crawl(tmp_path_factory.mktemp("f"), "-a", f"urls={urls}")


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
def test_an_image_is_read_without_range(
    crawled: tuple[Server, Crawled], failure: Failure
) -> None:
    server, crawl = crawled
    url = url_of(server, failure)
    asked = [one for one in server.asked if one.path == f"/{failure.name}/0.jpg"]

    assert len(asked) == failure.requests
    assert asked[0].span == (0, SAMPLE - 1)
    if failure.outcome != "record":
        assert crawl.failed[url] == failure.outcome
        return
    assert asked[-1].span is None
    record = crawl.record(url)
    assert record["image_size"] == len(PHOTO)
    assert record["has_ranges"] is None  # one image says little
    assert record["requests"]["sample"] == failure.counted
    assert record["bytes_downloaded"] <= SAMPLE + SAMPLE + CHUNK


async def alternates(asked: Asked, wire: Wire) -> None:
    """Send a page to those who ask for an image, and the image to others."""
    is_page = "html" not in asked.headers.get("accept", "")
    body = b"<!doctype html><title>a</title>" if is_page else PHOTO
    status = "404 Not Found" if asked.path == "/robots.txt" else "200 OK"
    await wire.reply(status, {"Content-Length": len(body)}, body)


def test_what_is_a_page_and_an_image_in_turn_ends(crawl: Crawl) -> None:
    with serving(alternates) as server:
        crawled = crawl("-a", f"urls={server.url}/a.jpg")

    assert [one.path for one in server.asked].count("/a.jpg") == 3
    assert crawled.records == []
    assert crawled.unaccounted == {"images": 0, "pages": 0}


async def forbids(asked: Asked, wire: Wire) -> None:
    """Forbid all, with and without Range."""
    status = "404 Not Found" if asked.path == "/robots.txt" else "403 Forbidden"
    await wire.reply(status, {"Content-Length": 0})


def test_a_failure_without_range_is_the_images(crawl: Crawl) -> None:
    with serving(forbids) as server:
        crawled = crawl("-a", f"urls={server.url}/a.jpg")

    assert crawled.failed == {f"{server.url}/a.jpg": "Http403"}
    assert [one.span is None for one in server.asked[1:]] == [False, True]


def spans_of(server: Server) -> Counter[bool]:
    return Counter(
        asked.span is not None for asked in server.asked if asked.path != "/robots.txt"
    )


def test_a_host_that_always_fails_gets_no_range_any_more(crawl: Crawl) -> None:
    with serving(app) as server:
        urls = [f"{server.url}/internal/{number}.jpg" for number in range(IMAGES)]
        settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "CONCURRENT_REQUESTS": 1}
        crawled = crawl("-a", f"urls={' '.join(urls)}", settings=settings)

    with_range = spans_of(server)[True]
    known = [record["has_ranges"] for record in crawled.records].count(False)
    assert len(crawled.records) == IMAGES
    assert PLAIN <= with_range < IMAGES
    assert known == IMAGES - with_range
