"""No document stops the crawl: each has its outcome, and the others are read."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.commands import COVERAGE
from tests.crawls import Crawled, run_crawl
from tests.servers.http import Asked, Wire, serving
from tests.servers.quirks import GALLERY
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.crawls import Crawl

PHOTO = (GALLERY / "harbour.jpg").read_bytes()
CPU_SECONDS = 4
"""DOCUMENT_CPU_SECONDS of these crawls.

No row comes near it: those that are read take a fifth of it at most, and the others at
least three times as much.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A document: ``make`` gets the tag of an image, and ``outcome`` is what is read.

    An empty outcome: the image at its end is recorded. ``cut``: what is left out.
    """

    name: str
    make: Callable[[str], str]
    outcome: str = ""
    cut: str | None = None
    kind: str = "text/html"


def attributes(number: int) -> str:
    return " ".join(f"a{at}" for at in range(number))


def feed(entries: int, text: str) -> str:
    entry = f"<item><description>{text}</description></item>"
    return f"<rss><channel>{entry * entries}</channel></rss>"


ROWS = [
    Row(
        "attributes-8000", lambda img: f"<a {attributes(8_000)}>{img}", cut="attributes"
    ),
    Row(
        "attributes-20000",
        lambda img: f"<a {attributes(20_000)}>{img}",
        cut="attributes",
    ),
    Row("attributes-200000", lambda _: f"<a {attributes(200_000)}>", "DocumentTooSlow"),
    Row("deep-unknown", lambda img: "<x>" * 30_000 + img),
    Row("deep-div", lambda img: "<div>" * 50_000 + img),
    Row("deep-table", lambda img: "<table><tr><td>" * 20_000 + img),
    Row("deep-small", lambda img: "<b>" * 5_000 + img),
    Row(
        "ends-of-nothing",
        lambda _: "<x>" * 300_000 + "</y>" * 300_000,
        "DocumentTooSlow",
    ),
    Row(
        "bases",
        lambda img: "<svg>" * 2_000 + "<base href=/>" * 30_000 + "</svg>" * 2_000 + img,
    ),
    Row(
        "links-101000",
        lambda _: "".join(f"<a href={at}>" for at in range(101_000)),
        "page",
        "links",
    ),
    Row("css-open", lambda img: img + "<style>" + "url(" * 200_000 + "</style>"),
    Row("srcset", lambda img: img + f"<img srcset='{'a 1x,' * 200_000}'>"),
    Row(
        "json-ld-deep",
        lambda img: f"{img}<script type=application/ld+json>{'[' * 100_000}</script>",
    ),
    Row("comment-open", lambda img: img + "<!--" * 200_000),
    Row("noscript-deep", lambda img: img + "<noscript>" * 50_000),
    Row("srcdoc-deep", lambda img: img + f"<iframe srcdoc='{'<x>' * 50_000}'>"),
    Row("select-deep", lambda img: img + "<select>" * 50_000),
    Row("links-nested", lambda img: "<a>" * 50_000 + img),
    Row("fonts-nested", lambda img: "<font>" * 50_000 + img),
    Row("svg-deep", lambda img: img + "<svg><g>" * 50_000),
    Row("template-deep", lambda img: img + "<template>" * 50_000),
    Row("lists-nested", lambda img: "<ul><li>" * 50_000 + img),
    Row("tags-open", lambda img: img + "<" * 100_000),
    Row("tag-names-long", lambda img: f"<{'x' * 100_000}>{img}"),
    Row("quote-open", lambda img: img + '<a title="' + "x" * 100_000),
    Row("entities", lambda img: "&amp;&notit;&#x110000;" * 20_000 + img),
    Row("nulls", lambda img: "\0" * 50_000 + img),
    Row("text-long", lambda img: "x" * 500_000 + img),
    Row("css-escapes", lambda img: img + "<p style='a:" + "\\" * 100_000 + "('>"),
    Row("json-attribute", lambda img: f"{img}<p data-x='{'[' * 100_000}'>"),
    Row("titles", lambda img: "<title>" * 50_000 + "</title>" + img),
    Row("metas", lambda img: "<meta name=robots content=x>" * 20_000 + img),
    Row(
        "feed-html",
        lambda img: feed(4_000, "&lt;p>text&lt;/p>").replace(
            "</channel>",
            f"<item><description><![CDATA[{img}]]></description></item></channel>",
        ),
        kind="text/xml",
    ),
    Row(
        "feed-attributes",
        lambda _: "<rss><channel><item " + attributes(50_000).replace(" ", "='' "),
        "page",
        kind="text/xml",
    ),
    Row("feed-deep", lambda _: "<rss>" + "<x>" * 100_000, "page", kind="text/xml"),
    Row(
        "feed-entities",
        lambda _: (
            "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'>"
            + "".join(f"<!ENTITY a{at} '{f'&a{at - 1};' * 10}'>" for at in range(1, 9))
            + "]><rss><channel><item><link>&a8;</link></item></channel></rss>"
        ),
        "page",
        kind="text/xml",
    ),
    Row(
        "json-feed-deep",
        lambda _: (
            '{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 100_000
        ),
        "page",
        kind="application/json",
    ),
]
SITE = {row.name: row for row in ROWS}


@cache
def body_of(name: str) -> bytes:
    row = SITE[name]
    begin = "<!DOCTYPE html>" if row.kind == "text/html" else ""
    return (begin + row.make(f"<img src='/{name}.jpg'>")).encode()


async def site(asked: Asked, wire: Wire) -> None:
    name = asked.path.removeprefix("/")
    if name in SITE:
        body, kind = body_of(name), SITE[name].kind
        headers: dict[str, str | int] = {"Content-Type": kind}
        await wire.reply("200 OK", {**headers, "Content-Length": len(body)}, body)
    elif name.endswith(".jpg"):
        await wire.reply("200 OK", {"Content-Length": len(PHOTO)}, PHOTO)
    else:
        await wire.reply("404 Not Found", {"Content-Length": 0})


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """One crawl of all documents; coverage would take their time as well."""
    folder = tmp_path_factory.mktemp("documents")
    with serving(site) as server, pytest.MonkeyPatch.context() as patch:
        patch.delenv(COVERAGE, raising=False)
        urls = [f"{server.url}/{name}" for name in SITE]
        (folder / "urls.txt").write_text("\n".join(urls))
        yield run_crawl(folder, settings={"DOCUMENT_CPU_SECONDS": CPU_SECONDS})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_document_has_its_outcome(crawled: Crawled, row: Row) -> None:
    failed = {url.rpartition("/")[2]: name for url, name in crawled.failed.items()}
    images = {record["url"].rpartition("/")[2] for record in crawled.records}

    assert failed.get(row.name, "page") == (row.outcome or "page")
    assert (f"{row.name}.jpg" in images) is not bool(row.outcome)


def test_all_documents_are_accounted_for(crawled: Crawled) -> None:
    cuts = [row.cut for row in ROWS if row.cut]

    assert crawled.exit_code == 0
    assert "Traceback" not in crawled.stderr
    assert "log_count/ERROR" not in crawled.stats
    assert crawled.unaccounted == {"images": 0, "pages": 0}
    assert {cut: crawled.stats[f"documents/cut/{cut}"] for cut in cuts} == {
        cut: cuts.count(cut) for cut in cuts
    }


def test_a_signal_ends_the_reading_of_a_document(crawl: Crawl) -> None:
    """The document would take half an hour, of which the limit allows as much."""
    with serving(site) as server:

        def stop(pid: int) -> None:
            wait_until(lambda: server.sent["/attributes-200000"])
            os.kill(pid, signal.SIGTERM)

        page = f"{server.url}/attributes-200000"
        crawled = crawl(
            "-a",
            f"urls={page}",
            settings={"DOCUMENT_CPU_SECONDS": 3_600},
            meanwhile=stop,
            timeout=60,
        )

    assert crawled.exit_code == 3
    assert "Traceback" not in crawled.stderr
    assert "pages/failed/DocumentTooSlow" not in crawled.stats
