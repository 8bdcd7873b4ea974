"""The bytes that servers receive are those of Chromium; two URLs differ by any byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.chromium import SAMPLE, TABLE, chromium, needs_chromium, references, samples
from tests.end_to_end.cases import CASES
from tests.servers.http import Asked, Server, Wire, serving
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.crawls import Crawl

PHOTO = (GALLERY / "harbour.jpg").read_bytes()
PORT = b"8931"
LEGACY = [
    *("windows-1251", "windows-1252", "iso-8859-2", "koi8-r", "gbk", "big5"),
    *("shift_jis", "euc-jp", "euc-kr", "iso-2022-jp"),
]


async def reply(wire: Wire, body: bytes, kind: str = "text/html", **more: str) -> None:
    headers: dict[str, str | int] = {"Content-Type": kind, **more}
    await wire.reply("200 OK", {**headers, "Content-Length": len(body)}, body)


async def move(wire: Wire, location: str, **more: str) -> None:
    await wire.reply("302 Found", {"Location": location, "Content-Length": 0, **more})


@needs_chromium
def test_the_table_is_that_of_this_chromium() -> None:
    told = json.loads(TABLE.read_text(encoding="utf-8"))
    with chromium() as page:
        assert references(page) == told["references"]
        assert samples(page) == told["samples"]


def targets(server: Server, prefix: str) -> set[str]:
    return {asked.path for asked in server.asked if asked.path.startswith(prefix)}


def asked_by_both(
    pages: Callable[[bytes], dict[str, bytes]], crawl: Crawl, prefix: str
) -> tuple[set[str], set[str]]:
    """Return what a crawl and what Chromium ask for, of pages at a port."""

    async def site(asked: Asked, wire: Wire) -> None:
        if asked.path in bodies:
            await reply(wire, bodies[asked.path])
        else:
            await reply(wire, PHOTO, "image/jpeg")

    with serving(site) as server:
        bodies = pages(str(server.port).encode())
        urls = [f"{server.url}{path}" for path in bodies]
        settings = {"ROBOTSTXT_OBEY": False, "PICTURE_FINGERPRINT": False}
        crawl("-a", f"urls={' '.join(urls)}", settings=settings)
        crawled = targets(server, prefix)
        server.asked.clear()
        with chromium() as opened:
            for url in urls:
                opened.goto(url, wait_until="load")
        return crawled, targets(server, prefix)


@needs_chromium
@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
def test_the_references_of_the_cases_are_asked_for_byte_for_byte(crawl: Crawl) -> None:
    page = (CASES.parent / "pages" / "urls.html").read_bytes()

    crawled, shown = asked_by_both(
        lambda port: {"/urls.html": page.replace(PORT, port)}, crawl, "/"
    )

    # Chromium blocks images whose URL names a user; here the user is not sent.
    assert crawled == shown - {"/favicon.ico"} | {"/i/u/cred.jpg"}


@needs_chromium
def test_queries_in_legacy_charsets_have_the_bytes_of_chromium(crawl: Crawl) -> None:
    """A style sheet's queries are in UTF-8, also in a page in another set."""
    text = SAMPLE.partition("#")[0].replace("&", "&amp;")
    pages = {
        f"/{charset}": f"<!doctype html><meta charset={charset}>"
        f"<img src='/i/{charset}{text}'><img srcset='/i/{charset}-set.jpg{text}'>"
        f"<div style='background:url(/i/{charset}.gif{text})'></div>".encode(
            "ascii", "xmlcharrefreplace"
        )
        for charset in LEGACY
    }

    crawled, shown = asked_by_both(lambda _: pages, crawl, "/i/")

    assert crawled == shown
    assert len(crawled) == 3 * len(LEGACY)


def test_queries_in_another_order_are_two_images(crawl: Crawl) -> None:
    async def site(asked: Asked, wire: Wire) -> None:
        if asked.path == "/moved.jpg?a=1&b=2":
            await move(wire, "/moved.jpg?b=2&a=1")
        elif asked.path == "/":
            await reply(
                wire,
                b"<html><img src='/i.jpg?a=1&amp;a=2'><img src='/i.jpg?a=2&amp;a=1'>"
                b"<img src='/moved.jpg?a=1&amp;b=2'>",
            )
        else:
            await reply(wire, PHOTO, "image/jpeg")

    with serving(site) as server:
        crawled = crawl("-a", f"urls={server.url}/")

    assert {record["url"].removeprefix(server.url) for record in crawled.records} == {
        "/i.jpg?a=1&a=2",
        "/i.jpg?a=2&a=1",
        "/moved.jpg?a=1&b=2",
    }


