"""Crawls of pages, style sheets and lists, and their limits."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import signal
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.commands import run_scrapy
from tests.servers.http import App, Asked, Wire, serving
from tests.servers.quirks import GALLERY
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.crawls import Crawl, Crawled

PHOTO = (GALLERY / "harbour.jpg").read_bytes()
PART: dict[str, str | int] = {
    "Content-Range": f"bytes 0-10240/{len(PHOTO)}",
    "Content-Length": 10_241,
}


def site(pages: dict[str, str | bytes], **types: str) -> App:
    """Serve pages by their path, and the photo under every ``….jpg``."""

    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path.endswith(".jpg"):
            await wire.reply("206 Partial Content", PART, PHOTO[:10_241])
            return
        body = pages.get(asked.path)
        if body is None:
            await wire.reply("404 Not Found", {"Content-Length": 0})
            return
        kind = types.get(asked.path.rpartition(".")[2], "text/html; charset=utf-8")
        data = body.encode() if isinstance(body, str) else body
        headers: dict[str, str | int] = {"Content-Type": kind}
        await wire.reply("200 OK", {**headers, "Content-Length": len(data)}, data)

    return app


def names(crawled: Crawled) -> list[str]:
    assert crawled.unaccounted == {"images": 0, "pages": 0}
    return sorted(str(r["url"]).rpartition("/")[2] for r in crawled.records)


CHAIN: dict[str, str | bytes] = {
    "/": "<a href=/one>1</a><a href=http://localhost/x>elsewhere</a><img src=0.jpg>",
    "/one": "<html><a href=/two>2</a><a href=/>back</a><img src=1.jpg>",
    "/two": "<html><iframe src=/three></iframe><img src=2.jpg><img src=0.jpg>",
    "/three": "<html><link rel=next href=/four><img src=3.jpg>",
    "/four": "<html><img src=4.jpg>",
}


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_pages_are_followed_to_a_depth(crawl: Crawl, depth: int) -> None:
    with serving(site(CHAIN)) as server:
        crawled = crawl("-a", f"urls={server.url}/", "-a", f"depth={depth}")

    assert names(crawled) == [f"{number}.jpg" for number in range(depth + 1)]
    assert crawled.stats["pages/crawled"] == depth + 1


DENSE = 200


def test_no_page_of_a_dense_site_is_asked_for_twice(crawl: Crawl) -> None:
    """Every page links to pages far after it, which the first page names last."""
    pages: dict[str, str | bytes] = {
        f"/{number}": "<html>"
        + "".join(
            f"<a href=/{(number + step) % DENSE}>" for step in range(40, DENSE, 20)
        )
        for number in range(DENSE)
    }
    pages["/"] = "<html>" + "".join(f"<a href={path}>" for path in pages)
    with serving(site(pages)) as server:
        scope = ("-a", "depth=3", "-a", f"max_pages={len(pages)}")
        settings = {"ROBOTSTXT_OBEY": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
        crawled = crawl("-a", f"urls={server.url}/", *scope, settings=settings)

    # A second request for a page would have taken the place of another page.
    assert Counter(asked.path for asked in server.asked) == Counter([*pages])
    assert crawled.stats["pages/crawled"] == len(pages)
    assert "pages/left_out/max_pages" not in crawled.stats
    assert crawled.unaccounted == {"images": 0, "pages": 0}


@pytest.mark.parametrize(
    ("argument", "images", "left_out"),
    [
        ("allow=/one", ["0.jpg", "1.jpg"], {"pages/left_out/allow": 1}),
        ("deny=two$", ["0.jpg", "1.jpg"], {"pages/left_out/deny": 1}),
        ("max_pages=2", ["0.jpg", "1.jpg"], {"pages/left_out/max_pages": 1}),
        (
            "max_images_per_page=1",
            ["0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg"],
            {"images/left_out/max_images_per_page": 1},
        ),
    ],
)
def test_what_is_left_out_is_counted(
    crawl: Crawl, argument: str, images: list[str], left_out: dict[str, int]
) -> None:
    with serving(site(CHAIN)) as server:
        urls = f"urls={server.url}/"
        crawled = crawl("-a", urls, "-a", "depth=9", "-a", argument)

    assert names(crawled) == images
    found = {name: n for name, n in crawled.stats.items() if "left_out" in name}
    assert found == left_out


def test_a_record_says_where_it_was_found_first(crawl: Crawl, tmp_path: Path) -> None:
    pages: dict[str, str | bytes] = {
        "/": "<html><img src=a.jpg alt='A  boat'><a href=/more>more</a>",
        "/more": "<html><img src=a.jpg alt=again><div style='background:url(b.jpg)'>",
    }
    with serving(site(pages)) as server:
        pairs_file = {"PAGES_FEED": "pairs/pages.jsonl"}
        crawled = crawl(
            "-a", f"urls={server.url}/", "-a", "depth=1", settings=pairs_file
        )
    first = crawled.record(f"{server.url}/a.jpg")
    lines = (tmp_path / "pairs" / "pages.jsonl").read_text().splitlines()
    pairs = [tuple(json.loads(line).values()) for line in lines]

    assert names(crawled) == ["a.jpg", "b.jpg"]
    assert (first["page_url"], first["found_in"], first["alt"]) == (
        f"{server.url}/",
        "img",
        "A boat",
    )
    assert sorted(pairs, key=str) == [
        (f"{server.url}/", f"{server.url}/a.jpg", "img", "A boat"),
        (f"{server.url}/more", f"{server.url}/a.jpg", "img", "again"),
        (f"{server.url}/more", f"{server.url}/b.jpg", "css", None),
    ]


STYLED: dict[str, str | bytes] = {
    "/": "<html><link rel=stylesheet href=/css/a.css>",
    "/css/a.css": "@import 'b.css'; body { background: url(../a.jpg) }",
    "/css/b.css": "@import 'a.css'; p { background: image-set('b.jpg' 1x) }",
}


@pytest.mark.parametrize(
    ("is_on", "images"), [("True", ["a.jpg", "b.jpg"]), ("False", [])]
)
def test_style_sheets_are_followed_if_asked_for(
    crawl: Crawl, is_on: str, images: list[str]
) -> None:
    with serving(site(STYLED, css="text/css")) as server:
        setting = {"FOLLOW_STYLESHEETS": is_on}
        crawled = crawl("-a", f"urls={server.url}/", settings=setting)

    assert names(crawled) == images
    assert {record["found_in"] for record in crawled.records} <= {"css"}
    assert {r["page_url"] for r in crawled.records} <= {f"{server.url}/"}


def test_sitemaps_and_feeds_are_lists(crawl: Crawl) -> None:
    pages: dict[str, str | bytes] = {}
    with serving(site(pages, gz="application/x-gzip", xml="text/xml")) as server:
        index = f"<sitemapindex><sitemap><loc>{server.url}/a.xml.gz</loc></sitemap>"
        entry = f"<item><link>{server.url}/item</link><enclosure type='image/jpeg' "
        pages |= {
            "/index.xml": f"<?xml version='1.0'?>{index}</sitemapindex>",
            "/a.xml.gz": gzip.compress(
                f"<urlset><url><loc>{server.url}/page</loc></url></urlset>".encode()
            ),
            "/page": "<html><img src=page.jpg>",
            "/feed": f"<rss>{entry} url='/e.jpg'/><description>&lt;p>&lt;img "
            "src='d.jpg'></description></item></rss>",
            "/item": "<html><img src=item.jpg>",
            "/undeclared.xml": f"<x:urlset><url><loc>{server.url}/page</loc>"
            "<image:image><image:loc>/u.jpg</image:loc></image:image></url></x:urlset>",
        }
        urls = [f"{server.url}/{name}" for name in ("index.xml", "feed")]
        crawled = crawl("-a", f"urls={' '.join(urls)} {server.url}/undeclared.xml")

    assert names(crawled) == ["d.jpg", "e.jpg", "item.jpg", "page.jpg", "u.jpg"]
    found = {r["url"].rpartition("/")[2]: r["found_in"] for r in crawled.records}
    assert found["e.jpg"] == "enclosure"
    assert found["d.jpg"] == "feed"


def test_a_page_is_read_in_its_character_set(crawl: Crawl) -> None:
    def page(name: str, word: str, charset: str) -> bytes:
        return f"<html><img src='{name}.jpg' alt='{word}'>".encode(charset)

    japanese, russian = "\u65e5\u672c", "\u043c\u0438\u0440"
    meta = b"<meta charset=shift_jis>"
    pages: dict[str, str | bytes] = {
        "/meta.none": meta + page("meta", japanese, "shift_jis"),
        "/header.1251": page("header", russian, "windows-1251"),
        "/bom-16.none": page("bom-16", russian, "utf-16"),
        "/bom-8.none": page("bom-8", russian, "utf-8-sig"),
    }
    kinds = {"none": "text/html", "1251": "text/html; charset=windows-1251"}
    with serving(site(pages, **kinds)) as server:
        urls = " ".join(f"{server.url}{path}" for path in pages)
        crawled = crawl("-a", f"urls={urls}")

    assert names(crawled) == ["bom-16.jpg", "bom-8.jpg", "header.jpg", "meta.jpg"]
    assert {r["url"].rpartition("/")[2]: r["alt"] for r in crawled.records} == {
        "meta.jpg": japanese,
        "header.jpg": russian,
        "bom-16.jpg": russian,
        "bom-8.jpg": russian,
    }


def test_local_pages_are_followed_in_the_folder_of_the_first(
    crawl: Crawl, tmp_path: Path
) -> None:
    (tmp_path / "site" / "sub").mkdir(parents=True)
    (tmp_path / "a.jpg").write_bytes(PHOTO)
    (tmp_path / "site" / "b.jpg").write_bytes(PHOTO)
    (tmp_path / "site" / "index.html").write_text("<html><a href=sub/page.html>")
    (tmp_path / "site" / "sub" / "page.html").write_text(
        "<html><img src=../b.jpg><img src=../../a.jpg>"
    )
    crawled = crawl("-a", "urls=site/index.html", "-a", "depth=1")

    assert names(crawled) == ["b.jpg"]
    assert list(crawled.failed.values()) == ["OutsideFolder"]


def test_a_page_of_many_images_is_cut_where_the_user_says(crawl: Crawl) -> None:
    page = "<html>" + "".join(f"<img src={number}.jpg>" for number in range(1_000))
    with serving(site({"/": page})) as server:
        limit = "max_images_per_page=50"
        crawled = crawl("-a", f"urls={server.url}/", "-a", limit)

    assert len(names(crawled)) == 50
    assert crawled.stats["images/left_out/max_images_per_page"] == 950


def test_the_gallery_of_the_first_run(crawl: Crawl) -> None:
    crawled = crawl("-a", f"urls={GALLERY / 'index.html'}", "-a", "depth=1")
    found = {r["url"].rpartition("/")[2]: r["found_in"] for r in crawled.records}
    by_name = {r["url"].rpartition("/")[2]: r for r in crawled.records}

    assert found == {
        "harbour.jpg": "img",
        "harbour-copy.jpg": "img",
        "summit.jpg": "img",
        "chart.png": "img",
        "meadow-1600.jpg": "srcset",
        "night.png": "css",
        "boat.webp": "img",
    }
    assert list(crawled.dropped.values()) == ["TooSmall"]
    assert by_name["summit.jpg"]["exif"]["GPS GPSLatitude"] == "[45, 58, 141/4]"
    assert (
        by_name["harbour.jpg"]["sha256_first_10240_bytes"]
        == by_name["harbour-copy.jpg"]["sha256_first_10240_bytes"]
    )


def test_a_url_of_no_use_ends_nothing(crawl: Crawl) -> None:
    pages: dict[str, str | bytes] = {
        "/img": "<html><img src=http://h:99999/x.jpg><img src=img.jpg>",
        "/css": "<html><style>p{background:url(http://h:99999/x.jpg)}</style>"
        "<img src=css.jpg>",
        "/rss": "<rss><item><enclosure url='http://h:99999/x.jpg' type='image/jpeg'/>"
        "<enclosure url='/rss.jpg' type='image/jpeg'/></item></rss>",
        "/map": "<urlset><url><loc>http://h:999999/</loc></url>"
        "<url><loc>/p</loc></url></urlset>",
        "/p": "<html><img src=map.jpg>",
    }
    with serving(site(pages)) as server:
        urls = " ".join(f"{server.url}/{name}" for name in ("img", "css", "rss", "map"))
        crawled = crawl("-a", f"urls={urls}")

    assert names(crawled) == ["css.jpg", "img.jpg", "map.jpg", "rss.jpg"]
    assert "Traceback" not in crawled.stderr


def test_a_signal_ends_a_page_of_very_many_links(tmp_path: Path) -> None:
    many = "<html>" + "".join(f"<a href=/{number}>" for number in range(10_000))

    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path in ("/", "/robots.txt"):
            await site({"/": many})(asked, wire)
        else:
            await asyncio.sleep(0.2)
            await wire.reply("404 Not Found", {"Content-Length": 0})

    with serving(app) as server:

        def stop(pid: int) -> None:
            wait_until(lambda: len(server.asked) >= 10)
            os.kill(pid, signal.SIGINT)

        command = ("crawl", "images", "-a", f"urls={server.url}/", "-a", "depth=1")
        child = run_scrapy(*command, cwd=tmp_path, meanwhile=stop)

    assert child.returncode == 3
    assert "pages   1 crawled" in child.stderr
