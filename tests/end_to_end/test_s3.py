"""Feeds on S3: complete or absent, in batches, and reported in the summary."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from fpcrawler.feeds.scratch import remove_left
from fpcrawler.settings import EXTENSIONS
from tests.commands import run_scrapy
from tests.servers.files import folder
from tests.servers.http import Asked, Wire, serving
from tests.servers.nginx import free_port
from tests.servers.quirks import GALLERY, app
from tests.servers.s3 import BUCKET, client, objects, slow_connection
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.crawls import Crawl
    from tests.servers.s3 import Environment

FOLDER = f"folder={GALLERY}"
KEPT = 8
PHOTO = GALLERY / "harbour.jpg"


@pytest.fixture
def prefix(tmp_path: Path) -> str:
    """Return a prefix of the bucket that no other test uses."""
    return f"{tmp_path.name}/"


def crawled_while(
    meanwhile: Callable[[int], object], cwd: Path, env: Environment, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a crawl; ``meanwhile`` is called with its process ID."""
    command = ("crawl", "images", *arguments)
    return run_scrapy(*command, cwd=cwd, env=env, meanwhile=meanwhile)


@contextmanager
def one_is_silent() -> Iterator[tuple[str, list[Asked]]]:
    """Yield a list of a photo and of an image that never arrives, and its requests."""
    with serving(app) as server, serving(folder(GALLERY)) as files:
        urls = f"urls={files.url}/harbour.jpg {server.url}/silent.jpg"
        yield urls, server.asked


def feed_lines(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if line.startswith("feed ")]


def test_batches_are_whole_arrays_each(
    crawl: Crawl, s3: Environment, prefix: str
) -> None:
    uris = [f"s3://{BUCKET}/{prefix}%(batch_id)05d.json{end}" for end in ("", ".gz")]
    crawled = crawl(
        *("-a", FOLDER, "-O", uris[0], "-O", uris[1]),
        feed=False,
        env=s3,
        settings={"FEED_EXPORT_BATCH_ITEM_COUNT": 3},
    )
    batches = {
        key: json.loads(gzip.decompress(body) if key.endswith(".gz") else body)
        for key, body in objects(s3, prefix).items()
    }

    assert crawled.exit_code == 0
    assert {key: len(batch) for key, batch in batches.items()} == {
        f"{number:05}.json{end}": records
        for number, records in ((1, 3), (2, 3), (3, 2))
        for end in ("", ".gz")
    }
    urls = Counter(record["url"] for batch in batches.values() for record in batch)
    assert [*urls.values()] == [2] * KEPT
    assert len(feed_lines(crawled.stderr)) == 6


def test_an_object_stays_where_no_record_comes(
    crawl: Crawl, s3: Environment, prefix: str
) -> None:
    uris = [f"s3://{BUCKET}/{prefix}{name}.json" for name in ("old", "new")]
    client(s3).put_object(Bucket=BUCKET, Key=f"{prefix}old.json", Body=b"[1]")
    too_small = ("-a", f"urls={GALLERY / 'icon.png'}")
    crawled = crawl(*too_small, "-O", uris[0], "-O", uris[1], feed=False, env=s3)

    assert crawled.exit_code == 0
    assert objects(s3, prefix) == {"old.json": b"[1]", "new.json": b"[\n]\n"}
    assert sorted(feed_lines(crawled.stderr)) == [
        f"feed    {uris[1]} (0 records)",
        f"feed    {uris[0]} (0 records, earlier content kept)",
    ]


def test_a_batch_that_is_just_full_is_the_last(
    crawl: Crawl, s3: Environment, prefix: str
) -> None:
    crawled = crawl(
        *("-a", FOLDER, "-O", f"s3://{BUCKET}/{prefix}%(started)s/%(batch_id)d.csv.gz"),
        feed=False,
        env=s3,
        settings={"FEED_EXPORT_BATCH_ITEM_COUNT": KEPT},
    )
    ((key, body),) = objects(s3, prefix).items()

    assert crawled.exit_code == 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d/1\.csv\.gz", key)
    assert len([*csv.DictReader(gzip.decompress(body).decode().splitlines())]) == KEPT


