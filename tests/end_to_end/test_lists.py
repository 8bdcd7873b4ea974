"""Crawls of sitemaps and feeds as servers send them, and of what leads to them."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from fpcrawler.crawl.list_limits import MAX_LIST_DEPTH
from tests.end_to_end.test_pages import PART, PHOTO, names, site
from tests.servers.http import Asked, Wire, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawls import Crawl

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
LATE = f"<?xml version='1.0'?><!-- {'c' * 600} -->"
MAP = f"<urlset xmlns='{NAMESPACE}'><url><loc>/p/{{}}</loc></url></urlset>"
FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "items": [{"url": "/p/json", "content_html": "<img src=/json-html.jpg>"}],
}
LISTS: dict[str, str | bytes] = {
    "/late.xml": LATE + MAP.format("late"),
    "/16.xml": MAP.format("16").encode("utf-16"),
    "/twice.xml.gz": gzip.compress(gzip.compress(MAP.format("twice").encode())),
    "/map.txt": "PORT/p/text\r\nPORT/text-image.jpg\r\n",
    "/feed.json": json.dumps(FEED),
    "/atom.xml": "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/base/'><entry>"
    "<link href='/p/atom'/><content type='xhtml'><div xmlns="
    "'http://www.w3.org/1999/xhtml'><img src='xhtml.jpg'/></div></content></entry>"
    "</feed>",
}


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream"])
def test_a_list_is_recognized_by_its_content(crawl: Crawl, kind: str) -> None:
    pages: dict[str, str | bytes] = {}
    types = dict.fromkeys(("xml", "gz", "txt", "json"), kind)
    with serving(site(pages, **types)) as server:
        for path, body in LISTS.items():
            text = body.replace("PORT", server.url) if isinstance(body, str) else body
            pages[path] = text
        for name in ("late", "16", "twice", "text", "json", "atom"):
            pages[f"/p/{name}"] = f"<html><img src=/{name}.jpg>"
        urls = " ".join(f"{server.url}{path}" for path in LISTS)
        crawled = crawl("-a", f"urls={urls}")

    shown = ["json-html.jpg", "text-image.jpg", "xhtml.jpg"]
    listed = [f"{name}.jpg" for name in ("16", "atom", "json", "late", "text", "twice")]
    assert names(crawled) == sorted(shown + listed)


def test_local_lists_are_read_as_those_from_the_web(
    crawl: Crawl, tmp_path: Path
) -> None:
    with serving(site({"/p": "<html><img src=p.jpg>"})) as server:
        late = LATE + MAP.replace("/p/{}", f"{server.url}/p")
        (tmp_path / "late.xml").write_text(late)
        (tmp_path / "map.txt").write_text(f"{server.url}/text.jpg\n")
        settings = {"PRIVATE_ADDRESSES": "allow"}
        crawled = crawl("-a", "urls=late.xml map.txt", settings=settings)

    assert names(crawled) == ["p.jpg", "text.jpg"]


def test_an_index_that_names_new_indexes_for_ever_comes_to_an_end(
    crawl: Crawl,
) -> None:
    """Each index has an image, too: all of those that are read are found."""

    async def app(asked: Asked, wire: Wire) -> None:
        number = asked.path.strip("/").partition(".")[0]
        if asked.path.endswith(".jpg"):
            await wire.reply("206 Partial Content", PART, PHOTO[:10_241])
        elif number.isdecimal():
            following = int(number) + 1
            text = (
                f"<sitemapindex><sitemap><loc>/{following}.xml</loc></sitemap><url>"
                f"<image:image><image:loc>/{number}.jpg</image:loc></image:image></url>"
                "</sitemapindex>"
            )
            headers: dict[str, str | int] = {"Content-Length": len(text)}
            await wire.reply("200 OK", headers, text.encode())
        else:
            await wire.reply("404 Not Found", {"Content-Length": 0})

    with serving(app) as server:
        crawled = crawl("-a", f"urls={server.url}/0.xml")

    read = range(MAX_LIST_DEPTH + 2)
    assert names(crawled) == [f"{number}.jpg" for number in read]
    assert crawled.stats["pages/left_out/list_depth"] == 1


def test_a_list_that_a_page_links_to_leads_no_deeper_than_the_page(
    crawl: Crawl,
) -> None:
    pages: dict[str, str | bytes] = {
        "/": "<html><a href=/feed>feed</a>",
        "/feed": "<rss><item><link>/1</link></item></rss>",
        "/1": "<html><img src=1.jpg><a href=/2>2</a>",
        "/2": "<html><img src=2.jpg>",
    }
    with serving(site(pages)) as server:
        crawled = crawl("-a", f"urls={server.url}/", "-a", "depth=1")
        listed = crawl("-a", f"urls={server.url}/feed", "-a", "depth=1")

    assert names(crawled) == ["1.jpg"]
    assert names(listed) == ["1.jpg", "2.jpg"]


@pytest.mark.parametrize(
    ("refresh", "image"),
    [
        ("0; url=/target", "target.jpg"),
        ("5;URL='/target'", "target.jpg"),
        ("900; url=/target", "own.jpg"),
        ("30", "own.jpg"),
        ("30; url=/", "own.jpg"),
        ("0; url=/back", "back.jpg"),
    ],
)
def test_a_refresh_header_is_followed(crawl: Crawl, refresh: str, image: str) -> None:
    """The page at /back leads back to the first one."""

    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path.endswith(".jpg"):
            # HTML section 7.4.6.1: it is of documents, so that no image follows it.
            headers = {**PART, "Refresh": "0; url=/target"}
            await wire.reply("206 Partial Content", headers, PHOTO[:10_241])
            return
        name = asked.path.strip("/") or "own"
        body = f"<!doctype html><img src=/{name}.jpg>".encode()
        headers = {"Content-Type": "text/html", "Content-Length": len(body)}
        if name != "target":
            headers["Refresh"] = refresh if name == "own" else "0; url=/"
        await wire.reply("200 OK", headers, body)

    with serving(app) as server:
        crawled = crawl("-a", f"urls={server.url}/", settings={"ROBOTSTXT_OBEY": False})

    assert names(crawled) == [image]
