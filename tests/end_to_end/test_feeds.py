"""The feeds to which the records are written."""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fpcrawler.items import RECORD_FIELDS
from tests.commands import SCRAPY, environment, run_scrapy
from tests.servers.http import Asked, Wire, serving
from tests.servers.quirks import GALLERY
from tests.servers.s3 import client, refusing
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.crawls import Crawl

PHOTO = GALLERY / "harbour.jpg"
NOT_STORED = "NOT STORED"


def test_the_default_feed_has_the_seeds_form(crawl: Crawl, tmp_path: Path) -> None:
    crawl("-a", f"urls={PHOTO}", feed=False)
    (feed,) = (tmp_path / "data").glob("*.json")
    text = feed.read_text()
    records = json.loads(text)

    assert feed.name.startswith("images-")
    assert feed.name.endswith(".json")
    assert list(records[0]) == RECORD_FIELDS
    assert text == json.dumps(records, indent=4, ensure_ascii=False) + "\n"


def test_a_named_feed_replaces_the_default(crawl: Crawl, tmp_path: Path) -> None:
    crawl("-a", f"urls={PHOTO}", "-O", "a.jsonl", "-O", "b.csv", feed=False)
    (line,) = (tmp_path / "a.jsonl").read_text().splitlines()
    (row,) = csv.DictReader((tmp_path / "b.csv").read_text().splitlines())

    assert not (tmp_path / "data").exists()
    assert list(json.loads(line)) == RECORD_FIELDS == list(row)
    assert json.loads(row["exif"]) == json.loads(line)["exif"]


def test_a_json_feed_can_be_continued(crawl: Crawl, tmp_path: Path) -> None:
    for name in ("harbour.jpg", "summit.jpg"):
        crawl("-a", f"urls={GALLERY / name}", "-o", "all.json", feed=False)
    records = json.loads((tmp_path / "all.json").read_text())

    assert [record["url"][-10:] for record in records] == ["arbour.jpg", "summit.jpg"]


def test_a_csv_feed_has_the_same_values_as_the_others(
    crawl: Crawl, tmp_path: Path
) -> None:
    arguments = [f"{tmp_path}/a.{ending}" for ending in ("csv", "jsonl")]
    crawl("-a", f"urls={PHOTO}", *outputs(arguments), feed=False)
    (line,) = (tmp_path / "a.jsonl").read_text().splitlines()
    (row,) = csv.DictReader((tmp_path / "a.csv").read_text().splitlines())
    record = json.loads(line)

    assert [name for name in record if isinstance(record[name], dict | list)]
    for name, value in record.items():
        if isinstance(value, dict | list):
            assert json.loads(row[name]) == value


def test_a_csv_feed_that_is_continued_has_one_header(
    crawl: Crawl, tmp_path: Path
) -> None:
    for name in ("harbour", "night"):
        crawl("-a", f"urls={GALLERY / name}.jpg", "-o", "a.csv", feed=False)
    crawl("-a", f"urls={GALLERY / 'night.png'}", "-o", "a.csv", feed=False)
    rows = [*csv.DictReader((tmp_path / "a.csv").read_text().splitlines())]

    assert [row["url"].rpartition("/")[2] for row in rows] == [
        *("harbour.jpg", "night.png")
    ]


@pytest.mark.parametrize("options", [[], ["-s", "FEED_EXPORT_FIELDS=url,etag"]])
def test_a_csv_feed_with_other_columns_is_not_continued(
    crawl: Crawl, tmp_path: Path, options: list[str]
) -> None:
    feed = tmp_path / "a.csv"
    feed.write_text("url,sha256_first_10240_bytes\n")
    crawled = crawl("-a", f"urls={PHOTO}", "-o", "a.csv", *options, feed=False)

    assert crawled.exit_code == 1
    assert crawled.stderr == (
        "scrapy crawl: feed a.csv exists but does not hold records as csv with the "
        "columns of this crawl, so it is kept; name another file or remove it.\n"
    )
    assert feed.read_text() == "url,sha256_first_10240_bytes\n"


