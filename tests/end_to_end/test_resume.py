"""A crawl resumes a killed one, and records each image once."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands import COVERAGE, run_scrapy
from tests.servers.http import serving
from tests.servers.quirks import GALLERY
from tests.servers.website import Website
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.crawls import Crawl
    from tests.servers.http import Server


def listed(site: Website, server: Server, folder: Path) -> Path:
    """Write the list of a site."""
    path = folder / "urls.txt"
    path.write_text("\n".join(site.urls(server)))
    return path


def command(urls: Path, *arguments: str, depth: int = 9) -> list[str]:
    return [
        *("crawl", "images", "-a", f"urls_file={urls}", "-a", f"depth={depth}"),
        # Further ranges would only slow these tests.
        *("-s", "METADATA_MAX_REQUESTS=0", "-s", "PICTURE_FINGERPRINT=False"),
        *("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8", *arguments),
    ]


def records_in(folder: Path) -> list[dict[str, Any]]:
    return [
        record
        for path in folder.glob("*.json")
        for record in json.loads(path.read_text())
    ]


def kill_at(folder: Path, records: int, arguments: list[str]) -> None:
    """Kill a crawl at ``records`` records."""

    def has_enough() -> bool:
        texts = [path.read_bytes() for path in folder.glob("*.json")]
        return sum(text.count(b'"url"') for text in texts) >= records

    def kill(crawl: int) -> None:
        wait_until(has_enough, every=0.005)
        os.kill(crawl, signal.SIGKILL)

    child = run_scrapy(*arguments, cwd=folder, meanwhile=kill)
    assert child.returncode == -signal.SIGKILL


def finished(folder: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return run_scrapy(*arguments, cwd=folder)


@pytest.mark.parametrize("feeds", ["the same feed", "new feeds"])
def test_after_kills_the_feeds_have_every_image_once(
    tmp_path: Path, feeds: str
) -> None:
    site, moments = Website(delay=0.02), random.Random(feeds)
    with serving(site.app) as server:
        urls, images = listed(site, server, tmp_path), site.images(server)
        for crawl in range(3):
            feed = ["-O", f"{crawl}.json"] if feeds == "new feeds" else ["-o", "0.json"]
            resume = ["-a", "resume=*.json"] if crawl else []
            arguments = command(urls, *feed, *resume)
            if crawl == 2:
                child = finished(tmp_path, arguments)
                assert child.returncode == 0, child.stderr
                assert "done before" in child.stderr
                continue
            half = len(images) // 2
            at = moments.randrange(crawl * half + 1, crawl * half + half)
            kill_at(tmp_path, at, arguments)

    recorded = Counter(record["url"] for record in records_in(tmp_path))
    assert set(recorded) == images
    assert set(recorded.values()) == {1}
    assert feeds == "new feeds" or temporary_files(tmp_path) == []


def temporary_files(folder: Path) -> list[str]:
    return [path.name for path in folder.glob(".0*")]


def test_what_is_complete_is_not_asked_for_again(tmp_path: Path) -> None:
    site = Website()
    with serving(site.app) as server:
        urls = listed(site, server, tmp_path)
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
    site = Website()
    with serving(site.app) as server:
        urls = listed(site, server, tmp_path)
        finished(tmp_path, command(urls, "-O", "a.json"))
        (tmp_path / "a.json.notes").unlink()
        server.asked.clear()
        finished(tmp_path, command(urls, "-O", "b.json", "-a", "resume=a.json"))
        paths = Counter(asked.path for asked in server.asked)

        assert json.loads((tmp_path / "b.json").read_text()) == []
        assert {f"/page/{number}" for number in range(site.pages)} <= set(paths)
        assert not {path for path in paths if path.endswith("-0.jpg")}
        assert {f"/{number}.png" for number in range(site.pages)} <= set(paths)


def test_what_failed_is_asked_for_again_with_the_pages_that_lead_there(
    tmp_path: Path,
) -> None:
    site = Website(broken={"/9-2.jpg", "/page/20"})
    with serving(site.app) as server:
        urls = listed(site, server, tmp_path)
        finished(tmp_path, command(urls, "-O", "a.json", "-s", "RETRY_TIMES=0"))
        server.asked.clear()
        site.broken.clear()
        finished(tmp_path, command(urls, "-O", "b.json", "-a", "resume=a.json"))
        paths = {asked.path for asked in server.asked if "page" in asked.path}
        new = json.loads((tmp_path / "b.json").read_text())

    # Page 9 was found on 2, 20 on 6, 2 on 0, 6 on 1: the path from the list.
    assert paths == {f"/page/{number}" for number in (0, 1, 2, 6, 9, 20)}
    # Page 20 would link to pages 61 to 63, but there are only 30.
    assert {record["url"].removeprefix(server.url) for record in new} == {
        "/9-2.jpg",
        "/moved/20.jpg",
        *(f"/20-{image}.jpg" for image in range(4)),
    }
    recorded = Counter(record["url"] for record in records_in(tmp_path))
    assert set(recorded) == site.images(server)
    assert set(recorded.values()) == {1}


def test_a_deeper_crawl_follows_complete_pages_farther(tmp_path: Path) -> None:
    site = Website()
    with serving(site.app) as server:
        urls = listed(site, server, tmp_path)
        finished(tmp_path, command(urls, "-O", "a.json", depth=1))
        child = finished(tmp_path, command(urls, "-O", "b.json", "-a", "resume=a.json"))
        recorded = Counter(record["url"] for record in records_in(tmp_path))

    assert child.returncode == 0
    assert set(recorded) == site.images(server)
    assert set(recorded.values()) == {1}


def test_a_redirect_to_what_is_recorded_gives_no_second_record(
    tmp_path: Path,
) -> None:
    with serving(Website().app) as server:
        first = f"urls={server.url}/moved/1.jpg {server.url}/target-2.jpg"
        later = f"urls={server.url}/target-1.jpg {server.url}/moved/2.jpg"
        for name, urls in (("a", first), ("b", later)):
            resume = ["-a", "resume=a.json"] if name == "b" else []
            child = finished(
                tmp_path,
                ["crawl", "images", "-a", urls, "-O", f"{name}.json", *resume],
            )
            assert child.returncode == 0

    assert len(records_in(tmp_path)) == 2


def test_a_feed_that_was_cut_is_continued_with_whole_records(tmp_path: Path) -> None:
    urls = f"urls={GALLERY / 'harbour.jpg'} {GALLERY / 'summit.jpg'}"
    arguments = ["crawl", "images", "-a", urls, "-o", "a.csv"]
    finished(tmp_path, arguments)
    feed = tmp_path / "a.csv"
    feed.write_bytes(feed.read_bytes()[:-20])
    child = finished(tmp_path, [*arguments, "-a", "resume=a.csv"])
    rows = [*csv.DictReader(feed.read_text().splitlines())]

    assert "1 kept, 1 done before" in child.stderr
    assert sorted(row["url"].rpartition("/")[2] for row in rows) == [
        *("harbour.jpg", "summit.jpg")
    ]


def test_a_record_that_found_no_room_is_made_again(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(30):
        (pictures / f"{number:02}.jpg").hardlink_to(GALLERY / "harbour.jpg")
    arguments = ["-a", f"folder={pictures}", "-o", "a.jsonl", "-a", "resume=a.jsonl"]
    # In units of 512 bytes, which is too little for the coverage file.
    limit = ("env", "-u", COVERAGE, "sh", "-c", 'ulimit -f 50; exec "$@"', "sh")
    full = run_scrapy("crawl", "images", *arguments, cwd=tmp_path, prefix=limit)
    before = (tmp_path / "a.jsonl").read_text()
    child = finished(tmp_path, ["crawl", "images", *arguments])
    lines = (tmp_path / "a.jsonl").read_text().splitlines()

    assert full.returncode == 4
    assert full.stderr.count("feed a.jsonl cannot be written: File too large\n") == 1
    assert "Traceback" not in full.stderr
    assert before.endswith("}\n")
    assert child.returncode == 0
    assert len({json.loads(line)["url"] for line in lines}) == len(lines) == 30


def test_one_command_starts_and_resumes(tmp_path: Path) -> None:
    urls = f"urls={GALLERY / 'harbour.jpg'}"
    arguments = ["-a", urls, "-o", "a.json", "-a", "resume=a.json"]
    ends = [finished(tmp_path, ["crawl", "images", *arguments]) for _ in range(2)]

    assert [end.returncode for end in ends] == [0, 0]
    assert "1 kept" in ends[0].stderr
    assert "0 kept, 1 done before" in ends[1].stderr
    assert len(records_in(tmp_path)) == 1


@pytest.mark.parametrize(
    "feeds",
    [
        (),
        ("-O", "new/dir/a.jsonl", "-O", "new/b.csv"),
        ("-o", "new/%(batch_id)d/a.json", "-s", "FEED_EXPORT_BATCH_ITEM_COUNT=1"),
    ],
    ids=["the default", "named", "in batches"],
)
def test_notes_are_kept_before_the_folder_of_a_feed_exists(
    tmp_path: Path, feeds: tuple[str, ...]
) -> None:
    small = GALLERY / "icon.png"
    arguments = ("crawl", "images", "-a", f"urls={small}", *feeds)
    child = run_scrapy(*arguments, cwd=tmp_path)
    notes = [*tmp_path.rglob("*.notes")]

    assert child.returncode == 0
    assert "WARNING" not in child.stderr
    assert len(notes) == (2 if "-O" in feeds else 1)
    for path in notes:
        line = {"dropped": small.as_uri(), "reason": "TooSmall", "tor": False}
        assert json.loads(path.read_text()) == line
        assert path.with_name(path.name.removesuffix(".notes")).exists()


@pytest.mark.parametrize("way", ["-O", "deleted"])
def test_notes_of_a_feed_that_is_gone_are_not_used(tmp_path: Path, way: str) -> None:
    notes, feed = tmp_path / "a.json.notes", tmp_path / "a.json"
    notes.write_text('{"page": "https://a.example/", "depth": 0, "tor": false}\n')
    if way == "-O":
        feed.write_text("[]")
    urls = f"urls={GALLERY / 'harbour.jpg'}"
    option = "-O" if way == "-O" else "-o"
    finished(tmp_path, ["crawl", "images", "-a", urls, option, "a.json"])

    assert not notes.exists()


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
