"""A crawl goes on where a killed one ended: each image is recorded once."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import SCRAPY, environment
from tests.servers.http import serving
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Crawl
    from tests.servers.http import App, Asked, Server, Wire

PAGES = 30
LINKS = 3
PHOTO = (GALLERY / "harbour.jpg").read_bytes()
ICON = (GALLERY / "icon.png").read_bytes()


def page_of(number: int) -> bytes:
    """Name own images and shared ones, a small one, a link, and further pages."""
    images = [f"/{number}-{image}.jpg" for image in range(4)]
    images += [f"/shared-{number % 7}.jpg", f"/{number}.png", f"/moved/{number}.jpg"]
    first = number * LINKS + 1
    links = range(first, min(first + LINKS, PAGES))
    named = "".join(f"<img src={image}>" for image in images)
    return (named + "".join(f"<a href=/page/{link}>" for link in links)).encode()


def site(delay: float = 0.0, *, broken: set[str] | None = None) -> App:
    """Return a site of pages; what is in ``broken`` is answered by a 500."""

    async def app(asked: Asked, wire: Wire) -> None:
        await asyncio.sleep(delay)
        kind, _, rest = asked.path[1:].partition("/")
        if asked.path in (broken or ()):
            await wire.reply("500 Internal Server Error", {"Content-Length": 0})
        elif kind == "page":
            await reply(wire, "text/html", b"<!DOCTYPE html>" + page_of(int(rest)))
        elif kind == "moved":
            await wire.reply("302 Found", {"Location": f"/target-{rest}"})
        elif asked.path.endswith(".png"):
            await reply(wire, "image/png", ICON)
        elif asked.path.endswith(".jpg"):
            await wire.reply(
                "206 Partial Content",
                {
                    "Content-Range": f"bytes 0-10240/{len(PHOTO)}",
                    "Content-Length": 10_241,
                },
                PHOTO[:10_241],
            )
        else:
            await wire.reply("404 Not Found", {"Content-Length": 0})

    return app


async def reply(wire: Wire, kind: str, body: bytes) -> None:
    await wire.reply(
        "200 OK", {"Content-Type": kind, "Content-Length": len(body)}, body
    )


def expected(server: Server) -> set[str]:
    """Return all images of the site and of the list that are kept."""
    names = {f"{number}-{image}" for number in range(PAGES) for image in range(4)}
    names |= {f"shared-{number}" for number in range(7)}
    names |= {f"moved/{number}" for number in range(PAGES)}
    names |= {f"listed-{number}" for number in range(20)}
    return {f"{server.url}/{name}.jpg" for name in names}


def listed(server: Server, folder: Path) -> Path:
    """Write a list of images and of the page that leads to all others."""
    urls = [f"{server.url}/listed-{number}.jpg" for number in range(20)]
    path = folder / "urls.txt"
    path.write_text("\n".join([*urls[:10], f"{server.url}/page/0", *urls[10:]]))
    return path


def command(urls: Path, *arguments: str) -> list[str]:
    return [
        *(*SCRAPY, "crawl", "images", "-a", f"urls_file={urls}", "-a", "depth=9"),
        # Further bytes are asked for one by one: they are not what is looked at.
        *("-s", "METADATA_MAX_REQUESTS=0", "-s", "PICTURE_FINGERPRINT=False"),
        *("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8", *arguments),
    ]


def records_in(folder: Path) -> list[dict[str, Any]]:
    return [
        record
        for path in folder.glob("*.json")
        for record in json.loads(path.read_text())
    ]


def killed_at(folder: Path, records: int, arguments: list[str]) -> bool:
    """Kill a crawl once the feeds have so many records; tell if it ended before."""
    child = subprocess.Popen(
        arguments,
        cwd=folder,
        env=environment(),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while (
        child.poll() is None
        and sum(path.read_bytes().count(b'"url"') for path in folder.glob("*.json"))
        < records
    ):
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    return child.wait() == 0


def finished(folder: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments,
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture
def slow_site() -> Iterator[Server]:
    with serving(site(delay=0.02)) as server:
        yield server


@pytest.mark.parametrize("way", ["the same feed", "new feeds"])
def test_after_kills_the_feeds_have_every_image_once(
    tmp_path: Path, slow_site: Server, way: str
) -> None:
    urls, moments = listed(slow_site, tmp_path), random.Random(way)
    total, kills = len(expected(slow_site)), 0
    for crawl in range(3):
        feed = (
            ["-o", "feed.json"] if way == "the same feed" else ["-O", f"{crawl}.json"]
        )
        resume = "resume=feed.json" if way == "the same feed" else "resume=*.json"
        resume_or_not = ["-a", resume] if crawl or way == "the same feed" else []
        arguments = command(urls, *feed, *resume_or_not)
        if crawl == 2:
            child = finished(tmp_path, arguments)
            assert child.returncode == 0, child.stderr
            assert "done before" in child.stderr
        else:
            at = moments.randrange(crawl * total // 2 + 1, (crawl + 1) * total // 2)
            kills += not killed_at(tmp_path, at, arguments)

    recorded = Counter(record["url"] for record in records_in(tmp_path))
    assert kills == 2
    assert set(recorded) == expected(slow_site)
    assert set(recorded.values()) == {1}
    assert names_of_twins(tmp_path) == []


def names_of_twins(folder: Path) -> list[str]:
    return [path.name for path in folder.glob(".feed*")]


def test_what_is_complete_is_not_asked_for_again(tmp_path: Path) -> None:
    with serving(site()) as server:
        urls = listed(server, tmp_path)
        assert finished(tmp_path, command(urls, "-O", "a.json")).returncode == 0
        server.asked.clear()
        again = command(urls, "-O", "b.json", "-a", "resume=a.json")
        child = finished(tmp_path, again)

        assert child.returncode == 0
        assert {asked.path for asked in server.asked} <= {"/robots.txt"}
        assert json.loads((tmp_path / "b.json").read_text()) == []
        assert "pages   0 crawled, 1 done before" in child.stderr
        assert "images  20 found: 0 kept, 20 done before" in child.stderr


def test_without_notes_pages_are_read_again_and_small_images_too(
    tmp_path: Path,
) -> None:
    with serving(site()) as server:
        urls = listed(server, tmp_path)
        finished(tmp_path, command(urls, "-O", "a.json"))
        (tmp_path / "a.json.notes").unlink()
        server.asked.clear()
        finished(tmp_path, command(urls, "-O", "b.json", "-a", "resume=a.json"))
        paths = Counter(asked.path for asked in server.asked)

        assert json.loads((tmp_path / "b.json").read_text()) == []
        assert {f"/page/{number}" for number in range(PAGES)} <= set(paths)
        assert not {path for path in paths if path.endswith("-0.jpg")}
        assert {f"/{number}.png" for number in range(PAGES)} <= set(paths)


def test_what_failed_is_asked_for_again_with_the_pages_that_lead_there(
    tmp_path: Path,
) -> None:
    broken = {"/9-2.jpg", "/page/20"}
    with serving(site(broken=broken)) as server:
        urls = listed(server, tmp_path)
        finished(tmp_path, command(urls, "-O", "a.json", "-s", "RETRY_TIMES=0"))
        server.asked.clear()
        broken.clear()
        finished(tmp_path, command(urls, "-O", "b.json", "-a", "resume=a.json"))
        paths = {asked.path for asked in server.asked if "page" in asked.path}
        new = json.loads((tmp_path / "b.json").read_text())

    # 9 was found on 2, 20 on 6, 2 on 0, 6 on 1: the way from the list to them.
    assert paths == {f"/page/{number}" for number in (0, 1, 2, 6, 9, 20)}
    # Page 20 leads to three more below 61, and there are 30.
    assert {record["url"].removeprefix(server.url) for record in new} == {
        "/9-2.jpg",
        "/moved/20.jpg",
        *(f"/20-{image}.jpg" for image in range(4)),
    }
    recorded = Counter(record["url"] for record in records_in(tmp_path))
    assert set(recorded) == expected(server)
    assert set(recorded.values()) == {1}


def test_a_deeper_crawl_follows_complete_pages_farther(tmp_path: Path) -> None:
    with serving(site()) as server:
        urls = listed(server, tmp_path)
        finished(tmp_path, [*command(urls, "-O", "a.json"), "-a", "depth=1"])
        child = finished(tmp_path, command(urls, "-O", "b.json", "-a", "resume=a.json"))
        recorded = Counter(record["url"] for record in records_in(tmp_path))

    assert child.returncode == 0
    assert set(recorded) == expected(server)
    assert set(recorded.values()) == {1}


def test_a_redirect_to_what_is_recorded_gives_no_second_record(
    tmp_path: Path,
) -> None:
    with serving(site()) as server:
        first = f"urls={server.url}/moved/1.jpg {server.url}/target-2.jpg"
        later = f"urls={server.url}/target-1.jpg {server.url}/moved/2.jpg"
        for name, urls in (("a", first), ("b", later)):
            resume = ["-a", "resume=a.json"] if name == "b" else []
            child = finished(
                tmp_path,
                [*SCRAPY, "crawl", "images", "-a", urls, "-O", f"{name}.json", *resume],
            )
            assert child.returncode == 0

    assert len(records_in(tmp_path)) == 2


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_feed_that_was_cut_is_continued_with_whole_records(
    tmp_path: Path, form: str
) -> None:
    urls = f"urls={GALLERY / 'harbour.jpg'} {GALLERY / 'summit.jpg'}"
    arguments = [*SCRAPY, "crawl", "images", "-a", urls, "-o", f"a.{form}"]
    finished(tmp_path, arguments)
    feed = tmp_path / f"a.{form}"
    feed.write_bytes(feed.read_bytes()[:-20])
    child = finished(tmp_path, [*arguments, "-a", f"resume=a.{form}"])
    text = feed.read_text()

    assert "1 kept, 1 done before" in child.stderr
    assert sum(line.count('summit.jpg"') for line in text.splitlines()) <= 1
    assert all(text.count(name) == 1 for name in ("harbour.jpg", "summit.jpg"))


def test_one_command_begins_and_goes_on(tmp_path: Path) -> None:
    urls = f"urls={GALLERY / 'harbour.jpg'}"
    arguments = ["-a", urls, "-o", "a.json", "-a", "resume=a.json"]
    ends = [
        finished(tmp_path, [*SCRAPY, "crawl", "images", *arguments]) for _ in range(2)
    ]

    assert [end.returncode for end in ends] == [0, 0]
    assert "1 kept" in ends[0].stderr
    assert "0 kept, 1 done before" in ends[1].stderr
    assert len(records_in(tmp_path)) == 1


@pytest.mark.parametrize("way", ["-O", "deleted"])
def test_notes_of_a_feed_that_is_no_more_are_not_believed(
    tmp_path: Path, way: str
) -> None:
    notes, feed = tmp_path / "a.json.notes", tmp_path / "a.json"
    notes.write_text('{"page": "https://a.example/", "depth": 0, "tor": false}\n')
    if way == "-O":
        feed.write_text("[]")
    urls = f"urls={GALLERY / 'harbour.jpg'}"
    option = "-O" if way == "-O" else "-o"
    finished(tmp_path, [*SCRAPY, "crawl", "images", "-a", urls, option, "a.json"])

    assert not notes.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-O", "b.json", "-a", "resume=none.json"], "there is no file none.json"),
        (["-O", "a.json", "-a", "resume=a.json"], "is replaced by the crawl itself"),
        (["-O", "b.json", "-a", "resume=b.txt"], "ends with none of .json"),
        (["-O", "b.json", "-a", "resume=cut.json"], "does not hold a whole JSON"),
    ],
)
def test_a_feed_that_cannot_be_resumed_is_one_line(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "a.json").write_text("[]")
    (tmp_path / "b.txt").write_text("")
    (tmp_path / "cut.json").write_text('[{"url": "x"}, {"ur')
    urls = f"urls={GALLERY / 'harbour.jpg'}"
    child = finished(tmp_path, [*SCRAPY, "crawl", "images", "-a", urls, *arguments])

    assert child.returncode == 1
    assert child.stderr.startswith("scrapy crawl: ")
    assert child.stderr.count("\n") == 1
    assert sentence in child.stderr
    assert (tmp_path / "a.json").read_text() == "[]"


def test_pairs_of_pages_and_images_are_added_to(crawl: Crawl, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    for resume in ([], ["-a", "resume=a.json"]):
        urls = f"urls={GALLERY / ('album/index.html' if resume else 'index.html')}"
        feed = ["-O", "b.json" if resume else "a.json"]
        settings = {"PAGES_FEED": pairs}
        crawl("-a", urls, *feed, *resume, feed=False, settings=settings)
    pages = {json.loads(line)["page_url"] for line in pairs.read_text().splitlines()}

    assert {page.removeprefix(GALLERY.as_uri()) for page in pages} == {
        "/index.html",
        "/album/index.html",
    }