def test_a_crawl_that_is_stopped_leaves_nothing_under_the_final_key(
    tmp_path: Path, s3: Environment, prefix: str
) -> None:
    uri = f"s3://{BUCKET}/{prefix}images.json"
    with one_is_silent() as (urls, asked):

        def stop(crawl: int) -> None:
            wait_for(asked)
            os.kill(crawl, signal.SIGTERM)

        feed = ("-a", urls, "-O", uri, "-s", "DOWNLOAD_TIMEOUT=3")
        child = crawled_while(stop, tmp_path, s3, *feed)
    ((key, body),) = objects(s3, prefix).items()

    assert child.returncode == 3
    assert key == "images.json.partial"
    assert len(json.loads(body)) == 1
    assert feed_lines(child.stderr) == [
        f"feed    {uri}.partial (1 record, crawl not complete)"
    ]


def stopping_twice(asked: list[Asked], seconds: float) -> Callable[[int], None]:
    """Return what stops a crawl, and once more after so many seconds."""

    def stop(crawl: int) -> None:
        wait_for(asked)
        os.kill(crawl, signal.SIGTERM)
        time.sleep(seconds)
        os.kill(crawl, signal.SIGTERM)

    return stop


def test_a_signal_that_comes_twice_at_once_as_of_timeout_stops_once(
    tmp_path: Path, s3: Environment, prefix: str
) -> None:
    uri = f"s3://{BUCKET}/{prefix}images.json"
    with one_is_silent() as (urls, asked):
        stop = stopping_twice(asked, 0.02)
        feed = ("-a", urls, "-O", uri, "-s", "DOWNLOAD_TIMEOUT=3")
        child = crawled_while(stop, tmp_path, s3, *feed)

    assert list(objects(s3, prefix)) == ["images.json.partial"], child.stderr
    assert child.returncode == 3


def test_a_second_signal_stores_nothing_and_keeps_the_records(
    tmp_path: Path, s3: Environment, prefix: str
) -> None:
    uri = f"s3://{BUCKET}/{prefix}images.json"
    with one_is_silent() as (urls, asked):
        stop = stopping_twice(asked, 0.5)
        env = {**s3, "TMPDIR": str(tmp_path)}
        child = crawled_while(stop, tmp_path, env, "-a", urls, "-O", uri)

    assert child.returncode == 3
    assert objects(s3, prefix) == {}
    (kept,) = tmp_path.iterdir()
    assert feed_lines(child.stderr) == [
        f"feed    {uri} (1 record, NOT STORED, kept in {kept})"
    ]
    assert len(json.loads(kept.read_bytes())) == 1


@pytest.mark.parametrize("signals", [1, 2])
def test_a_signal_during_the_upload_does_not_change_the_summary(
    tmp_path: Path, s3: Environment, prefix: str, signals: int
) -> None:
    uri = f"s3://{BUCKET}/{prefix}images.json"
    with slow_connection(s3, 2.0) as (env, connected_at):

        def stop(crawl: int) -> None:
            wait_for(connected_at, number=2)  # after the question for the bucket
            for _ in range(signals):
                os.kill(crawl, signal.SIGTERM)
                time.sleep(0.4)

        feed = ("-a", f"urls={PHOTO}", "-O", uri)
        child = crawled_while(stop, tmp_path, env, *feed)

    assert child.returncode == 0, child.stderr
    assert list(objects(s3, prefix)) == ["images.json"]
    assert feed_lines(child.stderr) == [f"feed    {uri} (1 record)"]


@pytest.fixture
def locked(s3: Environment) -> Iterator[Environment]:
    """Let the server refuse all credentials for a while."""
    switch = f"{s3['AWS_ENDPOINT_URL']}/moto-api/reset-auth"
    requests.post(switch, data="0", timeout=9)
    yield s3
    requests.post(switch, data="inf", timeout=9)


