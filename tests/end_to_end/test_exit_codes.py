"""The exit code says how the crawl ended; bad input is one line."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fpcrawler.settings import ITEM_PIPELINES
from tests.commands import SCRAPY, environment, run_scrapy
from tests.servers.files import folder
from tests.servers.http import Asked, Wire, serving
from tests.servers.nginx import free_port
from tests.servers.quirks import GALLERY, app
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.crawls import Crawl

PHOTO = str(GALLERY / "harbour.jpg")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "there is one spider, images, not 'nothing'"),
        (["imagse"], "there is one spider, images, not 'imagse'"),
        (["images", "extra"], "there is one spider, images, not 'images extra'"),
        (["images", "--colour"], "--colour is not an option; scrapy crawl -h lists"),
        (["images"], "nothing is named, and urls.txt (URLS_FILE) does not"),
        (["images", "-a", "urls_file=none.txt"], "urls_file 'none.txt' cannot be read"),
        (["images", "-a", "urls_file=http://127.0.0.1:9/"], "cannot be read"),
        (["images", "-a", "urls_file=gopher://x/y"], "cannot be read"),
        (["images", "-a", "urls_file=empty.txt"], "has no URL or path to crawl"),
        (["images", "-a", "urls="], "-a urls= is empty"),
        (["images", "-a", "urls"], "-a urls has no value; use -a NAME=VALUE"),
        (
            ["images", "-a", "urls_file=a.txt", "-a", "urls_file=b.txt"],
            "-a urls_file is given twice, as 'a.txt' and as 'b.txt'; give it once.",
        ),
        (["images", "-a"], "argument -a: expected one argument"),
        (["images", "-a", "url=http://x/"], "-a url=http://x/ is not an argument"),
        (["images", "-a", "urls=ftp://x/a.jpg"], "is not an http, https or file URL"),
        (["images", "-a", "urls=http:///a.jpg"], "has no host name"),
        (
            ["images", "-a", "urls=none.jpg"],
            "neither a URL (https://…) nor an existing",
        ),
        (["images", "-a", "folder=none"], "folder 'none' is not a folder"),
        (
            ["images", "-s", "MIN_IMAGE_SIZE=big"],
            "MIN_IMAGE_SIZE is 'big'; use a whole",
        ),
        (["images", "-s", "MIN_IMAGE_SIZE=-1"], "MIN_IMAGE_SIZE is '-1'"),
        (
            ["images", "-s", "URLS_AHEAD=0"],
            "URLS_AHEAD is '0'; use a whole number above",
        ),
        (["images", "-s", "PAGES_FEED=folder.json"], "is a folder; name a file in it"),
        (["images", "-s", "PAGES_FEED=s3://b/a.jsonl"], "; use a path"),
        (
            ["images", "-s", "PAGES_FEED=a.jsonl", "-O", "a.jsonl"],
            "PAGES_FEED is 'a.jsonl', also a feed of records; name",
        ),
        (["images", "-a", "depth=deep"], "-a depth=deep is not a whole number"),
        (["images", "-a", "allow=("], "is not a regular expression"),
        (["images", "-s", "FEEDS=foo"], "Invalid -s value, use -s NAME=VALUE"),
        (["images", "-s", "FEED_EXPORT_ENCODING=utf-16"], "use utf-8"),
        (["images", "-s", "LOG_FILE=none/log"], "its folder does not exist"),
        (
            ["images", "-O", f"{'x' * 252}.json"],
            "json is too long; use 250 bytes at most",
        ),
        (["images", "-s", "DOWNLOAD_TIMEOUT=nan"], "DOWNLOAD_TIMEOUT is 'nan'"),
        (["images", "-s", "ROBOTSTXT_OBEY=maybe"], "ROBOTSTXT_OBEY is 'maybe'"),
        (["images", "-s", "LOG_LEVEL=LOUD"], "LOG_LEVEL is 'LOUD'"),
        (["images", "-s", "MIN_IMAGE_SZIE=1"], "did you mean MIN_IMAGE_SIZE?"),
        (["images", "-s", "nonsense"], "Invalid -s value, use -s NAME=VALUE"),
        (["images", "-s", "JOBDIR=/dev/null"], "JOBDIR is '/dev/null', but /dev/null"),
        (["images", "-s", "JOBDIR=empty.txt"], "empty.txt is not a folder; name one"),
        (
            ["images", "-s", "JOBDIR=empty.txt/a/b"],
            "empty.txt is not a folder; name one",
        ),
        (["images", "-s", "KNOWN_LISTS=none.csv"], "none.csv does not exist"),
        (["images", "-s", "KNOWN_LISTS=none*"], "none* matches no file"),
        (["images", "-s", "KNOWN_LISTS=folder.json"], "folder.json is a folder"),
        (
            ["images", "-s", "KNOWN_LISTS=empty.txt"],
            "has none of the columns md5, sha1",
        ),
        (
            ["images", "-O", "feed.doc"],
            "feed feed.doc: a crawl does not write doc; name",
        ),
        (
            ["images", "-O", "sftp://host/feed.json"],
            "unsupported scheme sftp://; use a path or s3://",
        ),
        (["images", "-O", "folder.json"], "is a folder; name a file in it"),
        (["images", "-a", "resume=none.json"], "none.json does not exist"),
        (
            ["images", "-a", "resume=s3://b/k.json"],
            (
                "s3://b/k.json is not a local path; copy it to this disk first "
                "(docs/s3.md)."
            ),
        ),
        (
            ["images", "-a", "resume=/dev/null"],
            "/dev/null is a device, not a file; name a feed.",
        ),
        (["images", "-a", "resume=cut.json"], "is not a complete JSON array"),
        (
            ["images", "-O", "cut.json", "-a", "resume=cut.json"],
            "would be replaced by this crawl; append to it with -o",
        ),
        (
            ["images", "-O", "s3://bucket:json"],
            "has no bucket or no key; use s3://BUCKET/KEY",
        ),
        (["images", "-O", "%(nope)s.json"], "unknown placeholder nope; use %(batch"),
        (
            ["images", "-O", "a.json.gz", "-s", "FEED_EXPORT_BATCH_ITEM_COUNT=9"],
            "put %(batch_id)05d into the name",
        ),
        (
            ["images", "-O", "s3:///x.json"],
            "has no bucket or no key; use s3://BUCKET/KEY",
        ),
        (
            ["images", "-O", "s3://Bad_Bucket!/x.json"],
            "'bad_bucket!' is not a bucket name; use letters",
        ),
        (
            ["images", "-O", "s3://b/x.json", "-s", "AWS_REGION_NAME=bad region"],
            "AWS_REGION_NAME is 'bad region' (Provided region_name",
        ),
        (
            ["images", "-O", "s3://b/x.json", "-s", "AWS_ACCESS_KEY_ID=one"],
            "is not usable (Partial credentials found",
        ),
        (
            ["images", "-o", "packed.json.gz"],
            (
                "feed packed.json.gz exists, and a gzipped JSON array cannot be "
                "appended to; use -O to replace it, another name, or .jsonl.gz."
            ),
        ),
        (["images", "-o", "no-array.json"], "does not hold a JSON array"),
        (["images", "-O", "empty.txt/feed.json"], "cannot be written"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "empty.txt").write_text("# nothing yet\n")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "no-array.json").write_text('{"url": "x"}')
    (tmp_path / "cut.json").write_text('[{"url": "x"}, {"ur')
    (tmp_path / "packed.json.gz").write_bytes(gzip.compress(b'[{"url": "x"}]'))
    before = sorted(tmp_path.iterdir())
    if not any("urls" in argument or "folder=" in argument for argument in arguments):
        arguments = [
            *arguments,
            *(["-a", f"urls={PHOTO}"] if len(arguments) > 1 else []),
        ]
    child = run_scrapy("crawl", *arguments, cwd=tmp_path)

    assert child.returncode == 1
    assert child.stderr.count("\n") == 1
    assert child.stderr.startswith("scrapy crawl: ")
    assert sentence in child.stderr
    assert child.stdout == ""
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("AWS_ENDPOINT_URL", "nonsense", "Invalid endpoint: nonsense"),
        ("AWS_ENDPOINT_URL_S3", "http://a:x", "was not a valid URI"),
        ("AWS_MAX_ATTEMPTS", "abc", "invalid literal for int() with base 10: 'abc'"),
        ("AWS_MAX_ATTEMPTS", "0", "must be an integer greater than or equal to 1"),
        ("AWS_RETRY_MODE", "abc", "must be one of: ('legacy', 'standard', 'adaptive')"),
        ("AWS_REGION", "bad region", "doesn't match a supported format"),
    ],
)
def test_a_variable_that_s3_cannot_use_is_named(
    crawl: Crawl, name: str, value: str, reason: str
) -> None:
    feed = ("-O", "s3://bucket/x.json")
    crawled = crawl("-a", f"urls={PHOTO}", *feed, feed=False, env={name: value})

    assert crawled.exit_code == 1
    assert crawled.stderr.count("\n") == 1
    assert f"feed s3://bucket/x.json: {name} is {value!r} (" in crawled.stderr
    assert f"{reason}); see docs/s3.md." in crawled.stderr


def test_0_when_something_was_reached(crawl: Crawl) -> None:
    urls = ("-a", f"urls={PHOTO}", "-a", "urls=https://nowhere.invalid/a.jpg")
    crawled = crawl(*urls)

    assert crawled.exit_code == 0
    assert "images  2 found: 1 kept, 1 failed" in crawled.stderr


def test_0_when_everything_was_dropped(crawl: Crawl) -> None:
    assert crawl("-a", f"urls={GALLERY / 'icon.png'}").exit_code == 0


def test_0_when_a_limit_of_the_user_ends_it(crawl: Crawl) -> None:
    limit = {"CLOSESPIDER_ITEMCOUNT": 1}

    assert crawl("-a", f"folder={GALLERY}", settings=limit).exit_code == 0


def test_4_when_every_request_failed(crawl: Crawl) -> None:
    crawled = crawl("-a", f"urls=http://127.0.0.1:{free_port()}/a.jpg")

    assert crawled.exit_code == 4
    assert "1 failed (DownloadConnectionRefusedError 1)" in crawled.stderr


def test_4_when_all_that_was_read_made_a_callback_or_a_pipeline_raise(
    crawl: Crawl,
) -> None:
    bodies = {
        "/broken": b"<html><img src=/broken.jpg>",
        "/broken.jpg": (GALLERY / "harbour.jpg").read_bytes(),
    }

    async def site(asked: Asked, wire: Wire) -> None:
        body = bodies.get(asked.path, b"")
        await wire.reply("200 OK", {"Content-Length": len(body)}, body)

    raising = "tests.observer.Raising"
    settings = {
        "SPIDER_MIDDLEWARES": json.dumps({raising: 1}),
        "ITEM_PIPELINES": json.dumps({raising: 1, **ITEM_PIPELINES}),
    }
    with serving(site) as server:
        urls = f"urls={server.url}/broken {server.url}/broken.jpg"
        crawled = crawl("-a", urls, settings=settings)

    assert crawled.exit_code == 4
    assert "pages   0 crawled, 1 failed (LookupError 1)" in crawled.summary
    assert "images  1 found: 0 kept, 1 failed (ArithmeticError 1)" in crawled.summary
    assert crawled.unaccounted == {"images": 0, "pages": 0}


def test_4_when_a_list_breaks_off(crawl: Crawl, tmp_path: Path) -> None:
    gzipped = gzip.compress(f"{PHOTO}\n".encode() * 1_000)
    (tmp_path / "urls.txt.gz").write_bytes(gzipped[:-20])
    crawled = crawl("-a", "urls_file=urls.txt.gz")

    assert crawled.exit_code == 4
    assert "cannot be read to its end" in crawled.stderr
    assert "Traceback" not in crawled.stderr
    assert len(crawled.records) == 1


def test_4_when_a_feed_fills_the_disk(crawl: Crawl) -> None:
    crawled = crawl("-a", f"urls={PHOTO}", "-O", "/dev/full:jsonlines", feed=False)

    assert crawled.exit_code == 4
    assert "1 record NOT WRITTEN to a requested feed" in crawled.stderr
    assert crawled.stderr.count("feed /dev/full cannot be written: No space left") == 1
    assert "Traceback" not in crawled.stderr


@pytest.mark.untraced
def test_0_when_a_signal_comes_after_the_summary(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*SCRAPY, "crawl", "images", "-a", f"urls={PHOTO}"],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stderr is not None
        for line in child.stderr:
            if line.startswith("feed"):
                break

        def has_ended() -> bool:
            child.send_signal(signal.SIGTERM)
            return child.poll() is not None

        wait_until(has_ended)

    assert child.returncode == 0


def test_3_when_stopped_before_it_began(tmp_path: Path) -> None:
    async def silent(_: Asked, wire: Wire) -> None:
        await wire.reply("200 OK", {}, b"# nothing yet\n")
        await asyncio.sleep(3600)

    with serving(silent) as server:

        def stop(pid: int) -> None:
            wait_until(lambda: server.asked)
            time.sleep(0.3)
            os.kill(pid, signal.SIGINT)

        command = ("crawl", "images", "-a", f"urls_file={server.url}/")
        child = run_scrapy(*command, cwd=tmp_path, meanwhile=stop)

    assert child.returncode == 3
    assert child.stderr == "scrapy crawl: stopped before the crawl\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("times", [1, 2])
def test_3_when_stopped_by_a_signal(
    tmp_path: Path, number: signal.Signals, times: int
) -> None:
    feed = tmp_path / "feed.json"

    def stop(pid: int) -> None:
        wait_until(feed.exists)
        for _ in range(times):
            os.kill(pid, number)
            time.sleep(0.3)

    with serving(app) as server, serving(folder(GALLERY)) as files:
        urls = f"urls={files.url}/harbour.jpg {server.url}/silent.jpg"
        options = ("-O", feed.name, "-s", "DOWNLOAD_TIMEOUT=3")
        command = ("crawl", "images", "-a", urls, *options)
        child = run_scrapy(*command, cwd=tmp_path, meanwhile=stop)

    assert child.returncode == 3
    assert "Traceback" not in child.stderr
    assert '"url"' in feed.read_text()
    if times == 1:
        assert "1 kept" in child.stderr
    assert [path.name for path in tmp_path.glob(".feed*")] == []