@pytest.mark.untraced
def test_a_feed_has_one_crawl_at_a_time(tmp_path: Path) -> None:
    feeds = [tmp_path / name for name in ("a.json", "a.jsonl", "a.csv")]
    command = ("crawl", "images", "-a")

    async def hangs(asked: Asked, wire: Wire) -> None:
        if asked.path == "/first.jpg":
            await wire.reply("200 OK", {}, PHOTO.read_bytes())
        await asyncio.sleep(3600)

    with (
        serving(hangs) as server,
        subprocess.Popen(
            [
                *SCRAPY,
                *command,
                f"urls={server.url}/first.jpg {server.url}/second.jpg",
                *("-s", "ROBOTSTXT_OBEY=False"),
                *(part for feed in feeds for part in ("-o", feed.name)),
            ],
            cwd=tmp_path,
            env=environment(),
            stderr=subprocess.DEVNULL,
        ) as first,
    ):
        wait_until(
            lambda: all(
                feed.exists() and b"first.jpg" in feed.read_bytes() for feed in feeds
            )
        )
        before = [feed.read_bytes() for feed in feeds]
        seconds = [
            run_scrapy(*command, f"urls={PHOTO}", "-o", feed.name, cwd=tmp_path)
            for feed in feeds
        ]
        assert [feed.read_bytes() for feed in feeds] == before
        first.kill()

    for feed, second in zip(feeds, seconds, strict=True):
        assert second.returncode == 1
        assert second.stderr.count("\n") == 1
        assert f"{feed.name} is being written by another crawl" in second.stderr


def test_nothing_found_is_an_empty_array(crawl: Crawl, tmp_path: Path) -> None:
    crawl("-a", f"urls={GALLERY / 'icon.png'}")

    assert json.loads((tmp_path / "feed.json").read_text()) == []


def test_a_feed_on_stdout_is_alone_there(crawl: Crawl) -> None:
    crawled = crawl("-a", f"urls={PHOTO}", "-o", "-:json", feed=False)

    assert [record["url"] for record in json.loads(crawled.stdout)] == [PHOTO.as_uri()]
    assert "1 kept" in crawled.stderr


def test_a_feed_on_s3(crawl: Crawl, s3: dict[str, str]) -> None:
    uri = "s3://feeds/images-%(name)s.json"
    crawled = crawl("-a", f"urls={PHOTO}", "-O", uri, feed=False, env=s3)
    body = client(s3).get_object(Bucket="feeds", Key="images-images.json")["Body"]

    assert crawled.exit_code == 0
    assert [record["url"] for record in json.load(body)] == [PHOTO.as_uri()]


def test_a_list_on_s3(crawl: Crawl, s3: dict[str, str]) -> None:
    listed = b"https://nowhere.invalid/a.jpg\nexamples/gallery/harbour.jpg\n"
    client(s3).put_object(Bucket="feeds", Key="urls.txt", Body=listed)
    crawled = crawl("-a", "urls_file=s3://feeds/urls.txt", env=s3)

    assert list(crawled.failed) == ["https://nowhere.invalid/a.jpg"]
    assert crawled.stats["list/rejected"] == 1


def test_a_feed_that_is_not_stored_is_reported(crawl: Crawl, tmp_path: Path) -> None:
    uri = "s3://bucket/images.json"
    with refusing() as env:
        crawled = crawl(
            *("-a", f"urls={PHOTO}", "-O", uri, "-O", "ok.json"),
            feed=False,
            env={**env, "TMPDIR": str(tmp_path)},
        )
    by_feed = {line.split()[1]: line for line in crawled.summary if "feed " in line}

    assert crawled.exit_code == 4
    assert NOT_STORED in by_feed[uri]
    assert NOT_STORED not in by_feed["ok.json"]


def outputs(names: list[str]) -> list[str]:
    return [part for name in names for part in ("-O", name)]