def test_what_is_not_stored_is_kept_and_reported(
    crawl: Crawl, locked: Environment, prefix: str
) -> None:
    uri = f"s3://{BUCKET}/{prefix}%(batch_id)d.json"
    crawled = crawl(
        *("-a", FOLDER, "-O", uri),
        feed=False,
        env=locked,
        settings={"FEED_EXPORT_BATCH_ITEM_COUNT": 5},
    )
    lines = feed_lines(crawled.stderr)
    kept = [Path(line.rpartition(" ")[2].rstrip(")")) for line in lines[:2]]
    records = [json.loads(path.read_text()) for path in kept]
    for path in kept:
        path.unlink()

    assert crawled.exit_code == 4
    assert [line.partition(", kept")[0] for line in lines] == [
        f"feed    s3://{BUCKET}/{prefix}1.json (5 records, NOT STORED",
        f"feed    s3://{BUCKET}/{prefix}2.json (3 records, NOT STORED",
    ]
    assert [len(batch) for batch in records] == [5, 3]
    assert crawled.stderr.count("is not stored: ") == 2
    assert "does not exist in our" in crawled.stderr
    assert "Traceback" not in crawled.stderr


@pytest.mark.parametrize(
    ("bucket", "changed", "sentence"),
    [
        (BUCKET, {"AWS_ACCESS_KEY_ID": ""}, "needs a key of S3; set AWS_ACCESS_KEY_ID"),
        ("no-such-bucket", {}, "has no bucket 'no-such-bucket'; create it"),
        (BUCKET, "no server", "does not respond as S3; correct AWS_ENDPOINT_URL"),
    ],
)
def test_a_feed_that_cannot_be_stored_is_refused_before_the_crawl(
    tmp_path: Path,
    s3: Environment,
    bucket: str,
    changed: dict[str, str] | str,
    sentence: str,
) -> None:
    nowhere = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}
    env = {
        **s3,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        **(nowhere if isinstance(changed, str) else changed),
    }
    feed = ("-a", f"urls={PHOTO}", "-O", f"s3://{bucket}/images.json")
    child = run_scrapy("crawl", "images", *feed, cwd=tmp_path, env=env)

    assert child.returncode == 1
    assert child.stderr.startswith(f"scrapy crawl: feed s3://{bucket}/images.json")
    assert sentence in child.stderr
    assert child.stderr.count("\n") == 1


def test_what_is_not_stored_at_first_is_tried_once_more_at_the_end(
    crawl: Crawl, tmp_path: Path
) -> None:
    async def store(_: Asked, wire: Wire) -> None:
        status = "200 OK" if len(server.asked) > 2 else "403 Forbidden"
        await wire.reply(status, {"ETag": '"0"', "Content-Length": 0})

    uri = f"s3://{BUCKET}/%(batch_id)d.json"
    with serving(store) as server:
        crawled = crawl(
            *("-a", FOLDER, "-O", uri),
            feed=False,
            env={
                "AWS_ENDPOINT_URL": server.url,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "TMPDIR": str(tmp_path),
            },
            settings={"FEED_EXPORT_BATCH_ITEM_COUNT": 5},
        )

    assert crawled.exit_code == 0, crawled.stderr
    places = [asked.path.rpartition("/")[2] for asked in server.asked]
    assert places == [BUCKET, "1.json", "2.json", "1.json"]
    assert f"feed s3://{BUCKET}/1.json is tried again at the end: " in crawled.stderr
    assert sorted(feed_lines(crawled.stderr)) == [
        f"feed    s3://{BUCKET}/1.json (5 records)",
        f"feed    s3://{BUCKET}/2.json (3 records)",
    ]
    assert not [*tmp_path.glob("f*-*")]


