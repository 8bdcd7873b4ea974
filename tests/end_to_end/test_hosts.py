"""Requests go to the host that the URL Standard defines, from every source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.servers.http import Asked, Wire, serving
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from tests.crawls import Crawl

PHOTO = (GALLERY / "harbour.jpg").read_bytes()
OWN = "http://xn--fa-hia.example"
PAGES = {
    "/list.txt": "http://faß.example/\nhttp://faß.example/map.xml\n"
    "http://faß.example/door\nhttp://a\u2488example/\n",
    "/": "<html><img src='//\uff26\uff21ß.example/a b.jpg'><img src='http://fa%C3%9F\u3002example/ß.jpg'>"
    "<img src='a b.jpg#c'><img src=\"//user:p w@faß.example/q'|.jpg?a=ß|&b\">"
    "<img src='//a\u2488example/no.jpg'><img src='/moved.jpg'>"
    "<img src='//127\u30020.0.\uff11/x.jpg'><img src='//loca%6Chos\u00adt/x.jpg'>"
    "<a href='//faß.example/ü'>",
    "/%C3%BC": "<html><base href='//faß.example/in ner/'><img src='c d.jpg'>",
    "/map.xml": "<urlset><url><loc>http://faß.example/ä</loc><image:image>"
    "<image:loc>http://faß.example/s ß.jpg</image:loc></image:image></url></urlset>",
    "/door": "<html><meta http-equiv=refresh content='0; url=//faß.example/rö'>",
    "/r%C3%B6": "<html><img src=r.jpg>",
}


async def site(asked: Asked, wire: Wire) -> None:
    """Respond as a proxy, so for every host."""
    path = "/" + asked.path.split("/", 3)[3]
    body = PAGES.get(path.partition("?")[0], "").encode()
    if path == "/moved.jpg":
        location = "http://faß.example/mo ved.jpg"
        await wire.reply("302 Found", {"Location": location, "Content-Length": 0})
    elif path.partition("?")[0].endswith(".jpg"):
        await wire.reply("200 OK", {"Content-Length": len(PHOTO)}, PHOTO)
    else:
        kind = "text/plain" if "." in path else "text/html; charset=utf-8"
        headers: dict[str, str | int] = {"Content-Type": kind}
        await wire.reply("200 OK", {**headers, "Content-Length": len(body)}, body)


def test_no_other_host_is_asked_and_all_records_and_pairs_agree(
    crawl: Crawl, tmp_path: Path
) -> None:
    settings = {"PAGES_FEED": tmp_path / "pairs.jsonl"}
    arguments = ("-a", "urls_file=http://faß.example/list.txt", "-a", "depth=1")
    with serving(site) as server:
        proxy = {"http_proxy": server.url, "no_proxy": ""}
        crawled = crawl(*arguments, settings=settings, env=proxy)
        asked = [asked.path for asked in server.asked]
        server.asked.clear()
        lines = (tmp_path / "pairs.jsonl").read_text().splitlines()
        (tmp_path / "earlier.json").write_bytes((tmp_path / "feed.json").read_bytes())
        resume = ("-a", "resume=earlier.json")
        again = crawl(*arguments, *resume, settings=settings, env=proxy)

    hosts = {url.split("/", 3)[2].rpartition("@")[2] for url in asked}
    assert hosts == {OWN.removeprefix("http://")}
    images = [url for url in asked if ".jpg" in url]
    assert len(images) == len(set(images))
    assert f"{OWN}/robots.txt" in asked
    named = [json.loads(line) for line in lines]
    pairs = {(pair["page_url"], pair["url"]) for pair in named}
    recorded = {(record["page_url"], record["url"]) for record in crawled.records}
    assert {pair for pair in pairs if pair[1] not in crawled.failed} == recorded
    assert recorded == {
        (f"{OWN}/", f"{OWN}/a%20b.jpg"),
        (f"{OWN}/", f"{OWN}/%C3%9F.jpg"),
        (f"{OWN}/", f"{OWN}/q'%7C.jpg?a=%C3%9F|&b"),
        (f"{OWN}/", f"{OWN}/moved.jpg"),
        (f"{OWN}/%C3%BC", f"{OWN}/in%20ner/c%20d.jpg"),
        (f"{OWN}/%C3%A4", f"{OWN}/s%20%C3%9F.jpg"),
        (f"{OWN}/r%C3%B6", f"{OWN}/r.jpg"),
    }
    assert crawled.failed == {
        "http://127.0.0.1/x.jpg": "PrivateAddress",
        "http://localhost/x.jpg": "PrivateAddress",
    }
    assert crawled.stats["links/skipped/other"] == 1
    assert crawled.stats["list/rejected"] == 1
    assert not any(asked.path.endswith(".jpg") for asked in server.asked)
    assert again.stats["images/done_before"] == len(recorded)