def test_a_location_is_read_as_chromium_does(crawl: Crawl) -> None:
    async def site(asked: Asked, wire: Wire) -> None:
        if asked.path == "/a/one.jpg":
            await move(wire, "\\b\\%2e\\two.jpg?x=[1]|2\\3")
        else:
            await reply(wire, PHOTO, "image/jpeg")

    with serving(site) as server:
        crawl("-a", f"urls={server.url}/a/one.jpg")

    assert "/b/two.jpg?x=[1]|2\\3" in {asked.path for asked in server.asked}


@pytest.mark.parametrize("keeps", [True, False])
def test_a_redirect_to_itself_that_sets_a_cookie(crawl: Crawl, *, keeps: bool) -> None:
    async def site(asked: Asked, wire: Wire) -> None:
        if asked.path == "/robots.txt" or "seen=1" in asked.headers.get("cookie", ""):
            await reply(wire, PHOTO, "image/jpeg")
        else:
            await move(wire, asked.path, **{"Set-Cookie": "seen=1"})

    with serving(site) as server:
        settings = {"COOKIES_ENABLED": keeps}
        crawled = crawl("-a", f"urls={server.url}/a.jpg", settings=settings)

    reasons = {} if keeps else {f"{server.url}/a.jpg": "TooManyRedirects"}
    assert crawled.failed == reasons
    assert len(crawled.records) == keeps


def test_a_redirect_to_itself_ends_also_with_cookies(crawl: Crawl) -> None:
    async def site(asked: Asked, wire: Wire) -> None:
        await move(wire, asked.path, **{"Set-Cookie": "seen=1"})

    with serving(site) as server:
        settings = {"COOKIES_ENABLED": True, "ROBOTSTXT_OBEY": False}
        crawled = crawl("-a", f"urls={server.url}/a.jpg", settings=settings)

    assert crawled.failed == {f"{server.url}/a.jpg": "TooManyRedirects"}
    assert len(server.asked) == 21


BASIC = "Basic bWU6czNjcmV0ICY="  # me:s3cret &


def test_a_listed_password_is_for_its_origin_only(crawl: Crawl, tmp_path: Path) -> None:
    """Neither another origin nor any file or line of the crawl has it."""

    async def other(asked: Asked, wire: Wire) -> None:
        if asked.path == "/away.jpg":
            await move(wire, f"{server.url}/back.jpg")
        else:
            await reply(wire, PHOTO, "image/jpeg")

    async def site(asked: Asked, wire: Wire) -> None:
        if "authorization" not in asked.headers:
            await wire.reply("401 Unauthorized", {"Content-Length": 0})
        elif asked.path == "/":
            html = f"<img src=a.jpg><img src={elsewhere.url}/b.jpg><img src=c.jpg>"
            await reply(wire, f"<html>{html}<img src=busy.jpg>".encode())
        elif asked.path == "/c.jpg":
            await move(wire, f"{elsewhere.url}/away.jpg")
        elif asked.path == "/busy.jpg":
            await wire.reply("500 Error", {"Content-Length": 0})
        else:
            await reply(wire, PHOTO, "image/jpeg")

    with serving(other) as elsewhere, serving(site) as server:
        listed = server.url.replace("//", "//me:s3cret%20&@")
        (tmp_path / "list.txt").write_text(f"{listed}/\n{listed}0/\n")
        crawled = crawl(
            "-a",
            "urls_file=list.txt",
            log_level="DEBUG",
            settings={
                "JOBDIR": tmp_path / "job",
                "PAGES_FEED": tmp_path / "p.jsonl",
                "PRIVATE_ADDRESSES": "allow",
            },
        )

    assert {
        asked.path for asked in server.asked if "authorization" in asked.headers
    } == {*("/robots.txt", "/", "/a.jpg", "/c.jpg", "/busy.jpg")}
    assert {asked.headers.get("authorization") for asked in server.asked} == {
        BASIC,
        None,
    }
    assert all("authorization" not in asked.headers for asked in elsewhere.asked)
    assert all(
        "@" not in str(asked.headers.get("referer")) for asked in elsewhere.asked
    )
    urls = {f"{server.url}/a.jpg", f"{elsewhere.url}/b.jpg"}
    assert {record["url"] for record in crawled.records} == urls
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    texts = {path.name: path.read_bytes() for path in written if path.suffix != ".txt"}
    texts["stderr"] = crawled.stderr.encode()
    assert len(texts) > 3
    for secret in (b"s3cret", BASIC.encode(), BASIC.split()[1].encode()):
        assert [name for name, text in texts.items() if secret in text] == []