def test_during_the_upload_of_a_batch_nothing_more_is_asked_for(
    tmp_path: Path, s3: Environment, prefix: str
) -> None:
    photo = PHOTO.read_bytes()

    async def same(_: Asked, wire: Wire) -> None:
        await wire.reply("200 OK", {}, photo)

    with (
        serving(same) as server,
        slow_connection(s3, 3.0) as (env, connected_at),
    ):
        urls = " ".join(f"{server.url}/{number}.jpg" for number in range(200))
        asked: list[int] = []

        def kill(crawl: int) -> None:
            wait_for(connected_at, number=2)
            time.sleep(2)
            asked.append(len(server.asked))
            os.kill(crawl, signal.SIGKILL)

        crawled_while(
            kill,
            tmp_path,
            env,
            *("-a", f"urls={urls}"),
            *("-O", f"s3://{BUCKET}/{prefix}%(batch_id)05d.json"),
            *("-s", "FEED_EXPORT_BATCH_ITEM_COUNT=10", "-s", "ROBOTSTXT_OBEY=False"),
            *("-s", "METADATA_MAX_REQUESTS=0", "-s", "PICTURE_FINGERPRINT=False"),
        )

    # The batch, and the requests that were open when it was full.
    assert 10 <= asked[0] < 40


def test_what_a_kill_loses_is_one_batch_at_most(
    tmp_path: Path, s3: Environment, prefix: str
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(400):
        (pictures / f"{number:03}.jpg").hardlink_to(PHOTO)
    notes = tmp_path / "notes"
    extensions = json.dumps({**EXTENSIONS, "tests.observer.RecordedNotes": 900})
    with slow_connection(s3, 0.3) as (env, connected_at):

        def kill(crawl: int) -> None:
            wait_for(connected_at, number=5)
            os.kill(crawl, signal.SIGKILL)

        crawled_while(
            kill,
            tmp_path,
            {**env, "TMPDIR": str(tmp_path)},
            *("-a", f"folder={pictures}"),
            *("-O", f"s3://{BUCKET}/{prefix}%(batch_id)05d.json"),
            *("-s", "FEED_EXPORT_BATCH_ITEM_COUNT=10"),
            *("-s", f"NOTES_FILE={notes}", "-s", f"EXTENSIONS={extensions}"),
        )
    batches: list[list[Any]] = [*map(json.loads, objects(s3, prefix).values())]
    stored = [record["url"] for batch in batches for record in batch]
    recorded = notes.read_text().splitlines()

    print(f"{len(recorded)} recorded, {len(stored)} stored")
    assert all(len(batch) == 10 for batch in batches)
    assert 20 <= len(stored) == len(set(stored))
    assert set(stored) <= set(recorded)
    assert len(recorded) - len(stored) <= 10
    (left,) = tmp_path.glob("fpcrawler-feeds-*")
    os.utime(left, (0, 0))
    remove_left(tmp_path)
    assert not left.exists()


def test_the_usual_environment_says_who_and_where(crawl: Crawl, tmp_path: Path) -> None:
    async def store(_: Asked, wire: Wire) -> None:
        await wire.reply("200 OK", {"ETag": '"0"', "Content-Length": 0})

    (tmp_path / "credentials").write_text(
        "[other]\naws_access_key_id = ANOTHER\naws_secret_access_key = secret\n"
        "aws_session_token = TOKEN\n"
    )
    with serving(store) as server:
        env = {
            "AWS_ENDPOINT_URL": server.url,
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
            "AWS_PROFILE": "other",
            "AWS_REGION": "eu-south-2",
        }
        uri = "s3://feeds/images.json"
        crawled = crawl("-a", f"urls={PHOTO}", "-O", uri, feed=False, env=env)
        bucket, asked = server.asked

    assert crawled.exit_code == 0
    assert bucket.path == "/feeds"
    assert asked.path == "/feeds/images.json"
    assert "Credential=ANOTHER/" in asked.headers["authorization"]
    assert "/eu-south-2/s3/" in asked.headers["authorization"]
    assert asked.headers["x-amz-security-token"] == "TOKEN"


def wait_for(events: list[Any], number: int = 1) -> None:
    wait_until(lambda: len(events) >= number)
    time.sleep(0.3)
